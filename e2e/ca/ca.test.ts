import { spawnSync } from "node:child_process"
import { generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto"
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { connect, type TLSSocket } from "node:tls"
import { acmeClient } from "@hufu/server/identity/testing/acme-client"
import { opensslFolder, opensslVersion } from "@hufu/server/identity/testing/openssl"
import { signingRequest } from "@hufu/server/identity/testing/signing-request"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { z } from "zod"
import { type NodeUnderTest, startNode } from "../node-under-test.ts"
import { startProcess } from "../process/start-process.ts"
import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"

const secret = "three tigers guard the tally of the north gate"
const Bound = z.object({ keyId: z.string(), macKey: z.string(), aic: z.string(), directory: z.string() })
const Listed = z.object({
  items: z.array(z.object({ id: z.string(), fingerprint: z.string(), status: z.string() })),
})
const Issued = z.object({ certificate: z.object({ id: z.string(), status: z.string() }), chain: z.string() })

let node: NodeUnderTest
let port: number
const folder = opensslFolder()

beforeAll(async () => {
  const free = await startProcess(process.execPath, [
    "-e",
    "const s=require('net').createServer().listen(0,'localhost',()=>{console.log(JSON.stringify({port:s.address().port}));s.close()})",
  ])
  port = Number(free.ready["port"])
  await free.stop()
  node = await startNode({ config: { ca: { door: { port } }, registry: { share: true } } })
  await node.cli(["enrol", "--secret-stdin"], { stdin: `${secret}\n` })
  await person(["ca", "init", "--name", "Tiger"])
}, 60_000)
afterAll(async () => {
  await (node as NodeUnderTest | undefined)?.dispose()
  folder.remove()
})

const person = (args: readonly string[]) => node.cli([...args, "--secret-stdin"], { stdin: `${secret}\n` })

async function agent(name: string) {
  await node.api("POST", "/v1/agents", { name, credential: false })
  return Bound.parse(await node.api("POST", "/v1/ca/bindings", { agent: name }))
}

/** A certificate for a new key, by ACME. */
async function certificate(name: string): Promise<{ key: KeyObject; chain: string; id: string }> {
  const bound = await agent(name)
  const client = await acmeClient(bound.directory)
  expect((await client.newAccount(bound)).status).toBe(201)
  const key = generateKeyPairSync("ed25519").privateKey
  const chain = await client.obtain(bound.aic, "clientAuth", signingRequest(key, { commonName: bound.aic }))
  return { key, chain, id: await idOf(chain) }
}

async function idOf(chain: string): Promise<string> {
  const fingerprint = new X509Certificate(chain).fingerprint256.replaceAll(":", "").toLowerCase()
  const { items } = Listed.parse(await node.api("GET", "/v1/ca/certificates?limit=1000"))
  return items.find((each) => each.fingerprint === fingerprint)?.id ?? "none"
}

const roots = async () => (await fetch(`${node.url}/acps-atr-v2/ca/trust-bundle`)).text()

async function dial({ key, chain }: { key?: KeyObject; chain?: string }): Promise<TLSSocket> {
  const socket = connect({
    host: loopback,
    port,
    servername: "localhost",
    ca: await roots(),
    ...(key === undefined ? {} : { key: key.export({ format: "pem", type: "pkcs8" }), cert: chain }),
  })
  await once(socket, "secureConnect")
  return socket
}

const ping = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
})

/** One request on a connection that stays; what came back, or that it was closed. */
async function ask(socket: TLSSocket, header = ""): Promise<string> {
  if (socket.destroyed) return "closed"
  const closed = new Promise<string>((resolve) => socket.once("close", () => resolve("closed")))
  const answered = new Promise<string>((resolve) =>
    socket.once("data", (bytes: Buffer) => resolve(bytes.toString("utf8").split("\r\n", 1)[0] ?? "")),
  )
  socket.on("error", () => {})
  socket.write(
    `POST /mcp HTTP/1.1\r\nhost: localhost:${port}\r\n${header}content-type: application/json\r\naccept: application/json, text/event-stream\r\ncontent-length: ${ping.length}\r\n\r\n${ping}`,
  )
  return Promise.race([answered, closed])
}

/** How long it takes from the order to the end of the connection. */
async function endsAfter(socket: TLSSocket, order: () => Promise<unknown>): Promise<number> {
  socket.on("error", () => {})
  const ended = once(socket, "close").then(() => performance.now())
  const begun = performance.now()
  const [at] = await Promise.all([ended, order()])
  return at - begun
}

