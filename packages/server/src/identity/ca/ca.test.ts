import { createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto"
import type { AgentRecord } from "@hufu/core/contract/records"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { newId } from "@hufu/core/id"
import { rebuildState } from "../../fold/rebuild-state.ts"
import { contentOf } from "../../registry/testing/content-of.ts"
import { type AcmeClient, acmeClient, bind, jwkOf, jws } from "../testing/acme-client.ts"
import { type CaUnderTest, openCaUnderTest } from "../testing/ca-under-test.ts"
import { opensslFolder, opensslVersion } from "../testing/openssl.ts"
import { type RequestDraft, signingRequest } from "../testing/signing-request.ts"
import { distinguishedName } from "../x509/distinguished-name.ts"
import { issuerHashes } from "../x509/issuer-hashes.ts"
import { oids } from "../x509/object-identifiers.ts"
import { toPem } from "../x509/pem.ts"
import { signCertificate } from "../x509/sign-certificate.ts"
import { signerOf } from "../x509/suite-keys.ts"
import { integer, octets, oid, sequence } from "../x509/write-der.ts"
import { serialOf } from "./serial-number.ts"

let world: CaUnderTest
let ann: AgentRecord
let aic: string
/** An account of `ann`'s. */
let client: AcmeClient

const ed = () => generateKeyPairSync("ed25519").privateKey
const directory = () => world.ca.addresses().directory
const by = "usr_a"
const holderOf = (agent: AgentRecord) => {
  const holder = world.ca.holders.find(agent.id)
  if (holder === undefined) throw new Error("this agent holds nothing")
  return holder
}
const binding = (agent: AgentRecord) => world.ca.bindings.issue(holderOf(agent), by)
const csr = (draft: Partial<RequestDraft> = {}, key: KeyObject = ed()) =>
  signingRequest(key, { commonName: aic, ...draft })
/** Another name of the same form. */
const other = (id: string) => id.replace(/.$/, (last) => (last === "0" ? "1" : "0"))
const encoded = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url")

async function account(agent: AgentRecord, key?: KeyObject): Promise<AcmeClient> {
  const opened = await acmeClient(directory(), key)
  const reply = await opened.newAccount(await binding(agent))
  if (reply.status !== 201) throw new Error(reply.text)
  return opened
}

async function order(of: AcmeClient = client, usage = "clientAuth"): Promise<string> {
  const reply = await of.post(String(of.directory["newOrder"]), {
    identifiers: [{ type: "agent", value: aic, usage }],
  })
  if (reply.status !== 201) throw new Error(reply.text)
  return String(reply.json["finalize"])
}

const leafOf = (chain: string) => new X509Certificate(chain)
const idOf = (chain: string) => {
  const found = world.ca.certificates.list(1000).find((each) => leafOf(chain).raw.equals(each.certificate))
  if (found === undefined) throw new Error("the authority does not know this certificate")
  return found.record.id
}

beforeAll(async () => {
  world = await openCaUnderTest()
  await world.ca.authorities.init({ name: "测试 Authority", suite: "ed25519", by })
  ann = await world.agent("ann")
  aic = world.aicOf(ann)
  client = await account(ann)
})
afterAll(() => world.close())

describe("issuing by ACME", () => {
  test("the certificate follows the profile: the AIC names it, one usage, and where to ask about it", async () => {
    const chain = await client.obtain(aic, "clientAuth", csr())
    const leaf = leafOf(chain)
    expect(leaf.subject).toBe(`CN=${aic}`)
    expect(leaf.subjectAltName).toBe(`URI:acps://${aic}`)
    // Node names what a certificate is for by number.
    expect(leaf.keyUsage).toEqual([oids.clientAuth])
    expect(leaf.ca).toBe(false)
    expect(leaf.infoAccess).toContain(`OCSP - URI:${world.url}/acps-atr-v2/ocsp`)
    const days = (leaf.validToDate.getTime() - world.disk.clock.now()) / 86_400_000
    expect(Math.round(days)).toBe(49)
    const known = world.ca.certificates.need(idOf(chain))
    expect(known.record).toMatchObject({
      holder: ann.id,
      version: ann.version,
      usage: "client",
      state: "issued",
    })
    expect(leaf.serialNumber.toLowerCase()).toBe(known.record.serial)
    expect(chain.match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
    const server = leafOf(await client.obtain(aic, "serverAuth", csr({ purpose: oids.serverAuth })))
    expect(server.keyUsage).toEqual([oids.serverAuth])
  })

  test.each([
    ["p-256", () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey],
    ["rsa-2048", () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey],
  ])("keys of %s are taken, for accounts and for certificates", async (suite, make) => {
    const own = await account(ann, make())
    const chain = await own.obtain(aic, "clientAuth", csr({}, make()))
    expect(world.ca.certificates.need(idOf(chain)).record.suite).toBe(suite)
  })

  test("an account that is there already is found again by its key, and a closed one does nothing more", async () => {
    const own = await account(ann)
    const again = await acmeClient(directory(), own.key)
    expect(await again.newAccount(undefined, { onlyReturnExisting: true })).toMatchObject({ status: 200 })
    expect(again.kid).toBe(own.kid)
    const url = own.kid ?? ""
    expect((await own.post(url, { contact: ["mailto:ann@example.com"] })).json["contact"]).toEqual([
      "mailto:ann@example.com",
    ])
    expect(await own.post(url, { contact: ["tel:1"] })).toMatchObject({ error: "UNSUPPORTED_CONTACT" })
    expect(await own.post(url, { contact: ["mailto:a@b@c"] })).toMatchObject({ error: "INVALID_CONTACT" })
    expect((await own.post(url, { status: "deactivated" })).json["status"]).toBe("deactivated")
    expect(await own.post(url, undefined)).toMatchObject({ status: 403, error: "UNAUTHORIZED" })
  })

  test("the key of an account is changed by both keys together, and the one before opens nothing", async () => {
    const own = await account(ann)
    const [next, url] = [ed(), String(own.directory["keyChange"])]
    const inner = (more: object = {}, key = next) =>
      jws({ alg: "EdDSA", jwk: jwkOf(key), url, ...more }, { account: own.kid, oldKey: jwkOf(own.key) }, next)
    expect(await own.post(url, inner({ url: "https://else.example" }))).toMatchObject({ error: "MALFORMED" })
    expect(await own.post(url, inner({}, ed()))).toMatchObject({ error: "BAD_SIGNATURE" })
    const taken = jws(
      { alg: "EdDSA", jwk: jwkOf(client.key), url },
      { account: own.kid, oldKey: jwkOf(own.key) },
      client.key,
    )
    const inUse = await own.post(url, taken)
    expect(inUse).toMatchObject({ status: 409, error: "KEY_IN_USE" })
    expect(inUse.headers.get("location")).toBe(client.kid)
    expect(await own.post(url, inner())).toMatchObject({ status: 200 })
    expect(await own.post(own.kid ?? "", undefined)).toMatchObject({ error: "BAD_SIGNATURE" })
    expect(await own.post(own.kid ?? "", undefined, { key: next })).toMatchObject({ status: 200 })
  })
})

describe("the binding of an account", () => {
  test("one that is signed by another key is refused and not burnt, whoever knows its number", async () => {
    const given = await binding(ann)
    const thief = await acmeClient(directory())
    const forged = { keyId: given.keyId, macKey: Buffer.alloc(32, 1).toString("base64url") }
    for (let i = 0; i < 3; i++)
      expect(await thief.newAccount(forged)).toMatchObject({ status: 401, error: "BAD_SIGNATURE" })
    // Signed by the right key, for the key of somebody else.
    const url = String(thief.directory["newAccount"])
    const foreign = { externalAccountBinding: bind(given, url, jwkOf(ed())) }
    expect(await thief.newAccount(undefined, foreign)).toMatchObject({ error: "MALFORMED" })
    const rightful = await acmeClient(directory())
    expect(await rightful.newAccount(given)).toMatchObject({ status: 201 })
    const second = await acmeClient(directory())
    expect(await second.newAccount(given)).toMatchObject({ error: "EXTERNAL_ACCOUNT_REQUIRED" })
  })

  test("of many at once with the same binding one is taken", async () => {
    const given = await binding(ann)
    const clients = await Promise.all(Array.from({ length: 8 }, () => acmeClient(directory())))
    const replies = await Promise.all(clients.map((each) => each.newAccount(given)))
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201,
      ...Array.from({ length: 7 }, () => 401),
    ])
  })

  test("without one, with one that is unknown, and with one that has run out there is no account", async () => {
    const own = await acmeClient(directory())
    expect(await own.newAccount(undefined)).toMatchObject({ error: "EXTERNAL_ACCOUNT_REQUIRED" })
    const given = await binding(ann)
    const unknown = { ...given, keyId: other(given.keyId) }
    expect(await own.newAccount(unknown)).toMatchObject({ error: "EXTERNAL_ACCOUNT_REQUIRED" })
    expect(await own.newAccount(undefined, { onlyReturnExisting: true })).toMatchObject({
      error: "ACCOUNT_NOT_FOUND",
    })
    const { clock } = world.disk
    const now = clock.now()
    clock.set(given.expiresAt)
    expect(await own.newAccount(given)).toMatchObject({ error: "EXTERNAL_ACCOUNT_REQUIRED" })
    clock.set(now)
    expect(await own.newAccount(given)).toMatchObject({ status: 201 })
  })
})

