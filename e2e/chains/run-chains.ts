import { isFailure } from "@hufu/core/failure"
import { cover } from "@hufu/core/mandate/cover"
import type { Mandate, MandateDraft } from "@hufu/core/mandate/mandate"
import { rebuildState } from "@hufu/server/fold/rebuild-state"
import { aboveOf } from "@hufu/server/gateway/assess"
import type { Attempt, Caller, Permit } from "@hufu/server/gateway/governor"
import { openPipeline, type OpenPipeline } from "@hufu/server/gateway/testing/open-pipeline"
import type { Scratch } from "@hufu/server/store/scratch-store"
import { type Seeded, seeded } from "../seeded.ts"
import { grantHolds, type PlainEffect, PlainWorld, widened } from "./oracle.ts"
import { type ChainNode, openLightNode } from "./light-node.ts"
import { changed, randomDraft } from "./random-content.ts"
import { effectOf, type PlainCall, toolNames, tools, universe } from "./universe.ts"

/** What came of so many random runs; a run can be made again from its seed. */
export interface ChainReport {
  runs: number
  steps: number
  /** Calls that were asked for, of these let through, and of these under a mandate that was passed on. */
  calls: number
  effects: number
  below: number
  passes: number
  passed: number
  deepest: number
  restarts: number
  violations: { readonly seed: number; readonly step: number; readonly what: string }[]
}

export interface ChainOptions {
  readonly runs: number
  readonly seed: number
  readonly steps: number
  /** `memory`: the real authority over a store in memory; `disk`: the real pipeline over a real one. */
  readonly store: "memory" | "disk"
  /** One in so many runs is cut by a restart. */
  readonly restartEvery: number
}

const agentCount = 6

/** Runs random sequences of passing on, narrowing, revoking, suspending, waiting and concurrent calls over one node, and checks each effect. */
export async function runChains({
  runs,
  seed,
  steps,
  store,
  restartEvery,
}: ChainOptions): Promise<ChainReport> {
  const report: ChainReport = {
    runs: 0,
    steps: 0,
    calls: 0,
    effects: 0,
    below: 0,
    passes: 0,
    passed: 0,
    deepest: 0,
    restarts: 0,
    violations: [],
  }
  const opened = store === "memory" ? await openLightNode() : await openWholeNode()
  let node: ChainNode = opened
  try {
    let callers = await prepare(node)
    for (let run = 0; run < runs; run++) {
      const one = new Run(node, callers, seed + run, report)
      const cut = run % restartEvery === restartEvery - 1 ? Math.floor(steps / 2) : -1
      await one.begin()
      for (let step = 0; step < steps; step++) {
        if (step === cut) {
          node = await node.restart()
          callers = await prepare(node)
          one.restarted(node, callers)
          report.restarts++
        }
        await one.step(step)
        report.steps++
      }
      await one.end()
      report.runs++
    }
    const fault = await node.check?.()
    if (fault !== undefined) report.violations.push({ seed, step: -1, what: fault })
  } finally {
    await node.close?.()
  }
  return report
}

/** The real pipeline over a real store. */
async function openWholeNode(folder?: Scratch): Promise<ChainNode> {
  const node = await openPipeline(folder)
  await observe(node)
  return {
    ...node,
    clock: node.folder.clock,
    intentOf(action) {
      const intent = node.ledger.entriesOf(action)[0]?.entry
      return intent?.kind === "intent" ? intent : undefined
    },
    async restart() {
      await node.store.close()
      return openWholeNode(node.folder)
    },
    async check() {
      const [fault] = await faultsOf(node)
      if (fault !== undefined) return `the ledger gives other tables: ${JSON.stringify(fault)}`
      return node.errors.length > 0 ? `an outcome was not recorded: ${String(node.errors[0])}` : undefined
    },
    close: () => node.close(),
  }
}

async function faultsOf(node: OpenPipeline) {
  await node.store.commit(() => undefined)
  const work = rebuildState(node.store)
  for (;;) {
    const step = await work.next()
    if (step.done === true) return step.value.report.differences
  }
}

async function observe(node: OpenPipeline): Promise<void> {
  const properties = { n: { type: "integer" }, p: { type: "string" } }
  const inputSchema = { type: "object", properties }
  await node.governor.observe(
    "notes",
    toolNames.map((name) => ({ name, description: "Does something with an item.", inputSchema })),
  )
  for (const [name, effect] of Object.entries(tools)) {
    const found = node.tools.find("notes", name).profile.effect
    if (found !== effect) throw new Error(`${name} is ${found}, not ${effect}`)
  }
}

