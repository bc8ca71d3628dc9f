import { createHmac, generateKeyPairSync, randomUUID, sign as signWith } from "node:crypto"
import type { Output } from "@hufu/core/contract/contract"
import { fromBase64Url, toBase64Url } from "@hufu/core/evidence/base64"
import type { JsonObject } from "@hufu/core/json/json-value"
import { newId } from "@hufu/core/id"
import { Mandate } from "@hufu/core/mandate/mandate"
import { type Ed25519Jwk, jwkOf } from "@hufu/core/token/ed25519-jwk"
import { makeDerivedToken, makeProof } from "@hufu/core/token/make-token"
import { tokenType } from "@hufu/core/token/mandate-token"
import { afterAll, beforeAll, expect, test } from "vitest"
import { createWorld, type World, type WorldAgent } from "../invariants/world.ts"
import { openCaller } from "../mcp-caller.ts"

// Agents pass mandates on without the node, by tokens, and present them at its HTTP door with each call.

const issuer = "https://hufu.example"
const grant = { effects: ["write" as const], tools: ["notes/add_note"], limits: [], mode: "auto" as const }

interface Party {
  readonly agent: WorldAgent
  readonly task: string
  readonly jwk: Ed25519Jwk
  readonly sign: (bytes: Uint8Array) => Uint8Array
}

let world: World
let [ann, ben, cy]: Party[] = []
/** What the person gave ann, and the token that the node made of it. */
let given: Output<"mandate.grant">
let root: string

beforeAll(async () => {
  world = await createWorld({ config: { tokens: { issuer } } })
  ;[ann, ben, cy] = [await party("ann"), await party("ben"), await party("cy")]
  await renewRoot()
}, 60_000)
afterAll(() => world.dispose())

async function party(name: string): Promise<Party> {
  const agent = await world.agent(name)
  const task = await world.person.task.start({ agent: name, words: "look after my notes" })
  const { publicKey, privateKey } = generateKeyPairSync("ed25519")
  return {
    agent,
    task: task.id,
    jwk: jwkOf(fromBase64Url(publicKey.export({ format: "jwk" }).x ?? "")),
    sign: (bytes) => new Uint8Array(signWith(null, bytes, privateKey)),
  }
}

function need(of: Party | undefined): Party {
  if (of === undefined) throw new Error("nobody is there")
  return of
}

async function renewRoot(more: object = {}): Promise<void> {
  await world.renew()
  given = await world.person.mandate.grant({
    agent: "ann",
    mandate: {
      words: "keep my notes",
      grants: [{ ...grant, budget: { count: 100 } }],
      otherwise: "deny",
      until: world.clock.now() + 3_600_000,
      ...more,
    },
  })
  root = (await world.person.mandate.token({ mandate: given.id, key: need(ann).jwk })).token
}

interface Link {
  readonly token: string
  readonly mandate: Mandate
}

/** A part that somebody passes on by a token of its own. */
function passOn(
  from: Link | undefined,
  by: Party | undefined,
  to: Party | undefined,
  more: object = {},
  // What is passed on from it lasts no longer.
  seconds = from === undefined ? 300 : 200,
): Link {
  const [giver, receiver] = [need(by), need(to)]
  const outer = from?.mandate ?? given
  const mandate = Mandate.parse({
    ...outer,
    id: newId("mandate", world.clock.now()),
    agent: receiver.agent.id,
    parent: outer.id,
    task: receiver.task,
    words: "help me",
    grants: [{ ...grant, budget: { count: 3 } }],
    ...more,
  })
  const now = Math.floor(world.clock.now() / 1000)
  const token = makeDerivedToken(
    from?.token ?? root,
    { id: randomUUID(), mandate, holder: receiver.jwk, issuedAt: now, expiresAt: now + seconds },
    giver.sign,
  )
  return { token, mandate }
}

let calls = 0

/** Calls the tool as an agent that presents tokens; answers what Hufu said, or `done`. */
async function call(
  who: Party | undefined,
  tokens: readonly string[],
  proof: { readonly by?: Party | undefined; readonly audience?: string; readonly text?: string } & {
    readonly args?: JsonObject
    readonly tool?: string
  } = {},
): Promise<string> {
  const caller = await openCaller({
    url: `${world.node.url}/mcp/notes`,
    era: "modern",
    credential: need(who).agent.credential,
  })
  try {
    const args = { id: `c${(calls += 1)}` }
    if (tokens.length > 0) {
      caller.headers["hufu-mandate-token"] = tokens.join(",")
      caller.headers["hufu-mandate-proof"] =
        proof.text ?? proofOf(tokens.at(-1) ?? "", proof.by ?? who, { args, ...proof })
    }
    const before = world.upstream.calls().length
    const { status, message } = await caller.call(
      "add_note",
      proof.text === undefined ? args : { id: "same" },
    )
    const error = message?.error
    const said = JSON.stringify(error ?? message?.result ?? status)
    const left = world.upstream.calls().length - before
    expect(left).toBe(/"text":"done"/.test(said) ? 1 : 0)
    return left === 1 ? "done" : said
  } finally {
    await caller.close()
  }
}