describe("what is signed wrongly, or for something else, is refused by name", () => {
  const url = () => client.kid ?? ""

  test("a nonce is good once, and only if it is ours", async () => {
    const nonce = await client.nonce()
    expect(await client.post(url(), undefined, { header: { nonce } })).toMatchObject({ status: 200 })
    const replayed = await client.post(url(), undefined, { header: { nonce } })
    expect(replayed).toMatchObject({ status: 400, error: "BAD_NONCE" })
    expect(replayed.headers.get("replay-nonce")).toMatch(/^[\w-]{40,}$/)
    for (const made of ["A".repeat(48), "", nonce.slice(1), `${nonce}A`])
      expect(await client.post(url(), undefined, { header: { nonce: made } })).toMatchObject({
        error: "BAD_NONCE",
      })
  })

  test("addresses, keys, algorithms and forms", async () => {
    const own = url()
    const post = (header: object, more = {}) =>
      client.post(own, undefined, { header: { ...header }, ...more })
    expect(await post({ url: `${own}x` })).toMatchObject({ error: "UNAUTHORIZED" })
    expect(await post({ url: undefined })).toMatchObject({ error: "UNAUTHORIZED" })
    expect(await post({ jwk: jwkOf(client.key) })).toMatchObject({ error: "MALFORMED" })
    expect(await post({ kid: undefined })).toMatchObject({ error: "MALFORMED" })
    expect(await post({ kid: other(own) })).toMatchObject({ error: "ACCOUNT_NOT_FOUND" })
    expect(await post({ crit: ["x"] })).toMatchObject({ error: "MALFORMED" })
    expect(await post({ alg: "none" })).toMatchObject({ error: "UNSUPPORTED_ALGORITHM" })
    expect(await post({ alg: "HS256" })).toMatchObject({ error: "UNSUPPORTED_ALGORITHM" })
    expect(await post({ alg: "ES256" })).toMatchObject({ error: "BAD_SIGNATURE" })
    expect(await post({}, { key: ed() })).toMatchObject({ error: "BAD_SIGNATURE" })
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey
    const stranger = await acmeClient(directory(), weak)
    expect(await stranger.newAccount(undefined)).toMatchObject({ error: "UNSUPPORTED_ALGORITHM" })
    const good = await client.sign(own, undefined)
    expect(await client.send(own, { ...good, header: {} })).toMatchObject({ error: "MALFORMED" })
    expect(await client.send(own, { ...good, signature: `${good["signature"]}=` })).toMatchObject({
      error: "MALFORMED",
    })
    expect(await client.send(own, "{")).toMatchObject({ error: "MALFORMED" })
    expect(await client.send(own, `{"a":1,"a":2}`)).toMatchObject({ error: "MALFORMED" })
    expect(await client.send(own, good, "application/json")).toMatchObject({ error: "MALFORMED_REQUEST" })
    expect(await client.send(own, "x".repeat(70_000))).toMatchObject({ error: "MALFORMED_REQUEST" })
    expect(await client.send(own, good)).toMatchObject({ status: 200 })
    expect((await fetch(own)).status).toBe(400)
  })

  test("orders and certificates of others, and what is not there", async () => {
    const [bob, base] = [await world.agent("bob"), world.ca.addresses().acme("")]
    const own = await account(bob)
    const ask = (identifiers: object[], of = own) =>
      of.post(String(of.directory["newOrder"]), { identifiers })
    const one = { type: "agent", value: aic, usage: "clientAuth" }
    expect(await ask([one])).toMatchObject({ status: 400, error: "INVALID_IDENTIFIER" })
    expect(await ask([{ ...one, value: "1.2.156" }])).toMatchObject({ error: "INVALID_IDENTIFIER" })
    expect(await ask([{ ...one, type: "dns" }])).toMatchObject({ error: "UNSUPPORTED_IDENTIFIER" })
    expect(await ask([one, one], client)).toMatchObject({ error: "UNSUPPORTED_IDENTIFIER" })
    expect(await ask([{ ...one, usage: "both" }], client)).toMatchObject({ error: "MALFORMED" })
    expect(await ask([{ ...one, more: 1 }], client)).toMatchObject({ error: "MALFORMED" })
    const finalize = await order()
    expect(await own.post(finalize, { csr: encoded(csr()) })).toMatchObject({
      status: 404,
      error: "ORDER_NOT_FOUND",
    })
    expect(await own.post(finalize.replace("/finalize", ""), undefined)).toMatchObject({
      error: "ORDER_NOT_FOUND",
    })
    const authz = finalize.replace("/order/", "/authz/").replace("/finalize", "")
    expect(await own.post(authz, undefined)).toMatchObject({ error: "AUTHORIZATION_NOT_FOUND" })
    expect((await client.post(authz, undefined)).json).toMatchObject({ status: "valid", challenges: [] })
    const done = await client.post(finalize, { csr: encoded(csr()) })
    expect(done.json).toMatchObject({ status: "valid" })
    const certificate = String(done.json["certificate"])
    expect(await own.post(certificate, undefined)).toMatchObject({ error: "CERTIFICATE_NOT_FOUND" })
    expect(await own.post(`${base}cert/no`, undefined)).toMatchObject({ error: "CERTIFICATE_NOT_FOUND" })
    expect(await client.post(finalize, { csr: encoded(csr()) })).toMatchObject({
      status: 403,
      error: "ORDER_NOT_READY",
    })
    expect(await client.post(`${base}nothing`, undefined)).toMatchObject({ error: "MALFORMED_REQUEST" })
  })

  test("an account has so many orders at once and no more", async () => {
    const own = await account(ann)
    const place = () =>
      own.post(String(own.directory["newOrder"]), {
        identifiers: [{ type: "agent", value: aic, usage: "clientAuth" }],
      })
    for (let i = 0; i < 50; i++) expect((await place()).status).toBe(201)
    const refused = await place()
    expect(refused).toMatchObject({ status: 429, error: "RATE_LIMITED" })
    expect(refused.headers.get("retry-after")).toBe("600")
  })
})