/** The agents of the small world, made once. */
async function prepare(node: ChainNode): Promise<readonly Caller[]> {
  const callers: Caller[] = []
  for (let at = 0; at < agentCount; at++) {
    const name = at === 0 ? "tester" : `agent-${at}`
    const known = [...node.agents.records.all()].find((each) => each.name === name)
    const agent =
      known ?? (await node.agents.create({ name, identifiedBy: "credential", demo: false, by: "node" }))
    callers.push({ ...node.caller, agent: agent.id, version: agent.version })
  }
  return callers
}

class Run {
  readonly #random: Seeded
  readonly #world = new PlainWorld()
  readonly #seed: number
  readonly #report: ChainReport
  #node: ChainNode
  #callers: readonly Caller[]
  /** Let through and not over yet. */
  #open: { readonly permit: Permit; readonly effect: PlainEffect }[] = []
  /** What mandates said before the changes of this step. */
  #before = new Map<string, MandateDraft>()
  #step = -1

  constructor(node: ChainNode, callers: readonly Caller[], seed: number, report: ChainReport) {
    this.#random = seeded(seed)
    this.#node = node
    this.#callers = callers
    this.#seed = seed
    this.#report = report
  }

  restarted(node: ChainNode, callers: readonly Caller[]): void {
    this.#node = node
    this.#callers = callers
    // What had left counts as spent; nobody concludes it.
    this.#open = []
  }

