import { generateKeyPairSync, type KeyObject, sign as signWith } from "node:crypto"
import { fromBase64Url } from "@hufu/core/evidence/base64"
import type { MandateDraft } from "@hufu/core/mandate/mandate"
import { MandatePart } from "@hufu/core/mandate/mandate-part"
import { jwkOf } from "@hufu/core/token/ed25519-jwk"
import { makeDerivedToken } from "@hufu/core/token/make-token"
import { readStatusList, statusFrom } from "@hufu/core/token/status-list"
import { verifyTokenChain } from "@hufu/core/token/verify-chain"
import { afterEach, beforeEach, expect, test } from "vitest"
import { rebuildState } from "../fold/rebuild-state.ts"
import { openPipeline, type OpenPipeline } from "../gateway/testing/open-pipeline.ts"
import { declareWith } from "./declare.ts"
import { type IssuedToken, openTokens, type TokenAuthority } from "./tokens.ts"

const issuer = "https://hufu.example"
const settings = { issuer, lifetimeSeconds: 600, ttlSeconds: 60 }
let node: OpenPipeline
let tokens: TokenAuthority
/** What the list is made of anew for: it is given out for a moment. */
let moment = 0
beforeEach(async () => {
  node = await openPipeline()
  tokens = open()
})
afterEach(() => node.close())

function open(more: Partial<typeof settings> = {}): TokenAuthority {
  const clock = { now: () => node.clock.now(), monotonic: () => (moment += 1000) }
  return openTokens({
    ...node,
    clock,
    declare: declareWith(node.store.vault),
    settings: { ...settings, ...more },
  })
}

function holder() {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519")
  return { jwk: jwkOf(fromBase64Url(publicKey.export({ format: "jwk" }).x ?? "")), privateKey }
}

const by = () => ({ id: node.caller.principal, isPerson: true })
const grant = { effects: ["write" as const], tools: ["notes/*"], limits: [], mode: "auto" as const }
const give = (more: Partial<MandateDraft> = {}) => node.grant({ grants: [grant], otherwise: "deny", ...more })
const issue = (mandate: string, key = holder().jwk) => tokens.issue({ mandate, key, by: "node" })

/** What a verifier finds that knows the issuer's key and has just read its list. */
async function verify({ token, key, status }: IssuedToken, more: readonly string[] = []) {
  const now = Math.floor(node.clock.now() / 1000)
  const list = await readStatusList((await tokens.list()) ?? "", { uri: status, key })
  const found = await verifyTokenChain([token, ...more], {
    issuers: new Map([[issuer, key]]),
    now,
    statusOf: statusFrom(list ? [list] : [], now),
  })
  return found.ok ? "ok" : found.fault
}

test("a token holds without the node until its mandate is revoked, narrowed, suspended or stopped", async () => {
  const [given, narrowed, other] = [await give(), await give(), await give()]
  const [first, second, third] = [await issue(given.id), await issue(narrowed.id), await issue(other.id)]
  for (const token of [first, second, third]) expect(await verify(token)).toBe("ok")
  await node.mandates.revoke(given.id, by())
  expect(await Promise.all([first, second, third].map((each) => verify(each)))).toEqual([
    "revoked",
    "ok",
    "ok",
  ])
  const {
    id: _id,
    agent: _agent,
    principal: _principal,
    parent: _parent,
    createdAt: _created,
    ...draft
  } = narrowed
  await node.mandates.narrow(narrowed.id, { ...draft, until: draft.until - 1 }, by())
  expect(await verify(second)).toBe("revoked")
  await node.interventions.suspend(node.agent.id, "node", "")
  expect(await verify(third)).toBe("suspended")
  await node.agents.setState(node.agents.need(node.agent.id), "live", "node", "")
  expect(await verify(third)).toBe("ok")
  await node.interventions.stopAll("node", "")
  expect(await verify(third)).toBe("suspended")
  await expect(issue(other.id)).rejects.toThrow("stopped")
})

test("what the agent's other mandates forbid is in the token, and a prohibition that comes later ends it", async () => {
  await node.grant({ never: [{ effects: ["delete"] }], otherwise: "deny" })
  const token = await issue((await give()).id)
  const claims = JSON.parse(Buffer.from(token.token.split(".")[1] ?? "", "base64url").toString())
  expect(claims.authorization_details[0].mandate.never).toEqual([{ effects: ["delete"] }])
  expect(await verify(token)).toBe("ok")
  await node.grant({ never: [{ effects: ["send"] }], otherwise: "deny" })
  expect(await verify(token)).toBe("revoked")
})

test("the token of a part that was passed on ends with what is above it; its holder derives narrower ones by itself", async () => {
  const b = await node.agents.create({ name: "b", identifiedBy: "credential", demo: false, by: "node" })
  const task = (await node.tasks.ensure(b.id, node.caller.principal)).id
  const given = await give()
  const part = await node.mandates.pass(given.id, { to: b.id, task, part: MandatePart.parse({}), by: "node" })
  const key = holder()
  const token = await issue(part.id, key.jwk)
  const derived = derive(token.token, key.privateKey, {
    ...part,
    id: "mnd_11111111",
    parent: part.id,
    agent: "agt_11111111",
    task: "tsk_11111111",
  })
  expect(await verify(token, [derived])).toBe("ok")
  await node.interventions.suspend(given.agent, "node", "")
  expect(await verify(token, [derived])).toBe("suspended")
  await node.agents.setState(node.agents.need(given.agent), "live", "node", "")
  await node.mandates.revoke(given.id, by())
  expect(await verify(token, [derived])).toBe("revoked")
  await expect(issue(part.id)).rejects.toThrow("there is no mandate")
})

function derive(parent: string, key: KeyObject, mandate: Parameters<typeof makeDerivedToken>[1]["mandate"]) {
  const now = Math.floor(node.clock.now() / 1000)
  const draft = { id: "derived", mandate, holder: holder().jwk, issuedAt: now, expiresAt: now + 60 }
  return makeDerivedToken(parent, draft, (bytes) => new Uint8Array(signWith(null, bytes, key)))
}

test("after a restart the list says what it said, a place that nobody has holds nothing, and expired places are used again", async () => {
  const [given, other] = [await give(), await give()]
  const [first, second] = [await issue(given.id), await issue(other.id)]
  await node.mandates.revoke(given.id, by())
  await node.store.commit(() => undefined)
  tokens = open()
  expect([await verify(first), await verify(second)]).toEqual(["revoked", "ok"])
  node.clock.set(node.clock.now() + 601_000)
  expect(await verify(second)).toBe("expired")
  await Promise.all([issue(other.id), issue(other.id), issue(other.id)])
  expect(node.store.records.read("token")).toHaveLength(3)
  const work = rebuildState(node.store)
  let step = await work.next()
  while (step.done !== true) step = await work.next()
  expect(step.value.report.differences).toEqual([])
})

test("without an issuer in the configuration there is no token, no list and no key", async () => {
  const given = await give()
  tokens = openTokens({
    ...node,
    declare: declareWith(node.store.vault),
    settings: { lifetimeSeconds: 600, ttlSeconds: 60 },
  })
  await expect(issue(given.id)).rejects.toThrow("issues no tokens")
  expect([await tokens.list(), tokens.key]).toEqual([undefined, undefined])
})