test("whatever is changed in a signed request, or in a question, is refused by name and makes nothing", async () => {
  const finalize = await order()
  const known = () => world.ca.certificates.list(1000).length
  const before = known()
  const good = JSON.stringify(await client.sign(finalize, { csr: encoded(csr()) }))
  const random = seeded(7)
  world.errors.length = 0
  for (let i = 0; i < 200; i++) {
    const reply = await client.send(finalize, mutated(good, random))
    expect(reply.status, reply.text).toBeGreaterThanOrEqual(400)
    expect(reply.status, reply.text).toBeLessThan(500)
    expect(reply.error, reply.text).toMatch(/^[A-Z_]+$/)
  }
  expect(known()).toBe(before)
  // None of them took the nonce.
  expect(await client.send(finalize, good)).toMatchObject({ status: 200 })
  const question = Buffer.from(ocspQuestion(world.ca.authorities.active("intermediate")))
  for (let i = 0; i < 300; i++) {
    const changed = Buffer.from(question)
    changed[random(changed.length)] = random(256)
    const answer = await world.ca.responder.answer(changed.subarray(0, changed.length - random(2)))
    // An answer of the protocol: successful, malformed, or not ours to say.
    expect(Buffer.from(answer).toString("hex")).toMatch(/^30(?:82|81)?[0-9a-f]+0a01(?:00|01|06)/)
  }
  expect(world.errors).toEqual([])
})

