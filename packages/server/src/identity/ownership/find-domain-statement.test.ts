import { generateKeyPairSync, sign } from "node:crypto"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import type { ServerResponse } from "node:http"
import { createServer, type Server } from "node:https"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import tls from "node:tls"
import { domainStatementText, writeDomainStatement } from "@hufu/core/identity/domain-statement"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { loopback } from "../../http/testing/loopback.ts"
import { type DnsServer, startDnsServer } from "../testing/dns-server.ts"
import { opensslFolder, opensslVersion } from "../testing/openssl.ts"
import { type DomainLookup, findDomainStatement } from "./find-domain-statement.ts"

// Real answers of a name server and a web server on this machine.

const { privateKey, publicKey } = generateKeyPairSync("ed25519")
const key = publicKey.export({ format: "jwk" }).x ?? ""
const domain = "maker.example"
const statement = {
  registry: "https://registry.example:8443",
  domain,
  developer: "dev_0123456789",
  until: 1_900_000_000,
}
const lineOf = (of: typeof statement, by = privateKey) =>
  writeDomainStatement(of, sign(null, Buffer.from(domainStatementText(of)), by).toString("base64url"))

let dns: DnsServer
let web: Server
let answer: (response: ServerResponse) => void
const folder = opensslFolder()
const asked: string[] = []
const lookup = (more: Partial<DomainLookup["reach"]> = {}): DomainLookup => ({
  resolvers: [dns.address],
  reach: { ownPort: () => 0, privateNames: [domain], ...more },
  port: (web.address() as AddressInfo).port, // it listens on TCP
})

beforeAll(async () => {
  dns = await startDnsServer()
  dns.addresses.set(domain, loopback)
  if (opensslVersion === undefined) return
  folder.run(
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout k.pem -out c.pem",
    "-subj",
    "/CN=maker",
    "-addext",
    `subjectAltName=DNS:${domain}`,
  )
  const read = (name: string) => readFileSync(join(folder.path, name), "utf8")
  tls.setDefaultCACertificates([...tls.getCACertificates("default"), read("c.pem")])
  web = createServer({ key: read("k.pem"), cert: read("c.pem") }, (request, response) => {
    asked.push(request.url ?? "")
    answer(response)
  }).listen(0, loopback)
  await once(web, "listening")
})
afterAll(async () => {
  web.close()
  await dns.close()
  folder.remove()
})

describe.skipIf(opensslVersion === undefined)("a statement of a domain", () => {
  const find = (how: "dns" | "well-known", more: Partial<DomainLookup["reach"]> = {}) =>
    findDomainStatement(how, { domain, key }, lookup(more))

  it("is found in a TXT record, among others, however it is cut into strings", async () => {
    dns.txt.set(`_hufu.${domain}`, ["v=spf1 -all", "x".repeat(900), lineOf(statement)])
    expect(await find("dns")).toEqual(statement)
    const long = { ...statement, registry: `https://${"r".repeat(200)}.example` }
    dns.txt.set(`_hufu.${domain}`, [lineOf(long)])
    expect(await find("dns")).toEqual(long)
  })

  it.each<[string, () => string]>([
    ["of another domain", () => lineOf({ ...statement, domain: "other.example" })],
    ["that another key signed", () => lineOf(statement, generateKeyPairSync("ed25519").privateKey)],
    ["that was changed", () => lineOf(statement).replace("1900000000", "1900000001")],
    ["with a signature of nothing", () => writeDomainStatement(statement, "A".repeat(86))],
    ["that is none", () => "hufu-domain=v1"],
  ])("%s is none", async (_, line) => {
    dns.txt.set(`_hufu.${domain}`, [line()])
    expect(await find("dns")).toBeUndefined()
  })

  it("is not there where there is no such name", async () => {
    expect(await findDomainStatement("dns", { domain: "nobody.example", key }, lookup())).toBeUndefined()
  })

  it("is found in the file of the domain's own web site", async () => {
    answer = (response) => response.end(`something else\r\n${lineOf(statement)}\n`)
    expect(await find("well-known")).toEqual(statement)
    expect(asked).toEqual(["/.well-known/hufu-developer.txt"])
  })

  it("is not taken from where a redirect leads, from an error, nor out of a long file", async () => {
    answer = (response) => response.writeHead(302, { location: "/elsewhere" }).end(lineOf(statement))
    expect(await find("well-known")).toBeUndefined()
    expect(asked).not.toContain("/elsewhere")
    answer = (response) => response.writeHead(500).end(lineOf(statement))
    expect(await find("well-known")).toBeUndefined()
    answer = (response) => response.end(`${lineOf(statement)}\n${"x".repeat(5000)}`)
    await expect(find("well-known")).rejects.toMatchObject({ code: "too_large" })
  })

  it("is not looked for inside this network, whatever name leads there", async () => {
    asked.length = 0
    await expect(find("well-known", { privateNames: [] })).rejects.toMatchObject({ code: "forbidden" })
    dns.addresses.set(domain, "169.254.169.254")
    await expect(find("well-known")).rejects.toMatchObject({ code: "forbidden" })
    expect(asked).toEqual([])
  })

  // The last one: from here on nobody answers.
  it("that nobody answers for is said to be so, within bounded time", async () => {
    dns.silence()
    await expect(find("dns")).rejects.toMatchObject({ code: "upstream_unavailable" })
  }, 20_000)
})