describe("the door for certificates", () => {
  test("an agent comes in by its certificate, acts as itself, and is out as soon as that is revoked", async () => {
    const ann = await certificate("ann")
    const [open, idle] = [await dial(ann), await dial(ann)]
    expect(await ask(open)).toBe("HTTP/1.1 200 OK")
    // Another credential beside it counts for nothing here.
    expect(await ask(open, "authorization: Bearer hufu_agent_x\r\n")).toBe("HTTP/1.1 200 OK")
    // The idle one has asked nothing yet.
    const took = await Promise.all([
      endsAfter(open, () => node.cli(["ca", "revoke", ann.id, "--reason", "key-compromise"])),
      endsAfter(idle, async () => {}),
    ])
    process.stdout.write(`revoked to closed: ${took.map((ms) => `${ms.toFixed(0)} ms`).join(", ")}\n`)
    expect(await refused(ann)).toBe(true)
    expect(
      Issued.shape.certificate.parse(
        ((await node.cli(["ca", "certificate", ann.id])) as { certificate: unknown }).certificate,
      ).status,
    ).toBe("revoked")
  })

  test("a suspension closes it too, and what resumes lets it in again", async () => {
    const bob = await certificate("bob")
    let report: unknown
    const took = await endsAfter(await dial(bob), async () => {
      report = await node.cli(["agent", "suspend", "bob"])
    })
    const { agent: shown } = (await node.api("GET", "/v1/agents/bob")) as { agent: { id: string } }
    expect(report).toMatchObject({ doors: [{ door: "mcp-mtls", agent: shown.id }] })
    process.stdout.write(`suspended to closed: ${took.toFixed(0)} ms\n`)
    expect(await refused(bob)).toBe(true)
    await node.api("POST", "/v1/agents/bob:resume", {})
    const again = await dial(bob)
    expect(await ask(again)).not.toBe("closed")
    // Whatever a broken key of the authority signed is out with it.
    const rotated = await endsAfter(again, () =>
      node.api("POST", "/v1/ca:rotate", { role: "intermediate", reason: "ca-compromise" }),
    )
    process.stdout.write(`authority's key revoked to closed: ${rotated.toFixed(0)} ms\n`)
    expect(await refused(bob)).toBe(true)
    // The door has a certificate of the new one by then, or soon.
    const carol = await certificate("carol")
    await expect.poll(async () => ask(await dial(carol))).not.toBe("closed")
  })

  test("nobody comes in without a certificate, with a stranger's, or with one of a foreign authority", async () => {
    expect(await refused({})).toBe(true)
    const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey
    writeFileSync(join(folder.path, "k.pem"), key.export({ format: "pem", type: "pkcs8" }))
    if (opensslVersion === undefined) return
    const { code } = folder.run(
      "req -x509 -new -key k.pem -subj /CN=1.2.156.3088.1.1.1.1.1.0000 -days 1 -out self.pem",
    )
    expect(code).toBe(0)
    const chain = folder.run("x509 -in self.pem").out
    expect(await refused({ key, chain })).toBe(true)
  })
})

/** Whether a connection is refused, in the handshake or when it first asks. */
async function refused(of: { key?: KeyObject; chain?: string }): Promise<boolean> {
  try {
    return (await ask(await dial(of))) === "closed"
  } catch {
    return true
  }
}

/** A registered class of agents, or an agent, with a certificate, by the real reviews and ACME. */
async function registered(name: string, form: "ontology" | "agent") {
  const { registration } = Registered.parse(
    await node.api("POST", "/v1/registrations", {
      content: {
        name: `com.example/${name}`,
        title: "Courier 快递",
        description: "Brings parcels.",
        version: "1.0.0",
        form,
        developer: { kind: "organisation", name: "Example" },
        securitySchemes: { mtls: { type: "mutual-tls" } },
        interfaces: [
          {
            protocol: "acps",
            binding: "jsonrpc",
            url: "https://courier.example.com/rpc",
            security: [{ mtls: [] }],
          },
        ],
        skills: [{ id: "bring", name: "Bring", description: "Brings a parcel." }],
      },
    }),
  )
  for (const step of ["submit", "approve"])
    await node.api("POST", `/v1/registrations/${registration.id}:${step}`, {})
  const bound = Bound.parse(await node.api("POST", "/v1/ca/bindings", { agent: registration.id }))
  const client = await acmeClient(bound.directory)
  await client.newAccount(bound)
  const key = generateKeyPairSync("ed25519").privateKey
  const chain = await client.obtain(bound.aic, "clientAuth", signingRequest(key, { commonName: bound.aic }))
  return { id: registration.id, aic: bound.aic, key, chain }
}
const Registered = z.object({ registration: z.object({ id: z.string() }) })