test("a request for a certificate is refused when it asks for what is not the agent's, and the order stays", async () => {
  const key = ed()
  const finalize = await order()
  const refused = async (request: Uint8Array, error: string) =>
    expect(await client.post(finalize, { csr: encoded(request) })).toMatchObject({ error })
  await refused(csr({ commonName: world.aicOf(await world.agent("eve")) }), "INVALID_IDENTIFIER")
  await refused(csr({ organization: "someone" }), "INVALID_IDENTIFIER")
  await refused(csr({ altNames: { dns: ["bank.example"] } }), "INVALID_IDENTIFIER")
  await refused(csr({ altNames: { uri: ["acps://1.2.156.3088.1.1.1.1.1.0000"] } }), "INVALID_IDENTIFIER")
  await refused(csr({ altNames: { ip: ["127.0.0.1"] } }), "INVALID_IDENTIFIER")
  await refused(csr({ purpose: oids.serverAuth }), "INVALID_IDENTIFIER")
  await refused(csr({ ca: true }), "INVALID_IDENTIFIER")
  await refused(csr({ by: ed() }), "BAD_SIGNATURE")
  await refused(Buffer.from("3000", "hex"), "MALFORMED")
  await refused(Buffer.concat([csr(), Buffer.of(0)]), "MALFORMED")
  await refused(csr({}, client.key), "KEY_IN_USE")
  const small = generateKeyPairSync("rsa", { modulusLength: 1024 })
  const request = Buffer.from(csr({}, key))
  // The key of another suite in the place of the right one: it did not sign this.
  const spki = createPublicKey(key).export({ format: "der", type: "spki" })
  request.set(createPublicKey(ed()).export({ format: "der", type: "spki" }), request.indexOf(spki))
  await refused(request, "BAD_SIGNATURE")
  expect(() => csr({}, small.privateKey)).toThrow()
  expect(await client.post(finalize, { csr: encoded(csr({}, key)) })).toMatchObject({ status: 200 })
  expect(await client.post(finalize, { csr: "A" })).toMatchObject({ error: "ORDER_NOT_READY" })
})

describe("revoking", () => {
  const url = () => String(client.directory["revokeCert"])

  test("by an account of its agent or by its own key, once; by nobody else", async () => {
    const key = ed()
    const chains = [
      await client.obtain(aic, "clientAuth", csr({}, key)),
      await client.obtain(aic, "clientAuth", csr()),
    ]
    const [one, two] = chains.map((chain) => encoded(leafOf(chain).raw)) as [string, string]
    const other = await account(await world.agent("mallory"))
    expect(await other.post(url(), { certificate: one })).toMatchObject({ error: "UNAUTHORIZED" })
    const nobody = await acmeClient(directory())
    expect(await nobody.post(url(), { certificate: one })).toMatchObject({ error: "UNAUTHORIZED" })
    expect(await client.post(url(), { certificate: one, reason: 9 })).toMatchObject({ error: "MALFORMED" })
    expect(await client.post(url(), { certificate: "AAAA" })).toMatchObject({
      error: "INVALID_CERTIFICATE_FORMAT",
    })
    // Of the right serial number, and not ours.
    const foreign = Buffer.from(leafOf(chains[0] ?? "").raw)
    foreign[foreign.length - 1] = (foreign.at(-1) ?? 0) ^ 1
    expect(await client.post(url(), { certificate: encoded(foreign) })).toMatchObject({
      error: "CERTIFICATE_NOT_FOUND",
    })
    const heard: string[] = []
    const unlisten = world.ca.certificates.onRevoked((id) => heard.push(id))
    const holder = await acmeClient(directory(), key)
    expect(await holder.post(url(), { certificate: one, reason: 1 })).toMatchObject({ status: 200 })
    expect(await client.post(url(), { certificate: one })).toMatchObject({ error: "ALREADY_REVOKED" })
    expect(await client.post(url(), { certificate: two, reason: 4 })).toMatchObject({ status: 200 })
    unlisten()
    expect(heard).toEqual(chains.map(idOf))
    expect(world.ca.certificates.need(idOf(chains[0] ?? "")).record).toMatchObject({
      state: "revoked",
      reason: "key-compromise",
    })
    expect(world.ca.certificates.admit(leafOf(chains[0] ?? "").raw)).toEqual({
      refused: "certificate_revoked",
    })
  })

  test("a suspended agent's certificates are on hold, and those of one out of service are over", async () => {
    const agent = await world.agent("carol")
    const own = await account(agent)
    const chain = await own.obtain(world.aicOf(agent), "clientAuth", csr({ commonName: world.aicOf(agent) }))
    const id = idOf(chain)
    const status = () => world.ca.certificates.shown(world.ca.certificates.need(id)).status
    const listed = () =>
      world.ca.lists
        .current()
        .revoked.some(({ serial }) => serial === Buffer.from(serialOf(id)).toString("hex"))
    const admitted = () => "record" in world.ca.certificates.admit(leafOf(chain).raw)
    expect([status(), listed(), admitted()]).toEqual(["good", false, true])
    const before = world.ca.lists.current().number
    await world.agents.setState(agent, "suspended", by, "")
    expect([status(), listed(), admitted()]).toEqual(["on-hold", true, false])
    expect(world.ca.lists.current().number).toBeGreaterThan(before)
    const identifiers = [{ type: "agent", value: world.aicOf(agent), usage: "clientAuth" }]
    expect(await own.post(String(own.directory["newOrder"]), { identifiers })).toMatchObject({
      error: "UNAUTHORIZED",
    })
    await world.agents.setState(agent, "live", by, "")
    expect([status(), listed(), admitted()]).toEqual(["good", false, true])
    await world.agents.declareVersion(agent, { label: "2", parts: {} }, by)
    expect([status(), admitted()]).toEqual(["revoked", false])
    await world.agents.setState(agent, "revoked", by, "")
    expect([status(), listed(), admitted()]).toEqual(["revoked", true, false])
    expect(await own.post(own.kid ?? "", undefined)).toMatchObject({ error: "UNAUTHORIZED" })
  })

  test("a certificate that is being issued when its agent is suspended is not issued", async () => {
    const agent = await world.agent("dan")
    const own = await account(agent)
    const name = world.aicOf(agent)
    const reply = await own.post(String(own.directory["newOrder"]), {
      identifiers: [{ type: "agent", value: name, usage: "clientAuth" }],
    })
    const issuing = world.ca.certificates.issue({
      holder: holderOf(agent),
      usage: "client",
      publicKey: createPublicKey(ed()),
      suite: "ed25519",
      names: { commonName: name, uri: [], dns: [], ip: [] },
      days: 1,
      account: null,
      by,
    })
    const stopping = world.agents.setState(agent, "suspended", by, "")
    await expect(issuing).rejects.toMatchObject({ code: "agent_suspended" })
    await stopping
    expect(
      await own.post(String(reply.json["finalize"]), { csr: encoded(csr({ commonName: name })) }),
    ).toMatchObject({
      error: "UNAUTHORIZED",
    })
    expect(world.ca.certificates.of(agent.id)).toEqual([])
  })
})

