import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto"
import { signWebBotAuth, type ToSign } from "@hufu/core/identity/web-bot-auth"
import { thumbprintOf } from "@hufu/core/token/ed25519-jwk"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createWorld, type World, type WorldAgent } from "../invariants/world.ts"
import { rebuildOf } from "../state/random-life.ts"
import { messageOf, postMessage } from "./post-message.ts"

// An agent is let in by requests that its own key signs (RFC 9421, Web Bot Auth).

const url = "https://agent.example"
let world: World & AsyncDisposable
let agent: WorldAgent
let credential: string
const pair = generateKeyPairSync("ed25519")

const publicKeyOf = (of: KeyObject) => String(of.export({ format: "jwk" })["x"])
const seconds = () => Math.floor(world.clock.now() / 1000)

beforeAll(async () => {
  world = await createWorld()
  agent = await world.agent("signer")
  await world.grant(agent, { grants: [{ effects: ["write"], tools: ["notes/*"], limits: [], mode: "auto" }] })
  credential = (await prove(agent)).id
}, 60_000)
afterAll(() => world.dispose())

async function prove(of: WorldAgent, { privateKey, publicKey } = pair) {
  const claimed = { agent: of.id, key: publicKeyOf(publicKey), url }
  const { challenge, text } = await world.local.credential.challenge(claimed)
  const signature = sign(null, Buffer.from(text), privateKey).toString("base64url")
  return world.person.credential.prove({ ...claimed, challenge, signature })
}

interface Changes extends Partial<ToSign> {
  /** Which key signs. */
  readonly by?: KeyObject
  readonly body?: string
  /** Where it is sent, when that is elsewhere than was signed. */
  readonly to?: string
  readonly headers?: Record<string, string>
}

/** One call with its signature. */
function signedCall(id: string, { by = pair.privateKey, body, to, headers: more, ...changes }: Changes = {}) {
  const { headers, body: whole } = messageOf("tools/call", { name: "add_note", arguments: { id } })
  const target = new URL("/mcp/notes", world.node.url)
  const digest = `sha-256=:${createHash("sha256").update(whole).digest("base64")}:`
  const fields: Record<string, string> = { ...headers, "content-digest": digest }
  const signature = signWebBotAuth(
    {
      message: {
        method: "POST",
        scheme: "http",
        authority: target.host,
        path: target.pathname,
        query: "",
        field: (name) => (fields[name] === undefined ? [] : [fields[name]]),
      },
      components: ["@method", "@target-uri", "content-digest"],
      agent: url,
      keyid: thumbprintOf({ x: publicKeyOf(pair.publicKey) }),
      created: seconds(),
      expires: seconds() + 60,
      nonce: id,
      ...changes,
    },
    (bytes) => new Uint8Array(sign(null, bytes, by)),
  )
  return {
    url: new URL(to ?? "/mcp/notes", world.node.url),
    sent: { headers: { ...fields, ...signature, ...more }, body: body ?? whole },
  }
}

async function send(call: ReturnType<typeof signedCall>) {
  return postMessage(call.url, call.sent)
}

test("a signed call is performed as the agent whose key it is", async () => {
  const answer = await send(signedCall("first"))
  expect(answer).toMatchObject({ isDone: true })
  expect(world.upstream.calls().at(-1)?.args).toEqual({ id: "first" })
  const { items } = await world.local.action.list({ agent: agent.id })
  expect(items[0]).toMatchObject({ agent: agent.id, tool: "add_note", verdict: "allow" })
  expect((await world.local.agent.show({ agent: agent.id })).credentials).toContainEqual(
    expect.objectContaining({ id: credential, kind: "key", about: expect.objectContaining({ is: "key" }) }),
  )
})

