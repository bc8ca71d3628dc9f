import { type CallId, contract, type Request } from "@hufu/core/contract/contract"
import { createClient, type Transport } from "@hufu/sdk"
import { type AppUnderTest, openApp } from "@hufu/server/http/testing/app-under-test"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const id = (prefix: string) => `${prefix}_0123456789`
const mandate = { words: "w", until: 1 }

const credential = { id: "AA", rawId: "AA", type: "public-key" as const, clientExtensionResults: {} }
const assertion = {
  ...credential,
  response: { clientDataJSON: "AA", authenticatorData: "AA", signature: "AA", userHandle: "AA" },
}

/** One valid request for every operation, with something in every optional member. */
const samples: { readonly [Id in CallId]: Request<Id> } = {
  "node.status": {},
  "session.create": { secret: "long enough" },
  "person.enrol": { secret: "long enough" },
  "person.change": { secret: "long enough" },
  "session.passkey": {
    response: assertion,
    decision: { hold: id("hld"), digest: "0".repeat(64), for: "task", until: 7, arguments: { a: 1 } },
    browser: true,
  },
  "retention.show": {},
  "retention.set": { actions: 30, tasks: 0 },
  "signin.create": {},
  "signin.exchange": { code: "A".repeat(43) },
  "browser.list": {},
  "browser.revoke": { browser: id("brw") },
  "passkey.options": { purpose: "decide", decision: { hold: id("hld"), digest: "0".repeat(64) } },
  "passkey.register": {
    name: "虎符 & more",
    response: {
      ...credential,
      response: { clientDataJSON: "AA", attestationObject: "AA", transports: ["usb"] },
    },
  },
  "passkey.list": {},
  "passkey.rename": { passkey: id("pky"), name: "another" },
  "passkey.remove": { passkey: id("pky") },
  "agent.create": { name: "ann", credential: false, days: 7, demo: true },
  "agent.list": {},
  "agent.show": { agent: "ann" },
  "agent.suspend": { agent: "ann", reason: "why not" },
  "agent.resume": { agent: "ann" },
  "agent.revoke": { agent: "ann", reason: "r" },
  "registry.search": {
    text: "北京 & more",
    protocol: "a2a,mcp",
    alive: "yes",
    credit: 5,
    offset: 0,
    limit: 5,
  },
  "peer.list": {},
  "peer.add": { url: "https://registry.example.com", vkey: "registry+00000000+AAAA" },
  "peer.remove": { peer: id("per") },
  "peer.sync": { peer: "https://registry.example.com/?a=b&c" },
  "registration.load": { items: [{ name: "com.example/planner" }], approve: true },
  "registration.list": { name: "com.example/planner & more", state: "approved", after: id("reg"), limit: 5 },
  "registry.show": { registration: "com.example/planner" },
  "registry.face": { registration: "com.example/planner", face: "oasf" },
  "registration.show": { registration: "com.example/planner" },
  "registration.alive": { registration: "com.example/planner" },
  "registration.claim": { content: { name: "com.example/planner", n: 1 }, agent: "ann", ontology: "1.2" },
  "registration.change": { registration: id("reg"), content: { title: "虎符 & more" } },
  "registration.submit": { registration: "com.example/planner" },
  "registration.withdraw": { registration: id("reg") },
  "registration.approve": { registration: id("reg"), digest: "0".repeat(64) },
  "registration.reject": { registration: id("reg"), reason: "not yet" },
  "registration.disable": { registration: id("reg"), reason: "why not" },
  "registration.enable": { registration: id("reg") },
  "registration.retire": { registration: id("reg") },
  "registration.offer": { registration: id("reg"), to: id("usr") },
  "registration.accept": { registration: id("reg") },
  "registration.export": { registration: "com.example/planner", face: "agent-card" },
  "registration.import": { face: "server", text: "{}" },
  "version.declare": {
    agent: "ann",
    label: "2",
    parts: { code: { digest: "0".repeat(64), known: "declared" } },
  },
  "credential.issue": { agent: "ann", kind: "hook", days: 3 },
  "credential.challenge": { agent: "ann", key: "A".repeat(43), url: "https://agent.example", type: "cimd" },
  "credential.prove": {
    agent: "ann",
    key: "A".repeat(43),
    url: "https://agent.example",
    type: "directory",
    challenge: "c",
    signature: "A".repeat(86),
    days: 3,
  },
  "credential.client": { agent: "ann", scopes: ["tools:read", "tools:act"], days: 3 },
  "consent.show": { consent: "abcdefgh" },
  "consent.allow": { consent: "abcdefgh", agent: "ann", days: 3 },
  "consent.refuse": { consent: "abcdefgh" },
  "credential.revoke": { credential: id("crd") },
  "task.start": { agent: "ann", words: "虎符 & more" },
  "task.add": { task: id("tsk"), words: "虎符 & more" },
  "task.list": { agent: "ann & bob", limit: 5 },
  "task.show": { task: id("tsk") },
  "task.end": { task: id("tsk") },
  "mandate.grant": { agent: "ann", mandate },
  "mandate.list": { agent: "ann" },
  "mandate.narrow": { mandate: id("mnd"), to: mandate },
  "mandate.revoke": { mandate: id("mnd") },
  "mandate.pass": {
    mandate: id("mnd"),
    to: "ann",
    task: id("tsk"),
    part: {
      words: "w",
      grants: [],
      never: [],
      userOnly: [],
      otherwise: "deny",
      budget: { count: 1 },
      from: 0,
      until: 1,
    },
  },
  "mandate.token": { mandate: id("mnd"), key: { kty: "OKP", crv: "Ed25519", x: "A".repeat(43) } },
  "ca.show": {},
  "ca.init": { name: "虎符 & more", suite: "p-256" },
  "ca.rotate": { role: "root", reason: "ca-compromise", suite: "ed25519" },
  "ca.account": { agent: "ann" },
  "ca.issue": {
    agent: "ann",
    csr: "-----BEGIN CERTIFICATE REQUEST-----",
    usage: "server",
    days: 7,
    dns: ["a.example.com"],
    ip: ["192.0.2.1"],
  },
  "ca.list": { agent: "ann", limit: 5 },
  "ca.certificate": { certificate: id("crt") },
  "ca.revoke": { certificate: id("crt"), reason: "key-compromise" },
  "ca.crl": { authority: id("cau") },
  "ca.bundle": {},
  "mandate.held": { agent: "ann" },
  "mandate.chain": { mandate: id("mnd") },
  "mandate.explain": { mandate: id("mnd") },
  "mandate.preview": { agent: "ann", mandate, limit: 5 },
  "server.add": { name: "fs", url: "https://example.org/mcp", headers: { a: "b" }, demo: true },
  "server.command": { name: "fs", command: ["a", "b"], environment: { A: "b" }, folder: "/", demo: true },
  "server.list": {},
  "server.remove": { server: "fs" },
  "tool.list": { server: "fs" },
  "tool.confirm": { server: "fs", tool: "a/b:c?d", definition: "0".repeat(64), profile: { a: [1] } },
  "place.add": {
    template: "home",
    identifier: "mine",
    name: "我家 & more",
    class: "private",
    geometry: { type: "Point", coordinates: [1, 2] },
  },
  "place.list": {},
  "place.show": { place: "mine" },
  "place.remove": { place: "mine" },
  "place.templates": {},
  "position.show": { agent: "ann" },
  "position.state": {
    agent: "ann",
    latitude: 1,
    longitude: -2,
    accuracy: 3,
    altitude: 4,
    above: "AGL",
    tenant: "虎符 & more",
    network: "10.0.0.1",
    device: "drone",
    hours: 2,
  },
  "position.forget": { agent: "ann" },
  "position.report": {
    statement: {
      device: id("dvc"),
      agent: id("agt"),
      position: { point: { latitude: 1, longitude: 2, accuracy: 3 } },
      at: 1,
      number: 2,
    },
    signature: "A".repeat(86),
  },
  "device.add": { name: "drone", agent: "ann", key: "A".repeat(43) },
  "device.list": {},
  "device.remove": { device: "drone" },
  "protection.list": {},
  "protection.set": {
    name: "ann",
    born: "2014-05-31",
    zone: "Asia/Shanghai",
    consent: "no",
    agents: "robot",
  },
  "protection.remove": { protection: "ann" },
  "pack.list": {},
  "decision.explain": { agent: "ann", server: "fs", tool: "t", arguments: { a: { b: [null] } }, rules: "" },
  "hold.list": { state: "all", limit: 9 },
  "hold.show": { hold: id("hld") },
  "hold.approve": { hold: id("hld"), digest: "0".repeat(64), for: "until", until: 7, arguments: { a: 1 } },
  "hold.refuse": { hold: id("hld"), reason: "no" },
  "action.list": {
    agent: "ann",
    task: id("tsk"),
    server: "fs",
    tool: "a/b",
    effect: "read",
    verdict: "ask",
    outcome: "open",
    since: 1,
    text: "虎符 & more",
    before: 0,
    limit: 1,
  },
  "action.why": { action: id("act"), language: "zh" },
  "action.cose": { action: id("act") },
  "action.receipt": { action: id("act"), open: "arguments,tool" },
  "action.replay": {
    rules: [{ name: "mine.cedar", text: "permit (principal, action, resource);" }],
    since: 1,
    until: 2,
    from: 3,
    limit: 4,
  },
  "subject.erase": { subject: id("tsk"), reason: "operator" },
  "state.rebuild": { run: "0".repeat(32) },
  "state.at": { at: 7, index: 3, agent: "ann", run: "0".repeat(32) },
  "stop.declare": { reason: "stop" },
  "stop.lift": {},
  "log.entries": { from: 3, limit: 4 },
  "log.entry": { entry: "3" },
  "log.range": { from: 1, to: 4 },
  "log.checkpoint": {},
  "log.verify": {},
  "rules.list": {},
  "rules.coverage": {},
  "rules.diff": {},
  "rules.shadow": {},
  "rules.rollout": {},
  "rules.stage": { draft: "0".repeat(64), stage: "shadow" },
  "rules.validate": { text: "permit (principal, action, resource);" },
}

let under: AppUnderTest
let transport: Transport
beforeAll(async () => {
  under = await openApp()
  transport = async ({ method, path, headers, body }) => {
    const init = {
      method,
      headers: { host: "localhost", ...headers },
      ...(body === undefined ? {} : { body }),
    }
    const response = await under.app.request(path, init, { transport: "socket" })
    return { status: response.status, text: await response.text() }
  }
})
afterAll(() => under.close())

describe("the client and the routes", () => {
  it.each((Object.keys(contract) as CallId[]).filter((each) => each in samples))(
    "agree on %s: what is asked arrives as it was meant",
    async (operation) => {
      const client = createClient({ transport, token: under.session })
      under.performed.length = 0
      // What these operations answer is not the contract's; only what reaches them matters here.
      await client.call(operation, samples[operation] as never).catch(() => {})
      expect(under.performed.map((performed) => performed.id)).toEqual([operation])
      expect(under.performed[0]?.input).toEqual(contract[operation].input.parse(samples[operation]))
    },
  )
})