describe("keys that are replaced or lost", () => {
  const admits = (chain: string) => "record" in world.ca.certificates.admit(leafOf(chain).raw)
  const rotate = (role: "root" | "intermediate", reason: "superseded" | "ca-compromise" = "superseded") =>
    world.ca.authorities.rotate({ role, reason, suite: undefined, by })

  test("everything goes on over a restart and the change of each key; nothing that a broken key signed holds", async () => {
    const first = await client.obtain(aic, "clientAuth", csr())
    await rotate("intermediate")
    const second = await client.obtain(aic, "clientAuth", csr())
    expect(leafOf(second).issuer).not.toBe(leafOf(first).issuer)
    expect([admits(first), admits(second)]).toEqual([true, true])

    const root = world.ca.authorities.active("root")
    await rotate("root")
    const third = await client.obtain(aic, "clientAuth", csr())
    expect([first, second, third].map(admits)).toEqual([true, true, true])
    expect(world.ca.bundle().pem.match(/BEGIN/g)).toHaveLength(2)
    // The chain reaches the root before as well, by the certificate that crosses over.
    const [, , crossPem = ""] = third.split(/(?<=-----END CERTIFICATE-----\n)/)
    const cross = new X509Certificate(crossPem)
    const before = new X509Certificate(root.certificate)
    expect(cross.verify(before.publicKey)).toBe(true)
    expect(cross.publicKey.equals(world.ca.authorities.active("root").publicKey)).toBe(true)

    await rotate("intermediate", "ca-compromise")
    expect([first, second, third].map(admits)).toEqual([true, true, false])
    const fourth = await client.obtain(aic, "clientAuth", csr())
    expect(admits(fourth)).toBe(true)

    await rotate("root", "ca-compromise")
    expect(admits(fourth)).toBe(false)
    expect(await client.obtain(aic, "clientAuth", csr())).toContain("BEGIN CERTIFICATE")
    expect(world.ca.authorities.shown().filter(({ state }) => state === "active")).toHaveLength(2)
  })

  test("a lost key of the intermediate is named, and replaced by the root; a lost root by another, without crossing over", async () => {
    const lose = (role: "root" | "intermediate") =>
      world.store.vault.forget([`${world.ca.authorities.active(role).id}/key`])
    const before = await client.obtain(aic, "clientAuth", csr())
    await lose("intermediate")
    world = await world.reopen()
    client = await againAs(client)
    const finalize = await order()
    const refused = await client.post(finalize, { csr: encoded(csr()) })
    expect(refused).toMatchObject({ status: 500, error: "SERVER_INTERNAL" })
    expect(String(refused.json["detail"])).toContain("hufu ca rotate intermediate")
    expect(
      world.ca.authorities.shown().find((each) => each.role === "intermediate" && each.state === "active")
        ?.hasKey,
    ).toBe(false)
    await rotate("intermediate")
    expect(await client.post(finalize, { csr: encoded(csr()) })).toMatchObject({ status: 200 })
    expect(admits(before)).toBe(true)
    await lose("root")
    await expect(rotate("intermediate")).rejects.toMatchObject({ code: "vault_damaged" })
    await rotate("root")
    expect(world.ca.authorities.active("root").cross).toBeUndefined()
    expect(admits(await client.obtain(aic, "clientAuth", csr()))).toBe(true)
  })

  test("the responder's key is made again when it is asked to", async () => {
    const asked = () => world.ca.responder.state().responders.map(({ certificate }) => certificate)
    const issuer = world.ca.authorities.active("intermediate")
    const ask = () => world.ca.responder.answer(ocspQuestion(issuer))
    await ask()
    const [before] = asked()
    world.ca.responder.forget()
    await ask()
    expect(before).toMatch(/^crt_/)
    expect(asked()[0]).not.toBe(before)
  })

  test("one authority is made, once", async () => {
    await expect(world.ca.authorities.init({ name: "x", suite: "ed25519", by })).rejects.toMatchObject({
      code: "already_exists",
    })
    const both = await Promise.allSettled([rotate("intermediate"), rotate("intermediate")])
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"])
  })
})