function proofOf(
  leaf: string,
  by: Party | undefined,
  { args, audience = issuer, tool = "add_note" }: { args: JsonObject; audience?: string; tool?: string },
): string {
  return makeProof(
    leaf,
    {
      id: randomUUID(),
      at: Math.floor(world.clock.now() / 1000),
      tool: `notes/${tool}`,
      audience,
      arguments: args,
    },
    need(by).sign,
  )
}

test("a part that was passed on by a token goes at the door for the call that presents it, on the budgets of the node", async () => {
  const first = passOn(undefined, ann, ben)
  // Who it is says nothing of what it may do.
  expect(await call(ben, [])).not.toBe("done")
  expect(await call(ben, [root, first.token])).toBe("done")
  expect(await call(ben, [])).not.toBe("done")
  // What was passed on is in the node from now on, as every other part.
  const { items } = await world.local.mandate.chain({ mandate: given.id })
  expect(items.map(({ agentName, mandate }) => [agentName, mandate.words])).toEqual([
    ["ann", "keep my notes"],
    ["ben", "help me"],
  ])
  const second = passOn(first, ben, cy, { grants: [{ ...grant, budget: { count: 1 } }] })
  expect(await call(cy, [root, first.token, second.token])).toBe("done")
  expect(await call(cy, [root, first.token, second.token])).toContain("mandate")
  // One was cy's; two of three are ben's.
  expect(await call(ben, [root, first.token])).toBe("done")
  expect(await call(ben, [root, first.token])).not.toBe("done")
  const action = (await world.local.action.list({ agent: "cy", limit: 5 })).items.find(
    ({ outcome }) => outcome === "done",
  )
  const receipt = await world.local.mandate.chain({ mandate: action?.mandate ?? "" })
  expect(receipt.items).toHaveLength(3)
})

test("the node's own rules still decide", async () => {
  const grants = [{ ...grant, tools: ["notes/*"], effects: ["write" as const] }]
  await renewRoot({ grants, never: [{ tools: ["notes/add_note"] }] })
  const part = passOn(undefined, ann, ben, { grants })
  expect(await call(ben, [root, part.token])).not.toBe("done")
  await world.person.mandate.revoke({ mandate: given.id })
  await renewRoot()
})

