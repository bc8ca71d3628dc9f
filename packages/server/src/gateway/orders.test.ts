import type { JsonObject } from "@hufu/core/json/json-value"
import type { MandateDraft } from "@hufu/core/mandate/mandate"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { trackClaims } from "./claims.ts"
import { openQuotas } from "./delegation/quotas.ts"
import type { Attempt, Caller, Permit, Ruling } from "./governor.ts"
import { draftOf, openPipeline, type OpenPipeline } from "./testing/open-pipeline.ts"

let node: OpenPipeline
let ben: Caller
beforeEach(async () => {
  node = await openPipeline()
  ben = await agent("ben")
})
afterEach(() => node.close())

const person = { id: "usr_00000000", isPerson: true }
const ask = { effects: ["send" as const], tools: ["ben/*", "cal/*"], limits: [], mode: "auto" as const }
const write = {
  effects: ["write" as const],
  tools: ["notes/*"],
  limits: [],
  mode: "auto" as const,
}

/** Another agent of the same person, and the partner that it answers for. */
async function agent(name: string): Promise<Caller> {
  const { principal } = node.caller
  const made = await node.agents.create({ name, identifiedBy: "credential", demo: false, by: principal })
  const secrets = { environment: {}, headers: {}, folder: null }
  const at = { command: null, url: `http://127.0.0.1:9/${name}`, protocol: "a2a" as const }
  await node.servers.register({ name, ...at, secrets, demo: false }, { id: principal, isPerson: true })
  return { ...node.caller, agent: made.id, version: made.version }
}

function grant(to: Caller, more: Partial<MandateDraft>) {
  const { agent: id, principal } = to
  return node.mandates.grant({
    agent: id,
    principal,
    by: principal,
    draft: draftOf(node.clock.now(), { otherwise: "deny", ...more }),
  })
}

const order = (caller: Caller, server: string, under?: string): Attempt => ({
  caller,
  server,
  tool: "delegation/ask",
  arguments: { to: server, context: "c", task: "t", message: "m", parts: [] },
  ...(under === undefined ? {} : { under }),
})
const writing = (caller: Caller, path: string, under?: string, more: JsonObject = {}): Attempt => ({
  caller,
  server: "notes",
  tool: "add_note",
  arguments: { path, ...more },
  ...(under === undefined ? {} : { under }),
})

function permitOf(ruling: Ruling): Permit {
  if (ruling.kind !== "go") throw new Error(`it was ${ruling.kind}: ${JSON.stringify(ruling.reasons)}`)
  return ruling
}
const rulesOf = (ruling: Ruling) => (ruling.kind === "go" ? [] : ruling.reasons.map(({ rule }) => rule))

describe("what is done because another agent asked", () => {
  test("takes from the budget of whoever asked, and is not done beyond it", async () => {
    const asker = await grant(node.caller, { grants: [ask, { ...write, budget: { count: 2 } }] })
    await grant(ben, { grants: [write] })
    const { action } = permitOf(await node.governor.admit(order(node.caller, "ben")))
    const spent = () => node.budgets.spent(asker.id, 1).count
    const first = permitOf(await node.governor.admit(writing(ben, "/notes/a", action)))
    expect([spent(), first.leave()]).toEqual([1, true])
    const second = permitOf(await node.governor.admit(writing(ben, "/notes/b", action)))
    expect(spent()).toBe(2)
    expect(rulesOf(await node.governor.admit(writing(ben, "/notes/c", action)))).toEqual([
      "platform/asker-must-not",
    ])
    second.abandon("cancelled")
    expect(spent()).toBe(1)
    // Of its own accord it goes on: nobody asked for that.
    expect((await node.governor.admit(writing(ben, "/notes/c"))).kind).toBe("go")
    expect(spent()).toBe(1)
  })

  test("ends with the mandate of whoever asked, between the verdict and the first byte too", async () => {
    const asker = await grant(node.caller, { grants: [ask, write] })
    await grant(ben, { grants: [write] })
    const { action } = permitOf(await node.governor.admit(order(node.caller, "ben")))
    const permit = permitOf(await node.governor.admit(writing(ben, "/notes/a", action)))
    await node.mandates.revoke(asker.id, person)
    expect(permit.leave()).toBe(false)
    expect((await node.governor.admit(writing(ben, "/notes/a", action))).kind).toBe("refused")
  })

  test("is cancelled when the order is, and neither when it is done nor when another one takes its place", async () => {
    await grant(node.caller, { grants: [ask, write] })
    await grant(ben, { grants: [write] })
    for (const [outcome, reason, isCancelled] of [
      ["unknown", "cancelled", true],
      ["unknown", "replaced", false],
      ["done", undefined, false],
    ] as const) {
      const asked = permitOf(await node.governor.admit(order(node.caller, "ben")))
      const permit = permitOf(await node.governor.admit(writing(ben, "/notes/a", asked.action)))
      expect([asked.leave(), permit.leave()]).toEqual([true, true])
      asked.conclude({ outcome, ...(reason === undefined ? {} : { reason }) })
      expect(permit.signal.aborted).toBe(isCancelled)
      permit.conclude({ outcome: "done" })
      expect(rulesOf(await node.governor.admit(writing(ben, "/notes/a", asked.action)))).toEqual([
        "standing/order-ended",
      ])
    }
  })
})