describe("whom a registration names", () => {
  const owner = newId("person", 1)
  const content = (name: string, more: object = {}) =>
    contentOf(name, { certificate: { dns: [`${name}.example.com`], days: 7 }, ...more })
  async function approved(name: string, agent: string | null = null) {
    const { registrations } = world
    const { id } = await registrations.claim({ content: content(name), owner, agent, ontology: null })
    await registrations.submit(id, owner)
    return registrations.approve(id, newId("person", 2))
  }
  const obtain = async (of: string) => {
    const holder = world.ca.holders.holderOf(of)
    if (holder === undefined) throw new Error("nobody has this code")
    const opened = await acmeClient(directory())
    await opened.newAccount(await world.ca.bindings.issue(holder, by))
    return opened.obtain(of, "serverAuth", csr({ commonName: of }))
  }
  const status = (chain: string) =>
    world.ca.certificates.shown(world.ca.certificates.need(idOf(chain))).status

  test("has a certificate with its code and its approved names, which holds as long as the registration does", async () => {
    const { registrations, ca } = world
    const { id, aic: code } = await approved("planner")
    expect(ca.holders.holderOf("com.example/planner")).toBeUndefined()
    const chain = await obtain(code ?? "")
    expect(leafOf(chain).subject).toBe(`CN=${code}`)
    expect(leafOf(chain).subjectAltName).toBe(`URI:acps://${code}, DNS:planner.example.com`)
    expect(Math.round((leafOf(chain).validToDate.getTime() - world.disk.clock.now()) / 86_400_000)).toBe(7)
    const serial = leafOf(chain).serialNumber.toLowerCase()
    const listed = () => ca.lists.current().revoked.some((each) => each.serial === serial)
    await registrations.disable(id, "", by)
    expect([status(chain), listed()]).toEqual(["on-hold", true])
    await registrations.enable(id, by)
    expect([status(chain), listed()]).toEqual(["good", false])
    // Another version is another agent to whoever trusted this one.
    await registrations.change(id, content("planner", { version: "2.0.0" }), owner)
    expect(status(chain)).toBe("good")
    await registrations.submit(id, owner)
    await registrations.approve(id, newId("person", 2))
    expect(status(chain)).toBe("revoked")
    const next = await obtain(code ?? "")
    expect(status(next)).toBe("good")
    await registrations.retire(id, owner)
    expect(status(next)).toBe("revoked")
    const settled = await ca.certificates.settle(id, by)
    expect(new Set(settled.map(({ record }) => record.reason))).toEqual(
      new Set(["cessation-of-operation", "superseded"]),
    )
    expect(listed()).toBe(true)
  })

  test("an agent of this node has the code of its registration from then on, and no other", async () => {
    const agent = await world.agent("courier")
    const own = world.aicOf(agent)
    const before = await obtain(own)
    const { id, aic: code } = await approved("courier", agent.id)
    expect(world.aicOf(agent)).toBe(code)
    expect(world.ca.holders.holderOf(own)).toBeUndefined()
    expect(world.ca.holders.holderOf(code ?? "")?.id).toBe(agent.id)
    expect(status(before)).toBe("revoked")
    const chain = await obtain(code ?? "")
    expect(leafOf(chain).subject).toBe(`CN=${code}`)
    await world.agents.setState(agent, "suspended", by, "")
    expect(status(chain)).toBe("on-hold")
    await world.agents.setState(agent, "live", by, "")
    await world.registrations.disable(id, "", by)
    expect(status(chain)).toBe("on-hold")
  })
})

describe("certificates that are not what they seem", () => {
  test("one of another authority with the same names, one that has run out, and one for another use are refused", async () => {
    const chain = await client.obtain(aic, "clientAuth", csr())
    const server = await client.obtain(aic, "serverAuth", csr())
    const { certificates } = world.ca
    const elsewhere = await openCaUnderTest()
    try {
      await elsewhere.ca.authorities.init({ name: "测试 Authority", suite: "ed25519", by })
      const twin = await elsewhere.ca.certificates
        .issue({
          holder: holderOf(ann),
          usage: "client",
          publicKey: leafOf(chain).publicKey,
          suite: "ed25519",
          names: { commonName: aic, uri: [`acps://${aic}`], dns: [], ip: [] },
          days: 1,
          account: null,
          by,
        })
        .catch(() => undefined)
      // The other authority does not know this agent at all.
      expect(twin).toBeUndefined()
      const bob = await elsewhere.agent("ann")
      const foreign = await elsewhere.ca.certificates.issue({
        holder: elsewhere.ca.holders.find(bob.id) ?? holderOf(ann),
        usage: "client",
        publicKey: leafOf(chain).publicKey,
        suite: "ed25519",
        names: { commonName: aic, uri: [`acps://${aic}`], dns: [], ip: [] },
        days: 1,
        account: null,
        by,
      })
      expect(certificates.admit(foreign.certificate)).toEqual({ refused: "certificate_unknown" })
    } finally {
      await elsewhere.close()
    }
    // Our authority's name, the very serial number and names, and somebody else's signature.
    const issuer = world.ca.authorities.active("intermediate")
    const thief = signerOf(ed(), "ed25519")
    const forged = signCertificate(
      {
        serial: serialOf(idOf(chain)),
        issuer: issuer.subject,
        subject: distinguishedName({ commonName: aic }),
        from: world.disk.clock.now(),
        until: world.disk.clock.now() + 86_400_000,
        publicKey: thief.publicKey,
        extensions: [],
      },
      thief,
    )
    expect(certificates.admit(forged)).toEqual({ refused: "certificate_unknown" })
    // A foreign root that signs our intermediate's key brings nothing in that was not in, and nobody out.
    const crossing = signCertificate(
      {
        serial: Uint8Array.of(1),
        issuer: distinguishedName({ commonName: "foreign root" }),
        subject: issuer.subject,
        from: world.disk.clock.now(),
        until: issuer.until,
        publicKey: issuer.publicKey,
        extensions: [],
      },
      thief,
    )
    expect(certificates.admit(crossing)).toEqual({ refused: "certificate_unknown" })
    expect(certificates.admit(leafOf(server).raw)).toEqual({ refused: "certificate_for_other_use" })
    expect(certificates.admit(world.ca.authorities.active("intermediate").certificate)).toEqual({
      refused: "certificate_unknown",
    })
    expect("record" in certificates.admit(leafOf(chain).raw)).toBe(true)
    const { clock } = world.disk
    const now = clock.now()
    clock.set(leafOf(chain).validToDate.getTime())
    expect(certificates.admit(leafOf(chain).raw)).toEqual({ refused: "certificate_expired" })
    expect(certificates.shown(certificates.need(idOf(chain))).status).toBe("expired")
    clock.set(now)
  })
})

