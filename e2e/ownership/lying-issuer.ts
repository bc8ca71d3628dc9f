import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto"
import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

/** An issuer of OpenID Connect that signs whatever it is told to: with it, what is no honest answer is sent. */
export interface LyingIssuer {
  readonly url: string
  /** What is changed in the next ID token, beside what an honest one says. */
  lie: { claims?: object; header?: object; by?: KeyObject; iss?: string }
  /** Where an honest sign-in would lead back. */
  comesBack(begun: string): string
  close(): Promise<void>
}

export async function startLyingIssuer(clientId: string): Promise<LyingIssuer> {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519")
  const jwk = { ...publicKey.export({ format: "jwk" }), kid: "k", use: "sig", alg: "EdDSA" }
  let nonce = ""
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")

  function idToken(): string {
    const now = Math.floor(Date.now() / 1000)
    const { claims, header, by = privateKey } = issuer.lie
    const honest = { iss: issuer.url, sub: "liar", aud: clientId, iat: now, exp: now + 60, nonce }
    const text = `${encode({ alg: "EdDSA", kid: "k", ...header })}.${encode({ ...honest, ...claims })}`
    return `${text}.${sign(null, Buffer.from(text), by).toString("base64url")}`
  }

  const server = createServer((request, response) => {
    const answers: Record<string, () => object> = {
      "/.well-known/openid-configuration": () => ({
        issuer: issuer.lie.iss ?? issuer.url,
        authorization_endpoint: `${issuer.url}/auth`,
        token_endpoint: `${issuer.url}/token`,
        jwks_uri: `${issuer.url}/keys`,
        authorization_response_iss_parameter_supported: true,
        id_token_signing_alg_values_supported: ["EdDSA"],
      }),
      "/keys": () => ({ keys: [jwk] }),
      "/token": () => ({ access_token: "a", token_type: "Bearer", id_token: idToken() }),
    }
    const answer = answers[request.url ?? ""]?.() ?? {}
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer))
  }).listen(0, loopback)
  await once(server, "listening")
  const { port } = server.address() as AddressInfo // it listens on TCP
  const issuer: LyingIssuer = {
    url: `http://${loopbackInUrl}:${port}`,
    lie: {},
    comesBack(begun) {
      const asked = new URL(begun).searchParams
      nonce = asked.get("nonce") ?? ""
      const back = new URL(asked.get("redirect_uri") ?? "")
      back.search = String(
        new URLSearchParams({ code: "c", state: asked.get("state") ?? "", iss: issuer.url }),
      )
      return back.href
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
  return issuer
}
