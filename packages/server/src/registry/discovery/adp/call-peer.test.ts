import { once } from "node:events"
import { readFileSync } from "node:fs"
import { createServer } from "node:https"
import type { AddressInfo } from "node:net"
import type { TLSSocket } from "node:tls"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { loopback, loopbackInUrl } from "../../../http/testing/loopback.ts"
import { type OpensslFolder, opensslFolder, opensslVersion } from "../../../identity/testing/openssl.ts"
import { callPeer } from "./call-peer.ts"

// A discovery server that asks for a certificate, and one that shows its own.

describe.skipIf(opensslVersion === undefined)("a discovery that is passed on", () => {
  let files: OpensslFolder
  const made: Record<"server" | "client" | "other", { cert: string; key: string }> = {
    server: { cert: "", key: "" },
    client: { cert: "", key: "" },
    other: { cert: "", key: "" },
  }
  beforeAll(() => {
    files = opensslFolder()
    for (const name of ["server", "client", "other"] as const) {
      files.run(
        `req -x509 -newkey ed25519 -nodes -keyout ${name}.key -out ${name}.pem -days 2 -subj /CN=${name} -addext`,
        `subjectAltName=IP:${loopback}`,
      )
      const text = (end: string) => readFileSync(`${files.path}/${name}.${end}`, "utf8")
      made[name] = { cert: text("pem"), key: text("key") }
    }
  })
  afterAll(() => files.remove())

  it("shows this server's certificate to whoever asks for one, and asks nobody whose own is not certified", async () => {
    const { server: own, client, other } = made
    const callers: unknown[] = []
    const server = createServer({ ...own, ca: client.cert, requestCert: true }, (request, response) => {
      // It listens by TLS.
      callers.push((request.socket as TLSSocket).getPeerCertificate().subject?.["CN"])
      response.end(JSON.stringify({ result: {} }))
    })
    server.listen(0, loopback)
    await once(server, "listening")
    const { port } = server.address() as AddressInfo // it listens on TCP
    const call = (tls: { cert: string; key: string; ca?: string } | undefined) =>
      callPeer(
        { url: `https://${loopbackInUrl}:${port}/acps-adp-v2/discover` },
        {
          body: "{}",
          headers: {},
          timeoutMs: 10_000,
          origins: new Set(),
          reach: { ownPort: () => 0 },
          tls: tls && (() => tls),
        },
      )
    expect(await call({ ...client, ca: own.cert })).toEqual({ status: "ok", result: {} })
    expect(callers).toEqual(["client"])
    expect(await call({ ...client, ca: other.cert })).toMatchObject({ status: "error" })
    expect(await call({ ...other, ca: own.cert })).toMatchObject({ status: "error" })
    expect(await call(undefined)).toMatchObject({ status: "error" })
    expect(callers).toEqual(["client"])
    server.closeAllConnections()
    server.close()
  })
})
