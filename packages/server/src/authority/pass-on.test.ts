import { isFailure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Mandate } from "@hufu/core/mandate/mandate"
import { MandatePart } from "@hufu/core/mandate/mandate-part"
import { afterAll, beforeAll, expect, test } from "vitest"
import { rebuildState } from "../fold/rebuild-state.ts"
import type { Caller, Permit, Ruling } from "../gateway/governor.ts"
import { openPipeline, type OpenPipeline } from "../gateway/testing/open-pipeline.ts"
import { openBudgets } from "./budgets.ts"
import { declareWith } from "./declare.ts"
import { openMandates } from "./mandates.ts"

let node: OpenPipeline
const agents: Caller[] = []
beforeAll(async () => {
  node = await openPipeline()
  agents.push(node.caller)
  for (const name of ["b", "c", "d", "e", "f", "g", "h", "i"]) {
    const agent = await node.agents.create({ name, identifiedBy: "credential", demo: false, by: "node" })
    await node.tasks.ensure(agent.id, node.caller.principal)
    agents.push({ ...node.caller, agent: agent.id, version: agent.version })
  }
})
afterAll(() => node.close())

const writes = { effects: ["write" as const], tools: ["notes/*"], limits: [], mode: "auto" as const }
const by = () => ({ id: node.caller.principal, isPerson: true })

function agent(at: number): Caller {
  const caller = agents[at]
  if (!caller) throw new Error("there is no such agent")
  return caller
}

const root = (more: object = {}) => node.grant({ grants: [writes], otherwise: "deny", ...more })

async function pass(mandate: Mandate, to: number, part: object = {}): Promise<Mandate> {
  const task = node.tasks.current(agent(to).agent)?.id ?? ""
  return node.mandates.pass(mandate.id, {
    to: agent(to).agent,
    task,
    part: MandatePart.parse(part),
    by: mandate.agent,
  })
}

const call = (at: number, args: JsonObject = {}, tool = "add_note"): Promise<Ruling> =>
  node.governor.admit({ ...node.attempt(tool, args), caller: agent(at) })

function permitOf(ruling: Ruling): Permit {
  if (ruling.kind !== "go") throw new Error(`it was ${ruling.kind}`)
  return ruling
}

/** Whether a call goes; it is given back at once. */
async function goes(at: number, args: JsonObject = {}, tool?: string): Promise<boolean> {
  const ruling = await call(at, args, tool)
  if (ruling.kind === "go") ruling.abandon("cancelled")
  return ruling.kind === "go"
}

async function perform(at: number, args: JsonObject = {}): Promise<string> {
  const permit = permitOf(await call(at, args))
  expect(permit.leave()).toBe(true)
  permit.conclude({ outcome: "done" })
  return permit.action
}

const end = (mandate: Mandate) => node.interventions.revokeMandate(mandate.id, by())

async function differencesOf(work: Promise<unknown>): Promise<string[]> {
  try {
    await work
  } catch (error) {
    if (!isFailure(error, "not_narrower")) throw error
    return (error.extra["differences"] as { en: string; zh: string }[]).map(({ en }) => en)
  }
  throw new Error("it was passed on")
}

async function faultsOfTables() {
  await node.store.commit(() => undefined)
  const work = rebuildState(node.store)
  for (;;) {
    const step = await work.next()
    if (step.done === true) return step.value.report.differences
  }
}

test("a part of a mandate goes to another agent, and its receipt names every mandate above it", async () => {
  const given = await root({ words: "tidy my notes" })
  const b = await pass(given, 1, { words: "please help" })
  const c = await pass(b, 2, { until: given.until - 1 })
  const action = await perform(2)
  const intent = node.ledger.entriesOf(action)[0]?.entry
  expect(intent).toMatchObject({ kind: "intent", mandate: c.id, chain: [b.id, given.id] })
  expect(b).toMatchObject({ parent: given.id, otherwise: "deny", words: "please help" })
  expect(await goes(3)).toBe(false)
  await end(given)
})

