import { isFailure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import { draftOf, type Mandate } from "@hufu/core/mandate/mandate"
import { MandatePart } from "@hufu/core/mandate/mandate-part"
import { afterAll, beforeAll, expect, test } from "vitest"
import { rebuildState } from "../fold/rebuild-state.ts"
import type { Caller } from "../gateway/governor.ts"
import { openPipeline, type OpenPipeline } from "../gateway/testing/open-pipeline.ts"
import type { Hold } from "./holds.ts"
import { type WiderPass, widerPass } from "./wider-pass.ts"

let node: OpenPipeline
let wider: WiderPass
const agents: Caller[] = []
beforeAll(async () => {
  node = await openPipeline()
  wider = widerPass({ ...node, vault: node.store.vault })
  agents.push(node.caller)
  for (const name of ["b", "c"]) {
    const agent = await node.agents.create({ name, identifiedBy: "credential", demo: false, by: "node" })
    await node.tasks.ensure(agent.id, node.caller.principal)
    agents.push({ ...node.caller, agent: agent.id, version: agent.version })
  }
})
afterAll(() => node.close())

const reads = { effects: ["write" as const], tools: ["notes/add_note"], limits: [], mode: "ask" as const }
const wide = { ...reads, mode: "auto" as const, tools: ["notes/*"] }
const person = () => ({ id: node.caller.principal, isPerson: true })
const root = (more: object = {}) => node.grant({ grants: [reads], otherwise: "deny", ...more })

function agent(at: number): Caller {
  const caller = agents[at]
  if (!caller) throw new Error("there is no such agent")
  return caller
}

function pass(mandate: Mandate, to: number, part: object): Promise<Mandate> {
  const task = node.tasks.current(agent(to).agent)?.id ?? ""
  return wider.pass(mandate.id, {
    to: agent(to).agent,
    task,
    part: MandatePart.parse(part),
    by: mandate.agent,
  })
}

/** The question that passing it on leads to. */
async function asked(work: Promise<Mandate>): Promise<Hold> {
  try {
    await work
  } catch (error) {
    if (!isFailure(error, "not_narrower")) throw error
    const hold = node.holds.find(String(error.extra["hold"]))
    if (hold) return hold
  }
  throw new Error("nobody was asked")
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => "passed on",
    (error: unknown) => (isFailure(error) ? error.code : String(error)),
  )

const approve = (hold: Hold) =>
  node.holds.decide(hold, { decision: "once", by: node.caller.principal }, () => {
    const content = node.holds.content(hold)
    if (!content || wider.digestOf(hold, content) !== hold.digest) throw new Error("it is another")
  })

async function goes(at: number, args: JsonObject = {}, tool = "add_note"): Promise<boolean> {
  const ruling = await node.governor.admit({ ...node.attempt(tool, args), caller: agent(at) })
  if (ruling.kind === "go") ruling.abandon("cancelled")
  return ruling.kind === "go"
}

async function faultsOfTables() {
  await node.store.commit(() => undefined)
  const work = rebuildState(node.store)
  for (;;) {
    const step = await work.next()
    if (step.done === true) return step.value.report.differences
  }
}

test("what is wider is asked with every difference in words, made once as approved, and ends with what it hangs on", async () => {
  const given = await root({ budget: { count: 1 }, never: [{ tools: ["notes/send_note"] }] })
  const part = { grants: [wide], until: given.until + 60_000 }
  const hold = await asked(pass(given, 1, part))
  // Asked once, however often.
  expect((await asked(pass(given, 1, part))).id).toBe(hold.id)
  expect(hold).toMatchObject({ mode: "user-only", state: "waiting", passes: given.id })
  expect(node.holds.content(hold)?.passing?.differences.map(({ en }) => en)).toEqual([
    expect.stringContaining("it lasts beyond"),
    "grant 1: it may also use `notes/*`",
    "grant 1: it no longer asks each time",
    expect.stringContaining("grant 1: it lasts beyond"),
  ])
  expect(node.holds.content(hold)?.passing?.says.zh.length).toBeGreaterThan(1)
  expect(await goes(1)).toBe(false)
  await approve(hold)
  // Nothing else than what was approved.
  const another = await asked(pass(given, 1, { ...part, otherwise: "ask" }))
  expect(another.id).not.toBe(hold.id)
  expect((await asked(pass(given, 2, part))).id).not.toBe(hold.id)
  const made = await pass(given, 1, part)
  expect(made).toMatchObject({ parent: given.id, widened: hold.id, until: part.until, agent: agent(1).agent })
  expect(wider.madeBy(hold)).toBe(made.id)
  expect(node.holds.find(hold.id)?.state).toBe("used")
  // It goes where the mandate above asks, draws on none of its budgets, and keeps what that forbids.
  expect(await goes(1)).toBe(true)
  expect(await goes(1)).toBe(true)
  expect(await goes(1, {}, "send_note")).toBe(false)
  expect(node.budgets.left(given, -1).count).toBe(1)
  // A part of it goes on; what is more than it asks again; and the same again is a new question.
  const third = await pass(made, 2, { until: given.until })
  expect(await goes(2)).toBe(true)
  expect(third.widened).toBeUndefined()
  const again = await asked(pass(given, 1, part))
  expect(again.id).not.toBe(hold.id)
  expect(await faultsOfTables()).toEqual([])
  const ended = await node.interventions.revokeMandate(given.id, person())
  expect(new Set(ended.below)).toEqual(new Set([made.id, third.id]))
  expect(ended.cancelledHolds).toContain(again.id)
  expect(await goes(1)).toBe(false)
  expect(await goes(2)).toBe(false)
})

test("what it hangs on may run out, where the principal approved that it lasts longer; its agent may not be out of service", async () => {
  const given = await root({ until: node.clock.now() + 10_000 })
  const part = { grants: [{ ...reads, mode: "auto" as const }], until: node.clock.now() + 50_000 }
  await approve(await asked(pass(given, 1, part)))
  await pass(given, 1, part)
  node.clock.set(given.until)
  expect(await goes(1)).toBe(true)
  await node.interventions.suspend(agent(0).agent, node.caller.principal, "look")
  expect(await goes(1)).toBe(false)
  const suspended = node.agents.need(agent(0).agent)
  await node.agents.setState(suspended, "live", node.caller.principal, "go on")
  expect(await goes(1)).toBe(true)
  node.clock.set(part.until)
  expect(await goes(1)).toBe(false)
})

test("refused, expired, withdrawn and out of standing: nothing is made", async () => {
  const given = await root()
  const part = { grants: [wide] }
  const first = await asked(pass(given, 1, part))
  await node.holds.decide(first, { decision: "refused", by: node.caller.principal, refusal: "too much" })
  expect(await failureOf(pass(given, 1, part))).toBe("hold_decided")
  const second = await asked(pass(given, 1, part))
  await approve(second)
  node.clock.set(second.expiresAt)
  const third = await asked(pass(given, 1, part))
  expect(third.id).not.toBe(second.id)
  await approve(third)
  // The receiving agent, the giving one and the mandate are looked at again when it goes on.
  await node.interventions.suspend(agent(1).agent, node.caller.principal, "look")
  expect(await failureOf(pass(given, 1, part))).toBe("agent_suspended")
  await node.agents.setState(node.agents.need(agent(1).agent), "live", node.caller.principal, "go on")
  await node.mandates.narrow(given.id, { ...draftOf(given), until: given.until - 1 }, person())
  // Approved of another mandate than there is now.
  expect((await asked(pass(given, 1, part))).id).not.toBe(third.id)
  await node.interventions.revokeMandate(given.id, person())
  expect(node.holds.find(third.id)?.state).toBe("cancelled")
  expect(await failureOf(pass(given, 1, part))).toBe("not_found")
  expect(node.mandates.ofAgent(agent(1).agent).filter(({ parent }) => parent === given.id)).toEqual([])
})

test("two at once use one approval once", async () => {
  const given = await root()
  const part = { grants: [wide] }
  await approve(await asked(pass(given, 1, part)))
  const both = await Promise.all([failureOf(pass(given, 1, part)), failureOf(pass(given, 1, part))])
  expect(both.toSorted()).toEqual(["not_narrower", "passed on"])
  expect(node.mandates.below(given.id)).toHaveLength(1)
  await node.interventions.revokeMandate(given.id, person())
})

test("what became narrower meanwhile is passed on without the answer, which is not kept for later", async () => {
  const given = await root({ budget: { count: 2 } })
  const reserved = node.budgets.reserve([{ mandate: given, grant: 0, amount: 0 }])
  const part = { budget: { count: 2 } }
  const hold = await asked(pass(given, 1, part))
  await approve(hold)
  reserved?.release()
  expect((await pass(given, 1, part)).widened).toBeUndefined()
  expect(node.holds.find(hold.id)?.state).toBe("cancelled")
  await node.interventions.revokeMandate(given.id, person())
})

test("a question of more than a person can look at is not asked", async () => {
  const given = await root()
  const tools = (at: number) => Array.from({ length: 200 }, (_, i) => `notes/t${at}${"x".repeat(100)}${i}`)
  const grants = Array.from({ length: 8 }, (_, at) => ({ ...wide, tools: tools(at) }))
  expect(await failureOf(pass(given, 1, { grants }))).toBe("too_large")
  await node.interventions.revokeMandate(given.id, person())
})

test("an approval survives a restart and is used after it, once", async () => {
  const given = await root()
  const part = { grants: [wide] }
  const hold = await asked(pass(given, 1, part))
  await approve(hold)
  await node.store.close()
  node = await openPipeline(node.folder)
  wider = widerPass({ ...node, vault: node.store.vault })
  const made = await pass(given, 1, part)
  expect(made.widened).toBe(hold.id)
  expect((await asked(pass(given, 1, part))).id).not.toBe(hold.id)
  expect(await faultsOfTables()).toEqual([])
})