describe("two agents that act on one thing for one task", () => {
  test("put it to the person, unless it is another thing, another task or over", async () => {
    const cal = await agent("cal")
    await grant(node.caller, { grants: [ask, write] })
    for (const each of [ben, cal]) await grant(each, { grants: [write] })
    const [one, other] = [
      permitOf(await node.governor.admit(order(node.caller, "ben"))),
      permitOf(
        await node.governor.admit({ ...order(node.caller, "cal"), arguments: { to: "cal", message: "n" } }),
      ),
    ]
    permitOf(await node.governor.admit(writing(ben, "/notes/a", one.action)))
    permitOf(await node.governor.admit(writing(ben, "/notes/a", one.action, { text: "more" })))
    expect(rulesOf(await node.governor.admit(writing(cal, "/notes/a", other.action)))).toEqual([
      "platform/claim-asks",
    ])
    // So whoever asked is asked, too; another thing is free, and so is whatever has nothing to do with the task.
    expect(rulesOf(await node.governor.admit(writing(node.caller, "/notes/a")))).toEqual([
      "platform/claim-asks",
    ])
    permitOf(await node.governor.admit(writing(cal, "/notes/b", other.action)))
    permitOf(await node.governor.admit(writing(cal, "/notes/a")))
    for (const each of [one, other]) {
      each.leave()
      each.conclude({ outcome: "done" })
    }
    expect((await node.governor.admit(writing(node.caller, "/notes/a"))).kind).toBe("go")
  })

  test.each([
    ["first", [false, false, false]],
    ["priority", [true, false, false]],
    ["owner", [false, false, true]],
  ] as const)(
    "are told apart by `%s`: nearer to the top, deeper, and the owner who comes back",
    (rule, expected) => {
      const claims = trackClaims(rule)
      const by = (name: string, depth: number) => ({ agent: name, task: "t", under: name, depth })
      claims.take(by("owner", 2), ["thing"])
      claims.end("t", "owner")
      claims.take(by("holder", 2), ["thing"])
      const winsOf = (name: string, depth: number) => {
        const { held, wins } = claims.look(by(name, depth), ["thing"])
        expect(held).toBe(true)
        return wins
      }
      expect([winsOf("top", 1), winsOf("deep", 3), winsOf("owner", 3)]).toEqual(expected)
      expect(claims.look(by("holder", 2), ["thing"])).toEqual({ held: false, wins: false })
      expect(claims.look({ ...by("top", 1), task: "u" }, ["thing"]).held).toBe(false)
      claims.end("t", "holder")
      expect(claims.look(by("top", 1), ["thing"]).held).toBe(false)
    },
  )
})

test("orders that stand on each other are bounded, in depth and in number", () => {
  const limits = { perAgent: 1, perPartner: 1, perMinute: 1, depth: 3, perTrace: 5 }
  const quotas = openQuotas({ monotonic: () => 0 }, limits)
  expect(() => quotas.chain({ depth: 2 }, 4)).not.toThrow()
  expect(() => quotas.chain({ depth: 3 }, 0)).toThrow("3 orders stand on each other")
  expect(() => quotas.chain({ depth: 1 }, 5)).toThrow("5 orders are open")
})