test("what is wider is refused with every difference in words", async () => {
  const given = await root({
    grants: [{ ...writes, mode: "ask", limits: [{ argument: "/id", kind: "prefix", prefix: "a" }] }],
    never: [{ tools: ["notes/send_note"] }],
    userOnly: [{ effects: ["pay"] }],
  })
  const wide = { ...writes, effects: ["write", "delete"] }
  expect(
    await differencesOf(pass(given, 1, { grants: [wide], otherwise: "ask", until: given.until + 1 })),
  ).toEqual([
    expect.stringContaining("it lasts beyond"),
    "grant 1: it may also delete",
    "grant 1: it no longer asks each time",
    expect.stringContaining("grant 1: it lasts beyond"),
    "grant 1: it does not keep to: `/id` starts with `a`",
    "it asks for everything else instead of refusing",
  ])
  const part = await pass(given, 1, { never: [{ effects: ["send"] }] })
  expect(part.never).toEqual([...given.never, { effects: ["send"] }])
  expect(part.userOnly).toEqual(given.userOnly)
  await end(given)
})

test("what an agent above may never do, or only the person decides, is not passed on, whichever of its mandates says so", async () => {
  const given = await root()
  await pass(given, 1)
  expect(await goes(1)).toBe(true)
  const forbids = await node.grant({ never: [{ tools: ["notes/add_note"] }], otherwise: "deny" })
  expect(await goes(1)).toBe(false)
  await end(forbids)
  expect(await goes(1)).toBe(true)
  const personal = await node.grant({ userOnly: [{ effects: ["write"] }] })
  expect((await call(1)).kind).toBe("refused")
  await end(personal)
  await end(given)
})

test("what one agent passes on takes nothing from what another one's own mandates say", async () => {
  const own = await node.mandates.grant({
    agent: agent(1).agent,
    principal: node.caller.principal,
    by: node.caller.principal,
    draft: {
      task: null,
      words: "",
      grants: [],
      never: [],
      userOnly: [],
      otherwise: "deny",
      until: node.clock.now() + 9e6,
    },
  })
  const given = await root({ otherwise: "ask" })
  await pass(given, 1, { never: [{ effects: ["send"] }], otherwise: "ask" })
  expect(await goes(1)).toBe(true)
  // Everything else is refused as before, not asked about.
  expect((await call(1, {}, "send_note")).kind).toBe("refused")
  await end(given)
  await end(own)
})

const stops: Record<string, (given: Mandate, b: Mandate) => Promise<unknown>> = {
  "the first mandate is revoked": (given) => end(given),
  "a link is revoked": (_given, b) => end(b),
  "a link is narrowed": (_given, b) => {
    const { id, agent: _agent, principal: _principal, parent: _parent, createdAt: _createdAt, ...draft } = b
    return node.mandates.narrow(id, { ...draft, grants: [] }, by())
  },
  "a link runs out": (_given, b) => {
    const { id, agent: _agent, principal: _principal, parent: _parent, createdAt: _createdAt, ...draft } = b
    const until = node.clock.now() + 1
    const narrowing = node.mandates.narrow(id, { ...draft, until }, by())
    node.clock.set(until)
    return narrowing
  },
  "an agent in between is suspended": (_given, b) =>
    node.interventions.suspend(b.agent, node.caller.principal, ""),
  "the task in between ends": (_given, b) => node.interventions.endTask(b.task ?? "", node.caller.principal),
}

test.each(Object.entries(stops))("nothing below goes or leaves as soon as %s", async (_what, stop) => {
  const given = await root()
  const b = await pass(given, 1)
  await pass(b, 2)
  const left = permitOf(await call(2))
  expect(left.leave()).toBe(true)
  const waiting = permitOf(await call(2))
  const stopped = stop(given, b)
  // Before the commit is done.
  expect(waiting.leave()).toBe(false)
  expect(await goes(2)).toBe(false)
  await stopped
  expect(await goes(2)).toBe(false)
  left.conclude({ outcome: "done" })
  const between = node.agents.need(b.agent)
  if (between.state === "suspended") await node.agents.setState(between, "live", node.caller.principal, "")
  await node.tasks.ensure(b.agent, node.caller.principal)
  if (node.mandates.find(given.id)) await end(given)
  expect(await faultsOfTables()).toEqual([])
})

test("revoking says what ended with it, cancels what is under way and lists what had left", async () => {
  const given = await root({ grants: [writes, { ...writes, effects: ["send"], mode: "ask" }] })
  const b = await pass(given, 1)
  const c = await pass(b, 2)
  const permit = permitOf(await call(2))
  expect(permit.leave()).toBe(true)
  const held = await call(2, { id: "x" }, "send_note")
  if (held.kind !== "held") throw new Error(`it was ${held.kind}`)
  const report = await end(given)
  expect(report).toMatchObject({
    id: given.id,
    below: [b.id, c.id],
    cancelledHolds: [held.hold],
    inFlight: [{ action: permit.action, tool: "add_note" }],
  })
  expect(permit.signal.aborted).toBe(true)
  permit.conclude({ outcome: "unknown" })
})