describe("what everybody may read", () => {
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${world.url}/acps-atr-v2/${path}`, { headers })

  test("the trust bundle has an ETag, and is not sent twice", async () => {
    const first = await get("ca/trust-bundle")
    const etag = first.headers.get("etag") ?? ""
    expect(etag).toMatch(/^"[0-9a-f]{64}"$/)
    expect(first.headers.get("content-type")).toBe("application/x-pem-file")
    expect(await first.text()).toBe(world.ca.bundle().pem)
    expect((await get("ca/trust-bundle", { "if-none-match": etag })).status).toBe(304)
    expect((await get("ca/trust-bundle", { "if-none-match": `"0"` })).status).toBe(200)
  })

  test("lists, in DER and PEM, with what they say", async () => {
    const list = world.ca.lists.current()
    expect(Buffer.from(await (await get("crl/current")).arrayBuffer())).toEqual(Buffer.from(list.der))
    expect(await (await get("crl/current/pem")).text()).toBe(toPem("X509 CRL", list.der))
    expect(await (await get("crl/info")).json()).toMatchObject({
      version: String(list.number),
      next_update: new Date(list.next).toISOString(),
    })
    expect(await (await get("crl/detail")).json()).toMatchObject({
      revoked_certificates_count: list.revoked.length,
    })
    for (const { id, hasKey } of world.ca.authorities.shown())
      if (hasKey) expect((await get(`crl/${id}`)).status).toBe(200)
    expect((await get("crl/cau_00000000000000000000000000")).status).toBe(404)
    expect((await get("nothing")).status).toBe(404)
  })

  test("what is for whoever looks after the node is for nobody else", async () => {
    const post = (path: string, body: object) =>
      fetch(`${world.url}/acps-atr-v2/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      })
    expect((await get(`ca/retrieve/aic/?aic=${aic}`)).status).toBe(401)
    expect((await post("ca/retrieve/cert", { certPem: "" })).status).toBe(401)
    expect((await post("ca/revoke-notify", { aic, reason: 1 })).status).toBe(401)
    expect((await post(`eab/${aic}`, {})).status).toBe(401)
  })

  test.each([
    ["nothing", Buffer.alloc(0)],
    ["garbage", Buffer.from("not der")],
    ["an empty question", Buffer.from("300430023000", "hex")],
  ])("%s is answered as a question that is malformed", async (_what, body) => {
    const reply = await fetch(`${world.url}/acps-atr-v2/ocsp`, {
      method: "POST",
      headers: { "content-type": "application/ocsp-request" },
      body,
    })
    expect(Buffer.from(await reply.arrayBuffer()).toString("hex")).toBe("30030a0101")
    const large = await fetch(`${world.url}/acps-atr-v2/ocsp`, {
      method: "POST",
      headers: { "content-type": "application/ocsp-request" },
      body: Buffer.alloc(9000),
    })
    expect(large.status).toBe(413)
  })
})

describe.skipIf(opensslVersion === undefined)(
  `with ${opensslVersion ?? "OpenSSL, which is not here"}`,
  () => {
    const folder = opensslFolder()
    afterAll(() => folder.remove())

    function listOf(id: string): string {
      try {
        return toPem("X509 CRL", world.ca.lists.current(id).der)
      } catch {
        // The keys of two were lost above: they sign nothing more.
        return ""
      }
    }

    async function files(chain: string) {
      const [leaf = "", ...between] = chain.split(/(?<=-----END CERTIFICATE-----\n)/)
      folder.file("leaf.pem", leaf)
      folder.file("between.pem", between.join(""))
      folder.file("roots.pem", world.ca.bundle().pem)
      folder.file(
        "lists.pem",
        world.ca.authorities
          .all()
          .map(({ id }) => listOf(id))
          .join(""),
      )
      folder.file("issuer.pem", between[0] ?? "")
    }
    const verify = (more = "") =>
      folder.run(`verify -purpose sslclient ${more} -CAfile roots.pem -untrusted between.pem leaf.pem`)

    test("a certificate verifies against the bundle and the lists, and after its revocation against none", async () => {
      const chain = await client.obtain(aic, "clientAuth", csr())
      await files(chain)
      expect(verify("-x509_strict")).toMatchObject({ code: 0, out: "leaf.pem: OK\n" })
      expect(verify("-crl_check_all -CRLfile lists.pem")).toMatchObject({ code: 0 })
      await world.ca.certificates.revoke(idOf(chain), { reason: "key-compromise", by })
      await files(chain)
      expect(verify("-crl_check -CRLfile lists.pem").err).toContain("certificate revoked")
    })

    test("who trusts only the root before still verifies, by the certificate that crosses over", async () => {
      folder.file("before.pem", toPem("CERTIFICATE", world.ca.authorities.active("root").certificate))
      await world.ca.authorities.rotate({ role: "root", reason: "superseded", suite: "p-256", by })
      const chain = await client.obtain(aic, "clientAuth", csr())
      await files(chain)
      expect(verify()).toMatchObject({ code: 0 })
      expect(folder.run("verify -CAfile before.pem -untrusted between.pem leaf.pem")).toMatchObject({
        code: 0,
      })
    })

    test("after a compromise of the intermediate the root's list refuses all that it signed", async () => {
      const chain = await client.obtain(aic, "clientAuth", csr())
      await files(chain)
      await world.ca.authorities.rotate({
        role: "intermediate",
        reason: "ca-compromise",
        suite: undefined,
        by,
      })
      folder.file(
        "lists.pem",
        world.ca.authorities
          .all()
          .map(({ id }) => listOf(id))
          .join(""),
      )
      expect(verify("-crl_check_all -CRLfile lists.pem").err).toContain("certificate revoked")
    })

    test("OpenSSL asks the responder, by POST, by GET and with a nonce, about what holds and what does not", async () => {
      const chain = await client.obtain(aic, "clientAuth", csr())
      await files(chain)
      world.errors.length = 0
      folder.file("ca.pem", world.ca.bundle().pem)
      const url = `${world.url}/acps-atr-v2/ocsp`
      const ask = async () => {
        expect(folder.run("ocsp -sha256 -issuer issuer.pem -cert leaf.pem -reqout q.der").code).toBe(0)
        const question = Buffer.from(folder.run("base64 -A -in q.der").out, "base64")
        const reply = await fetch(url, {
          method: "POST",
          headers: { "content-type": "application/ocsp-request" },
          body: question,
        })
        const answer = Buffer.from(await reply.arrayBuffer())
        const byGet = await fetch(`${url}/${encodeURIComponent(question.toString("base64"))}`)
        const again = Buffer.from(await byGet.arrayBuffer())
        folder.file("r.der", answer)
        folder.file("g.der", again)
        // Its nonce stands in the answer as it was asked.
        const nonce = question.subarray(-18)
        expect([answer.includes(nonce), again.includes(nonce)]).toEqual([true, true])
        return ["r.der", "g.der"].map((file) =>
          folder.run(
            `ocsp -sha256 -respin ${file} -no_nonce -issuer issuer.pem -cert leaf.pem -CAfile ca.pem`,
          ),
        )
      }
      for (const { out, err } of await ask()) {
        expect(err).toContain("Response verify OK")
        expect(out).toContain("leaf.pem: good")
      }
      await world.ca.certificates.revoke(idOf(chain), { reason: "superseded", by })
      for (const { out, err } of await ask()) {
        expect(err).toContain("Response verify OK")
        expect(out).toContain("leaf.pem: revoked")
        expect(out).toContain("superseded")
      }
      expect(world.errors).toEqual([])
    })
  },
)