test("no attack on a token goes", async () => {
  const part = passOn(undefined, ann, ben)
  const next = passOn(part, ben, cy)
  const chain = [root, part.token]
  const refused = async (work: Promise<string>, fault: string) => expect(await work).toContain(fault)
  const same = { args: { id: "same" } }

  // For another audience, tool or call; by somebody else; twice; without a proof.
  await refused(call(ben, chain, { audience: "https://other.example" }), "another call")
  await refused(call(ben, chain, { tool: "delete_note" }), "another call")
  await refused(call(ben, chain, { args: { id: "another" } }), "another call")
  await refused(call(ben, chain, { by: cy }), "not by the key")
  await refused(call(ben, chain, { text: "" }), "the proof is none")
  const once = proofOf(part.token, ben, same)
  expect(await call(ben, chain, { text: once })).toBe("done")
  await refused(call(ben, chain, { text: once }), "used already")
  // Another agent presents it, with its own credential and even with the holder's proof.
  await refused(call(cy, chain, { by: ben }), "another agent")
  await refused(call(cy, [root, part.token], { by: cy }), "another agent")
  // A link that is wider, lasts longer, or claims that the principal widened it.
  const wide = { grants: [{ ...grant, tools: ["notes/*"], budget: { count: 3 } }] }
  await refused(call(ben, [root, passOn(undefined, ann, ben, wide).token]), "more than the one above")
  const claims = { ...wide, widened: newId("hold", world.clock.now()) }
  await refused(call(ben, [root, passOn(undefined, ann, ben, claims).token]), "more than the one above")
  await refused(call(ben, [root, passOn(undefined, ann, ben, {}, 4000).token]), "lasts longer")
  // In another order, with a link left out, or with one of somebody who holds nothing.
  await refused(call(cy, [part.token, root, next.token]), "issued itself")
  await refused(call(cy, [root, next.token, part.token]), "not signed by whoever held")
  await refused(call(cy, [root, next.token]), "not signed by whoever held")
  await refused(call(cy, [root, passOn(undefined, ben, cy).token]), "signature does not hold")
  // For a task that its agent does not have.
  const elsewhere = passOn(undefined, ann, ben, { task: need(cy).task })
  await refused(call(ben, [root, elsewhere.token]), "a task that its agent does not have")

  // Another algorithm, a key that the token brings along, none.
  const [, payload = ""] = root.split(".")
  const encode = (value: object) => toBase64Url(new TextEncoder().encode(JSON.stringify(value)))
  const hmac = `${encode({ alg: "HS256", typ: tokenType })}.${payload}`
  const keyed = createHmac("sha256", JSON.stringify(need(ann).jwk))
    .update(hmac)
    .digest("base64url")
  await refused(call(ann, [`${hmac}.${keyed}`]), "signature does not hold")
  await refused(
    call(ann, [`${encode({ alg: "none", typ: tokenType })}.${payload}.`]),
    "signature does not hold",
  )
  const own = `${encode({ alg: "EdDSA", typ: tokenType, jwk: need(ann).jwk })}.${payload}`
  const bySelf = toBase64Url(need(ann).sign(new TextEncoder().encode(own)))
  await refused(call(ann, [`${own}.${bySelf}`]), "signature does not hold")
  const unknown = {
    ...JSON.parse(new TextDecoder().decode(fromBase64Url(payload))),
    iss: "https://other.example",
  }
  await refused(
    call(ann, [`${encode({ alg: "EdDSA", typ: tokenType })}.${encode(unknown)}.${bySelf}`]),
    "issued itself",
  )
  // Too many, too large.
  await refused(
    call(
      ben,
      Array.from({ length: 9 }, () => "a.b.c"),
    ),
    "more than a chain may have",
  )
  await refused(call(ben, ["a.b.c"]), "no token of this kind")
  await refused(call(ben, ["x".repeat(20_000)]), "no token of this kind")
  const large = await fetch(`${world.node.url}/mcp/notes`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${need(ben).agent.credential}`,
      "hufu-mandate-token": "a".repeat(1_000_000),
      "content-type": "application/json",
    },
    body: "{}",
  }).then(
    ({ status }) => status,
    () => "cut off",
  )
  expect([431, "cut off"]).toContain(large)
  // Once, however often it was tried.
  const { items } = await world.local.log.entries({ from: 0, limit: 200 })
  const noted = items
    .map(({ entry }) => JSON.stringify(entry))
    .filter((text) => text.includes("token_refused"))
  const ofBen = noted.filter((text) => text.includes(`"subject":"${need(ben).agent.id}"`))
  expect(ofBen).toEqual([expect.stringContaining('"fact":"agent.refused"')])
  // After all of that it still goes for whom it is.
  expect(await call(ben, chain)).toBe("done")
})

test("a revoked link, a suspended agent in between and the end of its time bite with the next call", async () => {
  const part = passOn(undefined, ann, ben)
  const next = passOn(part, ben, cy)
  const chain = [root, part.token, next.token]
  expect(await call(cy, chain)).toBe("done")
  const { items } = await world.local.mandate.chain({ mandate: given.id })
  const middle = items.find(
    ({ mandate, agentName }) =>
      agentName === "ben" &&
      mandate.parent === given.id &&
      items.some((each) => each.mandate.parent === mandate.id),
  )
  await world.local.agent.suspend({ agent: "ben", reason: "look" })
  expect(await call(cy, chain)).not.toBe("done")
  await world.renew()
  await world.person.agent.resume({ agent: "ben" })
  expect(await call(cy, chain)).toBe("done")
  await world.local.mandate.revoke({ mandate: middle?.mandate.id ?? "" })
  // What was revoked does not come back with the token.
  expect(await call(cy, chain)).toContain("revoked")
  expect(await call(ben, [root, part.token])).toContain("revoked")
  const short = passOn(undefined, ann, ben, {}, 30)
  expect(await call(ben, [root, short.token])).toBe("done")
  world.clock.advance(31_000)
  expect(await call(ben, [root, short.token])).toContain("expired")
  const last = passOn(undefined, ann, ben)
  expect(await call(ben, [root, last.token])).toBe("done")
  await world.renew()
  await world.person.mandate.revoke({ mandate: given.id })
  expect(await call(ben, [root, last.token])).toContain("revoked")
})

test("where a part asks, the approval belongs to the call with the token, and what came so stays after a restart", async () => {
  await renewRoot({ grants: [{ ...grant, mode: "ask" }] })
  const part = passOn(undefined, ann, ben, { grants: [{ ...grant, mode: "ask" }] })
  const chain = [root, part.token]
  const proof = () => proofOf(part.token, ben, { args: { id: "same" } })
  const [before] = [await call(ben, chain, { text: proof() })]
  expect(before).toContain("hld_")
  const [held] = await world.held(need(ben).agent)
  await world.approve(held?.id ?? "")
  await world.restart()
  // Without the token it is another call, of which nobody approved anything.
  expect(await call(ben, chain, { text: proof() })).toBe("done")
  expect(await call(ben, [])).not.toBe("done")
  const { items } = await world.local.mandate.chain({ mandate: given.id })
  expect(items).toHaveLength(2)
  let step = await world.local.state.rebuild({})
  while (step.report === null) step = await world.local.state.rebuild({ run: step.run ?? "" })
  expect(step.report.differences).toEqual([])
})
