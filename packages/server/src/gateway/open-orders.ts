import { belowDigest, MAX_BELOW } from "@hufu/core/evidence/trace-file"
import { Failure } from "@hufu/core/failure"
import { type Claimant, type ClaimRule, type Claims, trackClaims } from "./claims.ts"
import type { Caller } from "./governor.ts"

/** What one agent asked of another, and what its authority rests on. */
export interface OrderDraft {
  readonly action: string
  readonly agent: string
  readonly principal: string
  /** Hufu's task, which the asking agent acts for. */
  readonly task: string
  /** Whom it asks: the registered name. */
  readonly server: string
  /** The order because of which it is asked itself. */
  readonly under: OpenOrder | undefined
}

/** An order of one agent to another that has not come to an end. */
export interface OpenOrder extends OrderDraft {
  /** The agent of this node that answers there; undefined where nobody has said that one does. */
  readonly answeredBy: string | undefined
  /** The action at the top of its trace. */
  readonly root: string
  /** Hufu's task of whoever asked first. */
  readonly topTask: string
  /** How many orders it stands on, itself included. */
  readonly depth: number
}

/**
 * The orders between agents that are open now. Only the agent that was asked may act under one, and only while it is open; what it does then
 * is bound by the authority of whoever asked, all the way up.
 */
export interface OpenOrders {
  begin(draft: OrderDraft): OpenOrder
  /** The order that an agent says it acts under, if it is open and was given to this agent for this principal. */
  find(action: string, caller: Pick<Caller, "agent" | "principal">): OpenOrder | undefined
  /** Undefined where it is not open. */
  get(action: string): OpenOrder | undefined
  /**
   * Puts what is attempted under an order into its list. INVARIANT: in the very unit that writes its intent, so that the list that an order's
   * outcome commits to has all that the ledger has. Throws Failure("stale") where the order has ended.
   */
  enter(order: OpenOrder, action: string): void
  /** Takes it out again: its intent was not written. */
  leave(order: OpenOrder, action: string): void
  /**
   * Closes it; nothing more is done under it.
   *
   * @returns the digest of the list of what was attempted under it; undefined where nothing was, or where it is not open
   */
  end(action: string): string | undefined
  /** Of a trace: how many orders are open in it. */
  openIn(root: string): number
  /** Where an agent stands among those that work on one task; undefined for whoever asked nobody and was asked by nobody. */
  placeOf(agent: string, task: string, under: OpenOrder | undefined): Claimant | undefined
  readonly claims: Pick<Claims, "look" | "take">
  readonly claimRule: ClaimRule
  /** Whether whoever answers there waits, directly or over others, for this very agent: asking it would close a circle. */
  closesCircle(agent: string, server: string): boolean
}

export interface OpenOrdersParts {
  /** The agent of this node that answers under the name of a partner, as that is registered. */
  readonly agentAt: (server: string) => string | undefined
  /** How it is settled when two agents of one trace act on one thing. */
  readonly claimRule: ClaimRule
}

const mostLooked = 10_000

export function trackOpenOrders({ agentAt, claimRule }: OpenOrdersParts): OpenOrders {
  const claims = trackClaims(claimRule)
  const orders = new Map<string, { readonly order: OpenOrder; readonly below: Set<string> }>()
  /** By the agent that asked. */
  const byAgent = new Map<string, Set<OpenOrder>>()
  const traces = new Map<string, number>()
  /** How many orders are open for a task. */
  const worked = new Map<string, number>()

  return {
    begin(draft) {
      const { under, action, agent, server } = draft
      const order: OpenOrder = {
        ...draft,
        answeredBy: agentAt(server),
        root: under?.root ?? action,
        topTask: under?.topTask ?? draft.task,
        depth: (under?.depth ?? 0) + 1,
      }
      orders.set(action, { order, below: new Set() })
      byAgent.set(agent, (byAgent.get(agent) ?? new Set()).add(order))
      count(traces, order.root, 1)
      count(worked, order.topTask, 1)
      return order
    },
    find(action, { agent, principal }) {
      const order = orders.get(action)?.order
      return order?.answeredBy === agent && order.principal === principal ? order : undefined
    },
    get: (action) => orders.get(action)?.order,
    enter({ action: order }, action) {
      const below = orders.get(order)?.below
      if (below === undefined)
        throw new Failure("stale", "the order because of which this was done has ended: nothing was done")
      if (below.size >= MAX_BELOW)
        throw new Failure(
          "too_many",
          `${MAX_BELOW} actions were attempted under one order: let it end, and have another one given`,
        )
      below.add(action)
    },
    leave: ({ action: order }, action) => void orders.get(order)?.below.delete(action),
    end(action) {
      const known = orders.get(action)
      if (known === undefined) return undefined
      const { order, below } = known
      orders.delete(action)
      const mine = byAgent.get(order.agent)
      mine?.delete(order)
      if (mine?.size === 0) byAgent.delete(order.agent)
      claims.end(order.topTask, action)
      count(traces, order.root, -1)
      if (count(worked, order.topTask, -1) === 0) claims.forget(order.topTask)
      return below.size === 0 ? undefined : belowDigest([...below])
    },
    placeOf(agent, task, under) {
      if (under !== undefined) return { agent, task: under.topTask, under: under.action, depth: under.depth }
      return byAgent.has(agent) && worked.has(task) ? { agent, task, under, depth: 0 } : undefined
    },
    claims,
    claimRule,
    openIn: (root) => traces.get(root) ?? 0,
    closesCircle(agent, server) {
      const first = agentAt(server)
      if (first === undefined) return false
      const seen = new Set<string>()
      for (let next = [first]; next.length > 0 && seen.size < mostLooked;) {
        if (next.includes(agent)) return true
        for (const each of next) seen.add(each)
        next = next.flatMap((each) =>
          [...(byAgent.get(each) ?? [])].flatMap(({ answeredBy }) =>
            answeredBy === undefined || seen.has(answeredBy) ? [] : [answeredBy],
          ),
        )
      }
      return false
    },
  }
}

function count(of: Map<string, number>, key: string, by: 1 | -1): number {
  const now = (of.get(key) ?? 0) + by
  if (now > 0) of.set(key, now)
  else of.delete(key)
  return now
}

/** Those that asked, the nearest first. */
export function pathOf(order: OpenOrder | undefined): readonly OpenOrder[] {
  const path: OpenOrder[] = []
  for (let at = order; at !== undefined; at = at.under) path.push(at)
  return path
}