test("what was erased with its agent is nowhere shown, and still does not hold", async () => {
  const agent = await world.agent("gone")
  const own = await account(agent)
  const chain = await own.obtain(world.aicOf(agent), "clientAuth", csr({ commonName: world.aicOf(agent) }))
  const id = idOf(chain)
  await world.ca.certificates.revoke(id, { reason: "unspecified", by })
  await world.agents.setState(agent, "revoked", by, "")
  await world.store.vault.erase([agent.id], (tx) =>
    world.declare(tx, { fact: "subject.erased", subject: agent.id, by, refs: { reason: "right" } }),
  )
  world.agents.forgetContent(agent)
  world.ca.forgetContent(agent.id)
  const check = () => {
    const { certificates, accounts } = world.ca
    expect(certificates.shown(certificates.need(id))).toMatchObject({ aic: null, status: "revoked" })
    expect(certificates.need(id).certificate).toHaveLength(0)
    expect(certificates.admit(leafOf(chain).raw)).toEqual({ refused: "certificate_revoked" })
    expect(accounts.get(own.kid?.split("/").at(-1) ?? "")).toMatchObject({ jwk: null, contact: [] })
  }
  check()
  const listed = world.ca.lists.current().revoked.map(({ serial }) => serial)
  expect(listed).toContain(Buffer.from(serialOf(id)).toString("hex"))
  expect(await own.post(own.kid ?? "", undefined)).toMatchObject({ error: "ACCOUNT_NOT_FOUND" })
  world = await world.reopen()
  check()
})

test("the ledger says all of it: the tables can be made again, and a restart changes nothing", async () => {
  const before = world.ca.certificates.list(1000).map(({ record }) => record)
  const list = world.ca.lists.current().revoked
  world = await world.reopen()
  expect(world.ca.certificates.list(1000).map(({ record }) => record)).toEqual(before)
  expect(world.ca.lists.current().revoked).toEqual(list)
  const work = rebuildState(world.store)
  for (;;) {
    const step = await work.next()
    if (step.done !== true) continue
    const { differences, fault, records } = step.value.report
    expect({ differences, fault }).toEqual({ differences: [], fault: null })
    expect(records).toBeGreaterThan(before.length)
    break
  }
})

/** The same account, after the node has another address. */
async function againAs(of: AcmeClient): Promise<AcmeClient> {
  const again = await acmeClient(directory(), of.key)
  await again.newAccount(undefined, { onlyReturnExisting: true })
  return again
}

/** Numbers below a bound, the same at every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff
    return (state >> 8) % below
  }
}

/** A text with a character changed, taken out or put in, and never the same. */
function mutated(text: string, random: (below: number) => number): string {
  const at = random(text.length)
  const put = 'ABCxyz019_-{}":,= \u0000\u202e'[random(20)] ?? "A"
  const changed = [
    text.slice(0, at) + put + text.slice(at + 1),
    text.slice(0, at) + text.slice(at + 1),
    text.slice(0, at) + put + text.slice(at),
  ][random(3)]
  return changed === undefined || changed === text || sameJson(changed, text) ? `${text}}` : changed
}

/** A blank between two members changes nothing that anybody signed. */
function sameJson(one: string, other: string): boolean {
  try {
    return JSON.stringify(JSON.parse(one)) === JSON.stringify(JSON.parse(other))
  } catch {
    return false
  }
}

/** A question about a certificate that there is not. */
function ocspQuestion(issuer: { subject: Uint8Array; publicKey: KeyObject }): Uint8Array {
  const { name, key } = issuerHashes(issuer.subject, issuer.publicKey).sha256
  const id = sequence(sequence(oid(oids.sha256)), octets(name), octets(key), integer(7))
  return sequence(sequence(sequence(sequence(id))))
}
