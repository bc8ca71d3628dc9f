import type { JsonObject } from "@hufu/core/json/json-value"
import { cover, type Cover } from "@hufu/core/mandate/cover"
import type { Mandate } from "@hufu/core/mandate/mandate"
import { openAgents } from "@hufu/server/authority/agents"
import { openBudgets } from "@hufu/server/authority/budgets"
import { declareWith } from "@hufu/server/authority/declare"
import { openHolds } from "@hufu/server/authority/holds"
import { type InterventionParts, interventionsOf } from "@hufu/server/authority/interventions"
import { openMandates } from "@hufu/server/authority/mandates"
import { openTasks } from "@hufu/server/authority/tasks"
import { aboveOf } from "@hufu/server/gateway/assess"
import { trackConnections } from "@hufu/server/gateway/connections"
import type { Attempt, Caller, Permit, Ruling } from "@hufu/server/gateway/governor"
import { scratchStart } from "@hufu/server/store/scratch-store"
import type { OpenPipeline } from "@hufu/server/gateway/testing/open-pipeline"
import { memoryStore } from "./memory-store.ts"
import { effectOf } from "./universe.ts"

/** What a run of chains uses of a node. */
export type ChainNode = Pick<
  OpenPipeline,
  "mandates" | "budgets" | "tasks" | "agents" | "interventions" | "caller" | "attempt" | "errors"
> & {
  readonly clock: { now(): number; set(ms: number): void }
  readonly governor: Pick<OpenPipeline["governor"], "admit" | "withdraw">
  /** Under which mandates an action was let through, by its intent. */
  intentOf(
    action: string,
  ): { readonly mandate: string | null; readonly chain?: readonly string[] | undefined } | undefined
  restart(): Promise<ChainNode>
  /** What is wrong with what was kept. */
  check?(): Promise<string | undefined>
  close?(): Promise<void>
}

const principal = "usr_00000000"

/**
 * The real authority: agents, tasks, mandates, chains, budgets and interventions, with the real `cover`, over a store in memory; what comes
 * between them and a call is here, as short as it can be. The real pipeline over a real store is tried by the same runs, fewer of them.
 */
export async function openLightNode(): Promise<ChainNode> {
  let now = scratchStart
  const clock = { now: () => now, monotonic: () => performance.now(), set: (ms: number) => void (now = ms) }
  return reopen(memoryStore(clock.now), clock)
}

type Memory = ReturnType<typeof memoryStore>
type LightClock = ChainNode["clock"] & { monotonic(): number }

async function reopen(memory: Memory, clock: LightClock): Promise<ChainNode> {
  const { store, entries } = memory
  const { vault } = store
  const declare = declareWith(vault)
  const agents = openAgents(store, clock, declare)
  const tasks = openTasks(store, vault, clock, declare)
  const budgets = openBudgets(store)
  const mandates = openMandates(store, clock, declare, budgets, agents)
  const holds = openHolds(store, vault, clock, 900)
  const connections = trackConnections(clock)
  // Servers, credentials and the stop are of no run.
  const used: Partial<InterventionParts> = { clock, agents, holds, mandates, tasks, connections }
  const parts = used as InterventionParts
  const agent =
    [...agents.records.all()].find(({ name }) => name === "tester") ??
    (await agents.create({ name: "tester", identifiedBy: "credential", demo: false, by: principal }))
  const caller: Caller = {
    agent: agent.id,
    version: agent.version,
    principal,
    credential: null,
    door: "api",
    connection: "con_00000000",
  }
  const intents = new Map<string, { mandate: string; chain?: string[] }>()
  let actions = 0

  function coverageOf(
    { caller: { agent: of }, server, tool, arguments: args }: Attempt,
    task: string,
    only?: Cover,
  ) {
    const left = onlyTaken(only)
    const held = mandates
      .live(of, task)
      .map((each) => (!only || each.id === only.mandate ? each : without(each)))
    return cover(held, {
      effect: effectOf(tool),
      server,
      tool,
      args,
      reviewed: true,
      now: clock.now(),
      budgetLeft: left((mandate, grant) => budgets.left(mandate, grant)),
      above: aboveOf({
        mandates,
        budgets: { ...budgets, leftInAll: left((mandate, grant) => budgets.leftInAll(mandate, grant)) },
      }),
    })
  }

  async function admit(attempt: Attempt): Promise<Ruling> {
    const { agent: of } = attempt.caller
    const task = (tasks.current(of) ?? (await tasks.ensure(of, principal))).id
    const refused: Ruling = { kind: "refused", code: "denied", reasons: [] }
    if (agents.records.get(of)?.state !== "live") return refused
    const coverage = coverageOf(attempt, task)
    const { mandate: id, grant, amount, above = [] } = coverage
    const mandate = mandates.find(id ?? "")
    if (!coverage.covers || coverage.asks || !mandate || grant === undefined) return refused
    const reservation = budgets.reserve([{ mandate, grant, amount }, ...above])
    if (!reservation) return refused
    const action = `act_${String(actions++).padStart(8, "0")}`
    const chain = above.map((slice) => slice.mandate.id)
    await store.commit((tx) => void reservation.write(tx))
    intents.set(action, { mandate: mandate.id, ...(chain.length > 0 ? { chain } : {}) })
    const giveBack = () => {
      reservation.release()
      void store.commit((tx) => reservation.writeReturn(tx))
    }
    const permit: Permit = {
      kind: "go",
      action,
      signal: new AbortController().signal,
      leave() {
        const again = agents.records.get(of)?.state === "live" && coverageOf(attempt, task, coverage)
        if (again && again.covers && !again.asks) return true
        giveBack()
        return false
      },
      conclude: () => {},
      abandon: giveBack,
    }
    return permit
  }

  return {
    clock,
    mandates,
    budgets,
    tasks,
    agents,
    interventions: interventionsOf(parts),
    caller,
    errors: [],
    attempt: (tool, args?: JsonObject) => ({ caller, server: "notes", tool, arguments: args ?? {} }),
    governor: { admit, withdraw: async () => "cancelled" },
    intentOf: (action) => intents.get(action),
    async restart() {
      await store.commit(() => undefined)
      entries.length = 0
      return reopen(memory, clock)
    },
  }
}

function without(mandate: Mandate): Mandate {
  return { ...mandate, grants: [] }
}

type Left = (mandate: Mandate, grant: number) => { count: number; amount: number }

/** What a call has reserved for itself is not missing for it. */
function onlyTaken(only: Cover | undefined): (left: Left) => Left {
  if (only === undefined) return (left) => left
  const taken = new Map([
    [only.mandate, only.amount],
    ...(only.above ?? []).map((slice) => [slice.mandate.id, slice.amount] as const),
  ])
  return (left) => (mandate, grant) => {
    const { count, amount } = left(mandate, grant)
    const own = taken.get(mandate.id)
    return own === undefined ? { count, amount } : { count: count + 1, amount: amount + own }
  }
}
