import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto"
import { z } from "zod"

/** A small client of ACME (RFC 8555) as ACPs changes it, written from the specifications, for tests: it sends whatever it is told to. */
export interface AcmeClient {
  readonly directory: Readonly<Record<string, unknown>>
  readonly key: KeyObject
  kid: string | undefined
  nonce(): Promise<string>
  /** A JWS over a payload; an empty one where it is undefined. */
  sign(url: string, payload: unknown, more?: SignMore): Promise<Record<string, string>>
  post(url: string, payload: unknown, more?: SignMore): Promise<AcmeReply>
  send(url: string, body: unknown, contentType?: string): Promise<AcmeReply>
  newAccount(binding: Binding | undefined, more?: Record<string, unknown>): Promise<AcmeReply>
  /** The whole way to a certificate chain in PEM. */
  obtain(aic: string, usage: "clientAuth" | "serverAuth", csr: Uint8Array): Promise<string>
}

export interface Binding {
  readonly keyId: string
  readonly macKey: string
}

export interface SignMore {
  readonly header?: Record<string, unknown>
  readonly key?: KeyObject
  readonly alg?: string
}

export interface AcmeReply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: Record<string, unknown>
  /** The name of the error, if it is one. */
  readonly error: string | undefined
}

const Json = z.record(z.string(), z.unknown())
const b64 = (data: string | Uint8Array) => Buffer.from(data).toString("base64url")

export async function acmeClient(
  directoryUrl: string,
  key: KeyObject = generateKeyPairSync("ed25519").privateKey,
): Promise<AcmeClient> {
  const directory = Json.parse(await (await fetch(directoryUrl)).json())
  const at = (name: string) => z.string().parse(directory[name])
  let fresh: string | undefined

  async function nonce(): Promise<string> {
    const known = fresh
    fresh = undefined
    if (known !== undefined) return known
    return (await fetch(at("newNonce"), { method: "HEAD" })).headers.get("replay-nonce") ?? ""
  }

  const client: AcmeClient = {
    directory,
    key,
    kid: undefined,
    nonce,
    async sign(url, payload, more = {}) {
      const signer = more.key ?? key
      const who = client.kid === undefined ? { jwk: jwkOf(signer) } : { kid: client.kid }
      const header = { alg: more.alg ?? algOf(signer), nonce: await nonce(), url, ...who, ...more.header }
      return jws(header, payload, signer)
    },
    post: async (url, payload, more) => client.send(url, await client.sign(url, payload, more)),
    async send(url, body, contentType = "application/jose+json") {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": contentType },
        body: typeof body === "string" ? body : JSON.stringify(body),
      })
      fresh = response.headers.get("replay-nonce") ?? undefined
      const text = await response.text()
      const type = response.headers.get("content-type") ?? ""
      const json = type.includes("json") && text !== "" ? Json.parse(JSON.parse(text)) : {}
      const error = /^urn:ietf:params:acme:error:(\w+)$/.exec(z.string().catch("").parse(json["type"]))?.[1]
      return { status: response.status, headers: response.headers, text, json, error }
    },
    async newAccount(binding, more = {}) {
      const url = at("newAccount")
      const external = binding === undefined ? {} : { externalAccountBinding: bind(binding, url, jwkOf(key)) }
      const reply = await client.post(url, { termsOfServiceAgreed: true, ...external, ...more })
      if (reply.status < 300) client.kid = reply.headers.get("location") ?? undefined
      return reply
    },
    async obtain(aic, usage, csr) {
      const ok = (reply: AcmeReply) => {
        if (reply.status >= 300) throw new Error(`${reply.status} ${reply.text}`)
        return reply
      }
      const identifiers = [{ type: "agent", value: aic, usage }]
      const order = ok(await client.post(at("newOrder"), { identifiers }))
      const done = ok(await client.post(String(order.json["finalize"]), { csr: b64(csr) }))
      return ok(await client.post(String(done.json["certificate"]), undefined)).text
    },
  }
  return client
}

/** What binds an account's key to what a person gave out (RFC 8555 §7.3.4). */
export function bind({ keyId, macKey }: Binding, url: string, jwk: unknown): Record<string, string> {
  const [head, payload] = [b64(JSON.stringify({ alg: "HS256", kid: keyId, url })), b64(JSON.stringify(jwk))]
  const mac = createHmac("sha256", Buffer.from(macKey, "base64url")).update(`${head}.${payload}`).digest()
  return { protected: head, payload, signature: b64(mac) }
}

export function jws(header: unknown, payload: unknown, key: KeyObject): Record<string, string> {
  const head = b64(JSON.stringify(header))
  const body = payload === undefined ? "" : b64(JSON.stringify(payload))
  const hash = key.asymmetricKeyType === "ed25519" ? null : "sha256"
  const signature = sign(hash, Buffer.from(`${head}.${body}`), { key, dsaEncoding: "ieee-p1363" })
  return { protected: head, payload: body, signature: b64(signature) }
}

export function jwkOf(key: KeyObject): Record<string, unknown> {
  return Json.parse(createPublicKey(key).export({ format: "jwk" }))
}

function algOf(key: KeyObject): string {
  if (key.asymmetricKeyType === "ed25519") return "EdDSA"
  return key.asymmetricKeyType === "ec" ? "ES256" : "RS256"
}