/** One request of ACPs' over the door for certificates. */
async function acps(of: { key: KeyObject; chain: string }, path: string, body: object) {
  const socket = await dial(of)
  const text = JSON.stringify(body)
  let came = ""
  socket.on("data", (bytes: Buffer) => (came += bytes.toString("utf8")))
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: localhost:${port}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  )
  await once(socket, "close")
  const status = Number(came.split(" ")[1])
  const json = came.slice(came.indexOf("{"), came.lastIndexOf("}") + 1)
  return { status, body: json === "" ? undefined : (JSON.parse(json) as { result?: { entityAic: string } }) }
}

/** An address that sends back whatever it is sent. */
async function startHook(): Promise<{ url: string } & AsyncDisposable> {
  const server = createServer((request, response) => void request.pipe(response)).listen(0, loopback)
  await once(server, "listening")
  const { port: at } = server.address() as AddressInfo // it listens on TCP
  return {
    url: `http://${loopbackInUrl}:${at}/hook`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}

test("a registered agent is heard by its certificate, which is on hold while another version runs", async () => {
  const runner = await registered("runner", "agent")
  const beat = async (version: string) =>
    acps(runner, "/acps-amp-v2/logs", {
      schemaVersion: "1.0.0",
      timestamp: new Date().toISOString(),
      aic: runner.aic,
      logType: "heartbeat",
      resource: { "service.name": "runner", "service.version": version },
    })
  const alive = () => node.cli(["registration", "alive", "com.example/runner"])
  expect(await beat("1.0.0")).toMatchObject({ status: 200, body: { version: "matches" } })
  expect(await alive()).toMatchObject({ state: "alive", version: "1.0.0", mismatch: null })
  const discovered = await acps(runner, "/acps-adp-v2/discover", { type: "explicit", query: "parcel" })
  expect(discovered.body?.result).toMatchObject({ aliveMap: { [runner.aic]: { alive: true } } })
  // By the same certificate it is told of changes, at an address that answers what it was asked.
  await using hook = await startHook()
  const webhooks = "/acps-dsp-v2/webhooks"
  const wanted = { url: hook.url, secret: "a secret of enough letters" }
  expect(await acps(runner, webhooks, wanted)).toMatchObject({
    status: 201,
    body: { owner: runner.id, status: "active" },
  })
  const asNobody = await fetch(`${node.url}${webhooks}`, { method: "POST", body: JSON.stringify(wanted) })
  expect(asNobody.status).toBe(401)
  // An agent of this node whose registration nobody approved is not told.
  const { credential } = z
    .object({ credential: z.object({ credential: z.string() }).or(z.string()) })
    .parse(await node.api("POST", "/v1/agents", { name: "unregistered", credential: true }))
  const bearer = typeof credential === "string" ? credential : credential.credential
  const asAgent = await fetch(`${node.url}${webhooks}`, {
    method: "POST",
    headers: { authorization: `Bearer ${bearer}` },
    body: JSON.stringify(wanted),
  })
  expect([asAgent.status, await asAgent.json()]).toMatchObject([403, { error: { code: 40301 } }])
  const open = await dial(runner)
  const took = await endsAfter(open, async () => beat("2.0.0"))
  process.stdout.write(`another version to closed: ${took.toFixed(0)} ms\n`)
  expect(await alive()).toMatchObject({ mismatch: { registered: "1.0.0", running: "2.0.0" } })
  const refusal = await acps(runner, "/acps-adp-v2/discover", { type: "explicit", query: "parcel" })
  expect(refusal).toMatchObject({ status: 401, body: { error: { code: 40101 } } })
  expect(await acps(runner, webhooks, wanted)).toMatchObject({
    status: 401,
    body: { error: { code: 40101 } },
  })
  expect(await node.cli(["ca", "list", "--agent", runner.id])).toMatchObject({
    items: [{ status: "on-hold" }],
  })
})

describe("an ontology", () => {
  const path = "/acps-atr-v2/entity"
  const code = (answer: { status: number; body: unknown }) =>
    (answer.body as { error?: { code: number } } | undefined)?.error?.code

  test("registers its instances by its certificate, and takes them with it", async () => {
    const courier = await registered("courier", "ontology")
    const other = await registered("other", "ontology")
    const own = { url: "https://one.example.com/rpc", transport: "JSONRPC", security: [{ mtls: [] }] }
    const made = await acps(courier, path, {
      ontologyAic: courier.aic,
      endPoints: [own],
      entityUserId: "u-1",
      entityMeta: { shift: "night" },
    })
    expect(made).toMatchObject({
      status: 201,
      body: { status: "ok", result: { ontologyAic: courier.aic, endPoints: [own], entityUserId: "u-1" } },
    })
    const entity = made.body?.result?.entityAic ?? ""
    const acs = `${node.url}/acps-atr-v2/acs/${entity}`
    expect(await (await fetch(acs)).json()).toMatchObject({ aic: entity, active: true, endPoints: [own] })
    const refusals: [object, number][] = [
      [{ ontologyAic: other.aic }, 40301],
      [{ ontologyAic: "1.2.3" }, 40001],
      [{ ontologyAic: courier.aic, more: 1 }, 40001],
      [{ ontologyAic: courier.aic, endPoints: [{ ...own, transport: "SMTP" }] }, 40001],
      [{ ontologyAic: courier.aic, endPoints: [{ ...own, url: "https://127.0.0.1/rpc" }] }, 40001],
      [{ ontologyAic: courier.aic, endPoints: [own, own] }, 40901],
      [{ ontologyAic: courier.aic, entityMeta: { deep: { er: 1 } } }, 40001],
    ]
    for (const [body, expected] of refusals) expect(code(await acps(courier, path, body))).toBe(expected)
    // What a class may do at this door is this alone, and nobody else may do it.
    expect((await acps(courier, "/mcp", { jsonrpc: "2.0", id: 1, method: "ping" })).status).toBe(404)
    const bare = await fetch(`${node.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-atr-test-peer-aic": courier.aic },
      body: JSON.stringify({ ontologyAic: courier.aic }),
    })
    expect([bare.status, code({ status: bare.status, body: await bare.json() })]).toEqual([401, 40101])

    const open = await dial(courier)
    await node.cli(["registration", "disable", courier.id])
    const inactive = await fetch(acs)
    expect([inactive.status, code({ status: 403, body: await inactive.json() })]).toEqual([403, 40310])
    // The certificate of the class is on hold with it: neither an open connection nor a new one is served.
    expect(await ask(open)).toBe("closed")
    expect(await refused(courier)).toBe(true)
    const search = (await (await fetch(`${node.url}/v1/registry/search?text=courier`)).json()) as {
      items: { aic: string }[]
    }
    expect(search.items.map(({ aic }) => aic)).not.toContain(entity)
    const unknown = await fetch(`${node.url}/acps-atr-v2/acs/1.2.156.3088.1.1.1.1.1.0000`)
    expect(code({ status: unknown.status, body: await unknown.json() })).toBe(40410)
    const none = await fetch(`${node.url}/acps-atr-v2/acs/x`)
    expect(code({ status: none.status, body: await none.json() })).toBe(40001)
  })
})

test.skipIf(opensslVersion === undefined)(
  "a person issues by the command line, for a request that OpenSSL makes, and OpenSSL verifies what comes out",
  async () => {
    const { aic } = await agent("dora")
    folder.run(`req -new -nodes -newkey ed25519 -keyout d.key -out d.csr -subj /CN=${aic}`)
    const args = [
      "ca",
      "issue",
      "dora",
      "--csr",
      join(folder.path, "d.csr"),
      "--usage",
      "server",
      "--days",
      "7",
      "--dns",
      "dora.example.com",
      "--ip",
      "::1",
    ]
    const { chain, certificate: issued } = Issued.parse(await person(args))
    folder.file("d.pem", chain)
    folder.file("between.pem", chain.slice(chain.indexOf("-----END CERTIFICATE-----") + 26))
    folder.file("roots.pem", await roots())
    expect(
      folder.run(
        "verify -x509_strict -purpose sslserver -verify_hostname dora.example.com -CAfile roots.pem -untrusted between.pem d.pem",
      ),
    ).toMatchObject({ code: 0 })
    const text = folder.run("x509 -in d.pem -noout -text").out
    expect(text).toContain(`URI:acps://${aic}, DNS:dora.example.com, IP Address:0:0:0:0:0:0:0:1`)
    expect(text).toMatch(/Extended Key Usage: critical\s+TLS Web Server Authentication/)
    expect(text).toMatch(/Key Usage: critical\s+Digital Signature, Key Encipherment/)
    // OpenSSL's own client asks over HTTP, as others will.
    const url = `${node.url}/acps-atr-v2/ocsp`
    const ask = () =>
      spawnSync(
        "openssl",
        ["ocsp", "-url", url, "-issuer", "between.pem", "-cert", "d.pem", "-CAfile", "roots.pem"],
        { cwd: folder.path, encoding: "utf8" },
      )
    expect(ask()).toMatchObject({
      stdout: expect.stringContaining("d.pem: good"),
      stderr: expect.stringContaining("Response verify OK"),
    })
    await node.cli(["ca", "revoke", issued.id])
    expect(ask().stdout).toContain("d.pem: revoked")
  },
)

test("whoever looks after the node gives out bindings, finds certificates and revokes them by the requests of ACPs", async () => {
  const signedIn = await fetch(`${node.url}/v1/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ secret }),
  })
  const { token } = z.object({ token: z.string() }).parse(await signedIn.json())
  const { aic } = await agent("fay")
  const send = async (method: string, path: string, body?: object) => {
    const reply = await fetch(`${node.url}/acps-atr-v2/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: reply.status, body: z.record(z.string(), z.unknown()).parse(await reply.json()) }
  }
  expect(await send("POST", `eab/${aic.slice(0, -4)}0000`)).toMatchObject({
    status: 403,
    body: { code: "AIC_NOT_OWNED" },
  })
  const { status, body } = await send("POST", `eab/${aic.toLowerCase()}`)
  expect(status).toBe(201)
  const client = await acmeClient(`${node.url}/acps-atr-v2/acme/directory`)
  const given = z.object({ keyId: z.string(), macKey: z.string(), aic: z.literal(aic) }).parse(body)
  expect((await client.newAccount(given)).status).toBe(201)
  expect(await send("GET", `ca/retrieve/aic/?aic=${aic}`)).toMatchObject({ status: 404 })
  const key = generateKeyPairSync("ed25519").privateKey
  const chain = await client.obtain(aic, "serverAuth", signingRequest(key, { commonName: aic }))
  const cert = new X509Certificate(chain).toString()
  expect(await send("GET", `ca/retrieve/aic/?aic=${aic}`)).toMatchObject({ body: { aic, cert } })
  expect(await send("POST", "ca/retrieve/cert", { certPem: cert })).toMatchObject({ body: { aic, cert } })
  expect(await send("POST", "ca/revoke-notify", { aic, reason: 6 })).toMatchObject({ status: 400 })
  expect(await send("POST", "ca/revoke-notify", { aic, reason: 5 })).toMatchObject({
    body: { aic, revocationReason: "cessation-of-operation", revokedCertCount: 1 },
  })
  expect(await send("GET", `ca/retrieve/aic/?aic=${aic}`)).toMatchObject({ status: 404 })
})

test("a node that is killed while it issues leaves no certificate that the ledger does not know", async () => {
  const bound = await agent("erin")
  const client = await acmeClient(bound.directory)
  await client.newAccount(bound)
  const had: string[] = []
  const issuing = (async () => {
    for (;;) {
      const key = generateKeyPairSync("ed25519").privateKey
      had.push(await client.obtain(bound.aic, "clientAuth", signingRequest(key, { commonName: bound.aic })))
      if (had.length === 5) void node.kill9()
    }
  })()
  await expect(issuing).rejects.toThrow()
  await node.restart()
  const { items } = Listed.parse(await node.cli(["ca", "list", "--agent", "erin", "--limit", "1000"]))
  const known = new Set(items.map(({ fingerprint }) => fingerprint))
  for (const chain of had)
    expect(known).toContain(new X509Certificate(chain).fingerprint256.replaceAll(":", "").toLowerCase())
  const report = (await node.cli(["state", "rebuild"])) as { differing: number; fault: unknown }
  expect(report).toMatchObject({ differing: 0, fault: null })
  // Who holds an account goes on where it was.
  const again = await acmeClient(bound.directory.replace(/^http:\/\/[^/]+/, node.url), client.key)
  expect((await again.newAccount(undefined, { onlyReturnExisting: true })).status).toBe(200)
}, 60_000)