test("a budget is set aside for whom it is passed to, drawn on once, and comes back", async () => {
  const given = await root({ grants: [{ ...writes, budget: { count: 10 } }] })
  const six = { grants: [{ ...writes, budget: { count: 6 } }] }
  const results = await Promise.allSettled([pass(given, 1, six), pass(given, 2, six)])
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"])
  const b = node.mandates.ofAgent(agent(1).agent).at(-1)
  if (!b) throw new Error("it was not passed on")
  expect(node.budgets.left(given, 0).count).toBe(4)
  const own = await Promise.all(Array.from({ length: 8 }, (_, i) => call(0, { id: `${i}` })))
  expect(own.filter(({ kind }) => kind === "go")).toHaveLength(4)
  const below = await Promise.all(Array.from({ length: 8 }, (_, i) => call(1, { id: `${i}` })))
  expect(below.filter(({ kind }) => kind === "go")).toHaveLength(6)
  expect(node.budgets.spent(given.id, 0).count).toBe(10)
  for (const ruling of [...own, ...below]) if (ruling.kind === "go") ruling.abandon("cancelled")
  expect(node.budgets.spent(given.id, 0).count).toBe(0)
  await perform(1)
  expect(node.budgets.left(given, 0).count).toBe(4)
  await end(b)
  expect(node.budgets.left(given, 0).count).toBe(9)
  expect(await differencesOf(pass(given, 2, { grants: [{ ...writes, budget: { count: 10 } }] }))).toEqual([
    "it takes 10 calls, and 9 are left of grant 1",
  ])
  expect(await faultsOfTables()).toEqual([])
  await end(given)
})

test("a narrower budget above holds below at once, also for what was set aside", async () => {
  const given = await root({ grants: [{ ...writes, budget: { count: 10 } }] })
  await pass(given, 1, { grants: [{ ...writes, budget: { count: 8 } }] })
  const { id, agent: _agent, principal: _principal, parent: _parent, createdAt: _createdAt, ...draft } = given
  await node.mandates.narrow(id, { ...draft, grants: [{ ...writes, budget: { count: 2 } }] }, by())
  await perform(1)
  await perform(1)
  expect(await goes(1)).toBe(false)
  await end(given)
})

test("a chain is bounded, has no circles, and goes to agents in service only", async () => {
  const given = await root()
  let last = await pass(given, 1)
  await expect(pass(last, 0)).rejects.toThrow("stands in the chain already")
  await expect(pass(last, 1)).rejects.toThrow("stands in the chain already")
  for (let to = 2; to <= 7; to++) last = await pass(last, to)
  expect(await goes(7)).toBe(true)
  await expect(pass(last, 8)).rejects.toThrow("at most 8 mandates")
  await expect(
    node.mandates.pass(given.id, {
      to: "agt_unknown00",
      task: "tsk_00000000",
      part: MandatePart.parse({}),
      by: "node",
    }),
  ).rejects.toThrow("in service")
  await end(given)
  await expect(pass(given, 1)).rejects.toThrow("no mandate")
})

test("what is passed on while its mandate is revoked holds nothing", async () => {
  const given = await root()
  const [passed] = await Promise.allSettled([pass(given, 1), end(given)])
  expect(passed.status).toBe("fulfilled")
  expect(await goes(1)).toBe(false)
  expect(node.mandates.ofAgent(agent(1).agent)).toEqual([])
})

test("after a restart a chain holds what it held, and no more", async () => {
  const given = await root({ grants: [{ ...writes, budget: { count: 10 } }] })
  const b = await pass(given, 1, { grants: [{ ...writes, budget: { count: 6 } }] })
  const gone = await pass(given, 2, { grants: [{ ...writes, budget: { count: 2 } }] })
  await perform(1)
  await end(gone)
  await node.store.commit(() => undefined)
  const budgets = openBudgets(node.store)
  const again = openMandates(node.store, node.clock, declareWith(node.store.vault), budgets, node.agents)
  expect(again.above(b)?.links).toEqual([given])
  expect(again.below(given.id)).toEqual([b])
  expect(budgets.left(given, 0).count).toBe(4)
  expect(budgets.left(b, 0).count).toBe(5)
  await end(given)
})