test.each<[string, string, () => Changes]>([
  [
    "another body",
    "the body is another one",
    () => ({ body: messageOf("tools/call", { name: "add_note", arguments: { id: "x" } }).body }),
  ],
  ["another server", "not one of this key", () => ({ to: "/mcp/mail" })],
  ["a query that was not signed", "not one of this key", () => ({ to: "/mcp/notes?a" })],
  ["another key", "not one of this key", () => ({ by: generateKeyPairSync("ed25519").privateKey })],
  ["a time that is over", "has expired", () => ({ created: seconds() - 60, expires: seconds() })],
  ["a time to come", "from the future", () => ({ created: seconds() + 90, expires: seconds() + 120 })],
  ["a signature for an hour", "300 seconds at most", () => ({ expires: seconds() + 3600 })],
  ["no digest covered", "`content-digest`", () => ({ components: ["@method", "@target-uri"] })],
  ["no method covered", "`@method`", () => ({ components: ["@target-uri", "content-digest"] })],
  ["no path covered", "`@path`", () => ({ components: ["@method", "@authority", "content-digest"] })],
  ["a digest that nobody knows", "`sha-256`", () => ({ headers: { "content-digest": "md5=:AAAA:" } })],
  [
    "no signature of this tag",
    "none of the signatures",
    () => ({ headers: { "signature-input": 'a=();tag="b"', signature: "a=:AAAA:" } }),
  ],
])("refused: %s", async (_what, why, changes) => {
  const calls = world.upstream.calls().length
  const answer = await send(signedCall(crypto.randomUUID(), changes()))
  expect(answer).toMatchObject({ status: 401, code: "signature_refused" })
  expect(answer.why).toContain(why)
  expect(answer.headers["accept-signature"]).toContain('"content-digest"')
  expect(world.upstream.calls()).toHaveLength(calls)
})

test("a key counts under its own address alone", async () => {
  const answer = await send(signedCall("elsewhere", { agent: "https://other.example" }))
  expect(answer).toMatchObject({ status: 401, code: "unauthenticated" })
})

test("a signature counts once, also after a restart", async () => {
  const call = signedCall("once", { expires: seconds() + 300 })
  expect((await send(call)).status).toBe(200)
  expect((await send(call)).why).toContain("has come before")
  const before = world.node.url
  await world.restart()
  const again = { ...call, url: new URL("/mcp/notes", world.node.url) }
  // The node has another port now, which the signature does not cover: what it covered is said as it was.
  const answer = await postMessage(again.url, {
    ...call.sent,
    headers: { ...call.sent.headers, host: new URL(before).host },
  })
  expect(answer.why).toContain("has come before")
  expect((await send(signedCall("after"))).status).toBe(200)
})

test("whoever does not hold a key cannot let it in, and a key has one agent", async () => {
  const other = generateKeyPairSync("ed25519")
  await expect(
    prove(agent, { privateKey: pair.privateKey, publicKey: other.publicKey }),
  ).rejects.toMatchObject({
    code: "signature_refused",
  })
  const second = await world.agent("second")
  await expect(prove(second)).rejects.toMatchObject({ code: "already_exists" })
  const claimed = { agent: agent.id, key: publicKeyOf(other.publicKey), url }
  const { challenge, text } = await world.local.credential.challenge(claimed)
  const signature = sign(null, Buffer.from(text), other.privateKey).toString("base64url")
  // Who may look may not let anybody in, and a challenge is for one agent.
  await expect(world.local.credential.prove({ ...claimed, challenge, signature })).rejects.toMatchObject({
    code: "unauthenticated",
  })
  await expect(
    world.person.credential.prove({ ...claimed, agent: second.id, challenge, signature }),
  ).rejects.toMatchObject({ code: "signature_refused" })
})

test("a key of an agent that is suspended, revoked or of another version is refused", async () => {
  await world.local.agent.suspend({ agent: agent.id })
  expect((await send(signedCall("suspended"))).code).toBe("agent_suspended")
  await world.person.agent.resume({ agent: agent.id })
  expect((await send(signedCall("resumed"))).status).toBe(200)
  await world.local.credential.revoke({ credential })
  expect(await send(signedCall("revoked"))).toMatchObject({ status: 401, code: "unauthenticated" })
  credential = (await prove(agent)).id
  expect((await send(signedCall("again"))).status).toBe(200)
  await world.person.version.declare({ agent: agent.id, label: "2" })
  expect((await send(signedCall("version"))).why).toContain("earlier version")
  credential = (await prove(agent)).id
  expect((await send(signedCall("new version"))).status).toBe(200)
})

test("where an agent is erased, the address and the key go with it, and the tables still follow from the ledger", async () => {
  const rows = async () => (await rebuildOf(world.local)).differences
  expect(await rows()).toEqual([])
  await world.person.subject.erase({ subject: agent.id, reason: "operator" })
  expect((await send(signedCall("erased"))).status).toBe(401)
  const { credentials } = await world.local.agent.show({ agent: agent.id })
  expect(credentials.map(({ about }) => about)).toEqual(credentials.map(() => null))
  expect(await rows()).toEqual([])
})