  async begin(): Promise<void> {
    for (const { agent, principal } of this.#callers) await this.#node.tasks.ensure(agent, principal)
    await this.#renew()
    for (let passes = this.#random.int(4); passes > 0; passes--) {
      const [mandate, to] = [this.#random.pick(this.#living()), this.#random.pick(this.#callers)]
      if (mandate !== undefined) await this.#pass(mandate, to)
    }
  }

  async step(step: number): Promise<void> {
    this.#step = step
    this.#before.clear()
    const random = this.#random
    const concurrent = Array.from({ length: random.int(4) }, () => () => this.#call())
    const work = [() => this.#change(), ...concurrent]
    await Promise.all(random.shuffled(work).map((each) => each()))
    this.#world.settle()
    const [suspended] = this.#world.outOfService
    if (suspended !== undefined && random.int(2) === 0) await this.#resume(suspended)
    if (random.int(3) === 0) this.#node.clock.set(this.#node.clock.now() + random.int(12))
    this.#conclude(random.int(3))
  }

  async end(): Promise<void> {
    this.#conclude(Infinity)
    const by = { id: this.#callers[0]?.principal ?? "", isPerson: true }
    for (const { id, parent, isOver } of this.#world.mandates.values())
      if (parent === null && !isOver) await this.#node.interventions.revokeMandate(id, by)
    for (const agent of this.#world.outOfService) await this.#resume(agent)
    const left = this.#callers.flatMap(({ agent }) => this.#node.mandates.ofAgent(agent))
    if (left.length > 0) this.#violated(`${left[0]?.id} is left, although everything above it has ended`)
  }

  #violated(what: string): void {
    this.#report.violations.push({ seed: this.#seed, step: this.#step, what })
  }

  /** Those that hold by themselves; one in ten times whatever has not ended. */
  #living(): Mandate[] {
    const now = this.#node.clock.now()
    const isAny = this.#random.int(10) === 0
    return [...this.#world.mandates.values()]
      .flatMap(({ id }) => this.#node.mandates.find(id) ?? [])
      .filter(({ from = 0, until }) => isAny || (from <= now && now < until))
  }

  async #change(): Promise<void> {
    const random = this.#random
    const living = this.#living()
    const mandate = random.pick(living)
    if (mandate === undefined) return this.#renew()
    // Mostly somebody who is not in its chain yet.
    const holders = new Set(this.#world.chainOf(mandate.id)?.map(({ agent }) => agent))
    const others = this.#callers.filter(({ agent }) => !holders.has(agent))
    const caller = random.pick(others.length > 0 && random.int(8) > 0 ? others : this.#callers)
    const by = { id: caller.principal, isPerson: random.int(4) > 0 }
    switch (random.int(12)) {
      case 0:
        return this.#renew()
      case 1:
        return this.#narrow(mandate, by)
      case 2:
        return this.#narrow(mandate, by)
      case 3:
        return this.#revoke(mandate, by)
      case 4:
        return this.#suspend(random.pick(this.#callers).agent)
      case 5: {
        const [suspended] = this.#world.outOfService
        return suspended === undefined ? this.#pass(mandate, caller) : this.#resume(suspended)
      }
      case 6:
        return random.int(4) === 0 ? this.#endTask(caller) : this.#pass(mandate, caller)
      default:
        return this.#pass(mandate, caller)
    }
  }

  async #renew(): Promise<void> {
    const { agent, principal } =
      this.#random.int(3) > 0 ? this.#node.caller : this.#random.pick(this.#callers)
    const draft = randomDraft(this.#random, this.#node.clock.now())
    const mandate = await this.#node.mandates.grant({ agent, principal, by: principal, draft })
    this.#know(mandate)
  }

  #know({ id, agent, parent, task, ...mandate }: Mandate): void {
    this.#world.mandates.set(id, {
      id,
      agent,
      parent,
      task,
      content: contentOf(mandate, task),
      isOver: false,
      countFrom: new Map(),
    })
  }

  async #pass(outer: Mandate, to: Caller): Promise<void> {
    this.#report.passes++
    const { words, never, userOnly, otherwise, ...rest } = changed(
      this.#random,
      contentOf(outer, null),
      this.#node.clock.now(),
    )
    const { task: _task, ...part } = rest
    const added = never.slice(outer.never.length)
    const task = (await this.#node.tasks.ensure(to.agent, to.principal)).id
    try {
      const mandate = await this.#node.mandates.pass(outer.id, {
        to: to.agent,
        task,
        by: outer.agent,
        part: { words, otherwise, ...part, ...(added.length > 0 ? { never: added } : {}) },
      })
      this.#report.passed++
      // Known a moment after it holds: nothing of it can be let through before, because calls of it are looked at when they leave.
      this.#know(mandate)
      const call = widened(mandate, outer)
      if (call) this.#violated(`${mandate.id} is wider than ${outer.id} for ${JSON.stringify(call)}`)
      if (mandate.until > outer.until) this.#violated(`${mandate.id} lasts longer than ${outer.id}`)
      const chain = this.#world.chainOf(mandate.id)
      this.#report.deepest = Math.max(this.#report.deepest, chain?.length ?? 0)
      if (this.#node.mandates.find(mandate.id) === undefined) this.#world.end(mandate.id)
    } catch (error) {
      if (!isFailure(error)) throw error
    }
    void userOnly
  }

  async #narrow(mandate: Mandate, by: { id: string; isPerson: boolean }): Promise<void> {
    const random = this.#random
    const less = changed(random, contentOf(mandate, mandate.task), this.#node.clock.now())
    // Sometimes it ends before what was passed on from it.
    const soon = this.#node.clock.now() + 1 + random.int(8)
    const to = random.int(3) === 0 ? { ...less, until: Math.min(less.until, soon) } : less
    const narrowing = this.#node.mandates.narrow(mandate.id, to, by)
    // It bites before it is durable: what holds from here on is what the authority says now.
    const now = this.#node.mandates.find(mandate.id)
    const known = this.#world.mandates.get(mandate.id)
    if (now && known && JSON.stringify(now) !== JSON.stringify(mandate)) {
      const content = contentOf(now, now.task)
      const call = widened(content, known.content)
      if (call) this.#violated(`${mandate.id} was widened for ${JSON.stringify(call)}`)
      this.#before.set(mandate.id, known.content)
      this.#world.change(known, content)
    }
    await tolerated(narrowing)
  }

  async #revoke(mandate: Mandate, by: { id: string; isPerson: boolean }): Promise<void> {
    const revoking = this.#node.interventions.revokeMandate(mandate.id, by)
    const kept = this.#node.mandates.find(mandate.id)
    const known = this.#world.mandates.get(mandate.id)
    this.#world.end(mandate.id)
    // What forbids stays, without a grant, where it was not the person.
    if (kept && known) {
      known.isOver = false
      this.#world.change(known, contentOf(kept, kept.task))
    }
    await revoking
  }

  async #suspend(agent: string): Promise<void> {
    if (this.#world.outOfService.has(agent)) return
    const suspending = this.#node.interventions.suspend(agent, "node", "")
    this.#world.outOfService.add(agent)
    await suspending
  }

  async #resume(agent: string): Promise<void> {
    await this.#node.agents.setState(this.#node.agents.need(agent), "live", "node", "")
    this.#world.outOfService.delete(agent)
  }

  async #endTask({ agent, principal }: Caller): Promise<void> {
    const task = this.#node.tasks.current(agent)
    if (task === undefined) return
    const ending = this.#node.interventions.endTask(task.id, principal)
    for (const mandate of this.#world.mandates.values())
      if (mandate.task === task.id) this.#world.end(mandate.id)
    await ending
  }

  async #call(): Promise<void> {
    this.#report.calls++
    const { caller, call } = this.#wish()
    const { tool, n, p } = call
    const attempt = { ...this.#node.attempt(tool, { n, p }), caller }
    // What is refused lets nothing through, and writes it down: most of it is left out, for what costs more.
    if (!this.#mayGo(attempt) && this.#random.int(8) > 0) return
    const ruling = await this.#node.governor.admit(attempt)
    if (ruling.kind === "held") {
      // Its task may have ended meanwhile, and the hold with it.
      return tolerated(this.#node.governor.withdraw(caller, ruling.hold))
    }
    if (ruling.kind !== "go") return
    const intent = this.#node.intentOf(ruling.action)
    if (!intent || intent.mandate === null)
      return this.#violated(`${ruling.action} was let through without a mandate`)
    const mandates = [intent.mandate, ...(intent.chain ?? [])]
    const effect: PlainEffect = { call, mandates, isReturned: false }
    // What is reserved counts, whether or not it leaves.
    this.#world.effects.push(effect)
    if (this.#random.int(8) === 0) {
      effect.isReturned = true
      return ruling.abandon("cancelled")
    }
    if (ruling.leave()) this.#left(ruling, effect, caller, intent.mandate)
    else effect.isReturned = true
  }

  #mayGo({ caller, server, tool, arguments: args }: Attempt): boolean {
    const { budgets, clock, mandates, tasks } = this.#node
    const held = mandates.live(caller.agent, tasks.current(caller.agent)?.id ?? "")
    const { covers, asks } = cover(held, {
      effect: effectOf(tool),
      server,
      tool,
      args,
      reviewed: true,
      now: clock.now(),
      budgetLeft: (mandate, grant) => budgets.left(mandate, grant),
      above: aboveOf({ mandates, budgets }),
    })
    return covers && !asks
  }

  /** Any call of any agent, or, more often, one that a living mandate names, those that were passed on first of all. */
  #wish(): { caller: Caller; call: PlainCall } {
    const random = this.#random
    const living = this.#living()
    const passed = living.filter(({ parent }) => parent !== null)
    const mandate = random.pick(passed.length > 0 && random.int(3) > 0 ? passed : living)
    const caller = this.#callers.find(({ agent }) => agent === mandate?.agent)
    const grant = mandate && random.pick(mandate.grants)
    const named = universe.filter((call) => grant && grantHolds(grant, call, this.#node.clock.now()))
    if (caller === undefined || named.length === 0 || random.int(5) === 0)
      return { caller: random.pick(this.#callers), call: random.pick(universe) }
    return { caller, call: random.pick(named) }
  }

  #left(permit: Permit, effect: PlainEffect, caller: Caller, mandate: string): void {
    const { call, mandates } = effect
    this.#report.effects++
    if (mandates.length > 1) this.#report.below++
    const chain = this.#world.chainOf(mandate)
    const why = this.#world.whyNot(mandate, call, this.#node.clock.now())
    const of = `${JSON.stringify(call)} of ${caller.agent} under ${mandates.join(" < ")}`
    if (why !== undefined) this.#violated(`${of} left, and ${why}`)
    if (chain?.[0]?.agent !== caller.agent) this.#violated(`${of} left under another agent's mandate`)
    if (JSON.stringify(chain?.map(({ id }) => id)) !== JSON.stringify(mandates))
      this.#violated(`${of} names another chain than was passed on`)
    for (const id of mandates) {
      const content = this.#world.mandates.get(id)?.content
      // A narrowing of this very step may have come between the reservation and this look.
      const over = content && this.#world.overspent(id, content, call.tool)
      const before = this.#before.get(id)
      if (
        over !== undefined &&
        (before === undefined || this.#world.overspent(id, before, call.tool) !== undefined)
      )
        this.#violated(`${of} left, and spent ${over}`)
    }
    this.#open.push({ permit, effect })
  }

  #conclude(most: number): void {
    for (const { permit } of this.#open.splice(0, most)) permit.conclude({ outcome: "done" })
  }
}

function contentOf(
  { words, grants, never, userOnly, otherwise, budget, from, until }: Omit<MandateDraft, "task">,
  task: string | null,
): MandateDraft {
  return {
    task,
    words,
    grants,
    never,
    userOnly,
    otherwise,
    until,
    ...(budget === undefined ? {} : { budget }),
    ...(from === undefined ? {} : { from }),
  }
}

async function tolerated(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!isFailure(error)) throw error
  }
}
