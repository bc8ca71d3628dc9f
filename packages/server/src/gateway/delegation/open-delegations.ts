import { isEnd, isRest } from "@hufu/core/delegation/delegation-state"
import { Failure } from "@hufu/core/failure"
import { askPartner } from "../../fence/profile/method-profiles.ts"
import type { Caller } from "../governor.ts"
import { happened, type Live, openDelegationMemory } from "./delegation-memory.ts"
import { delegationNotices } from "./delegation-notices.ts"
import type { DelegationRef, Event } from "./delegations.ts"
import type { Interconnect } from "./interconnect-door.ts"
import { noDelegation, remarkEntry } from "./delegation-words.ts"
import { drivePartner } from "./drive-partner.ts"
import { giveOrders } from "./give-orders.ts"
import { cancelPartner, type DelegationParts, fail, halt, type Hub } from "./hub.ts"
import { openQuotas } from "./quotas.ts"

const sweepMs = 1000
const hourMs = 3_600_000
const dayMs = 86_400_000
const byPerson = "whoever answers for the agent ended it"

/**
 * Opens what agents ask of each other, and goes on with what was open.
 *
 * INVARIANT: a message leaves only after its verdict and durable intent; what is shown of a delegation is durable first; an order that may
 * have reached a partner is never given again.
 */
export function openDelegations(parts: DelegationParts): Interconnect {
  const { store, clock, governor, settings } = parts
  const quotas = openQuotas(clock, settings)
  let closed = false
  /** Orders whose permits ended with the node before: they stay open until their delegation ends. */
  const resumed = new Set<string>()
  const memory = openDelegationMemory({
    store,
    clock,
    notices: parts.notices,
    onEnded({ row }) {
      quotas.end(row.agent, row.server)
      if (row.action !== undefined && resumed.delete(row.action)) parts.orders.end(row.action)
    },
    onChanged: ({ row }) => parts.changes.tell({ id: row.id, state: row.state }),
  })
  const hub: Hub = { ...parts, memory, quotas, isClosed: () => closed }
  const notices = delegationNotices(hub)
  const orders = giveOrders(hub, drivePartner(hub), notices)

  function need(caller: Caller, { server, task }: DelegationRef): Live {
    governor.standing(caller)
    const live = memory.find(caller.agent, server, task)
    if (live === undefined)
      throw new Failure("not_found", "there is no such task of this agent with this partner")
    return live
  }

  async function* events(
    caller: Caller,
    ref: DelegationRef,
    after: number,
    until: "rest" | "end",
    signal: AbortSignal,
  ): AsyncGenerator<Event> {
    const live = need(caller, ref)
    if (after > live.view.lastSeq)
      throw new Failure("stale", "nothing has this number yet: resume from one that was seen", {
        extra: { lastAvailableSeq: live.view.lastSeq },
      })
    let seen = after
    const isOver = () => (until === "rest" ? isRest(live.view.state) : isEnd(live.view.state))
    for (;;) {
      for (const event of memory.eventsAfter(live, seen)) {
        if (signal.aborted) return
        yield event
        seen = event.seq
      }
      const { lastSeq } = live.view
      if (memory.eventsAfter(live, seen).length > 0) continue
      if (isOver() || signal.aborted || closed) return
      await memory.changed(live, lastSeq, signal)
      governor.standing(caller)
    }
  }

  /** No permit is open for what was asked before the node ended: whether anything still covers it is looked up instead. */
  function isUncovered({ row, view, caller }: Live): boolean {
    if (row.action === undefined || !resumed.has(row.action) || isRest(view.state)) return false
    return !governor.visible(caller, row.server, [askPartner]).has(askPartner)
  }

  /**
   * It waits for an agent that was asked itself: for its words, and nobody wants anything of it any more; or for a person, who would approve
   * in vain, because what it would stand on has ended.
   */
  function isDeadEnd({ row, view }: Live): boolean {
    if (view.state === "input-required") return row.above !== undefined && memory.rows.hasEnded(row.above)
    return (
      view.state === "auth-required" && row.under !== undefined && parts.orders.get(row.under) === undefined
    )
  }

  async function sweep(): Promise<void> {
    const now = clock.now()
    for (const live of memory.all()) {
      const { state, stateAt, createdAt } = live.view
      if (isEnd(state)) continue
      const { facts } = live.row
      const { timeoutMs = Infinity } = facts.limits ?? {}
      const lost = isUncovered(live) ? "mandate_revoked" : isDeadEnd(live) ? "order_ended" : undefined
      if (lost !== undefined) {
        await halt(hub, live, lost)
        continue
      }
      if (now - createdAt > Math.min(settings.lifeHours * hourMs, timeoutMs)) {
        live.stop.abort(new Error("given up"))
        const driven = hub.partner(live.row.server, live.caller)
        if (driven) await cancelPartner(hub, live, driven)
        await fail(hub, live, new Failure("upstream_lost", "it did not end in time, and was given up"))
      } else if (
        now - stateAt > settings.answerHours * hourMs &&
        (state === "delivered" || state === "input-required")
      ) {
        const to = state === "delivered" ? "completed" : "canceled"
        await memory.record(live, [happened({ kind: "state", state: to })], { pending: undefined })
      }
    }
  }

  let sweeping: Promise<void> | undefined
  const timer = setInterval(() => {
    sweeping ??= sweep()
      .catch((error: unknown) => parts.onError(error, "look which delegations have ended"))
      .finally(() => (sweeping = undefined))
  }, sweepMs)
  timer.unref()
  const pruning = setInterval(prune, hourMs)
  pruning.unref()

  function prune(): void {
    store
      .commit((tx) => memory.rows.prune(tx, clock.now() - settings.keepDays * dayMs, settings.keep))
      .catch((error: unknown) => parts.onError(error, "forget delegations that ended long ago"))
  }

  for (const live of memory.resume()) {
    reopen(live)
    orders.resume(live)
  }

  /** Whoever was asked before the node ended may go on with what it does because of that. */
  function reopen({ row, view, caller }: Live): void {
    const { action, under, agent, task, server, facts } = row
    if (action === undefined || facts.pending?.hold !== undefined || isRest(view.state)) return
    // The call of a tool is no order, and nobody goes on with it.
    if (parts.partner(server, caller)?.partner.protocol === "mcp") return
    const above = under === undefined ? undefined : parts.orders.get(under)
    if (under !== undefined && above === undefined) return
    const { principal } = facts.caller
    parts.orders.begin({ action, agent, principal, task, server, under: above })
    resumed.add(action)
  }

  return {
    ask: (caller, server, asked) => orders.ask(caller, server, asked),
    async remark(caller, ref, reason) {
      const live = need(caller, ref)
      if (!isRest(live.view.state)) await memory.record(live, [remarkEntry(reason, live.view.state)])
    },
    async look(caller, ref) {
      return need(caller, ref).view
    },
    list(caller, server, filter) {
      governor.standing(caller)
      const all = memory.rows
        .list(caller.agent, server, filter.changedAfter ?? -1)
        .filter(({ state, facts }) => {
          const isState = filter.states === undefined || filter.states.includes(state)
          return isState && (filter.context === undefined || facts.context === filter.context)
        })
      const shown = all.slice(filter.offset, filter.offset + filter.limit)
      return {
        total: all.length,
        delegations: shown
          .map(({ agent, server: of, facts }) => memory.find(agent, of, facts.name)?.view)
          .filter((view) => view !== undefined),
      }
    },
    follow: (caller, ref, after, until, signal) => events(caller, ref, after, until, signal),
    notices: notices.shown,
    async cancel(id, by) {
      const row = memory.rows.find(id)
      const live = row && memory.find(row.agent, row.server, row.facts.name)
      if (live === undefined) throw noDelegation(id)
      if (isEnd(live.view.state)) return
      // What narrows takes effect before its commit: nothing more reaches the partner, and nothing of it is heard.
      live.stop.abort(new Error(byPerson))
      const { agent, server, facts } = live.row
      await memory.inTurn(agent, server, facts.name, async () => {
        if (isEnd(live.view.state)) return
        const written = store.commit((tx) =>
          tx.append({ kind: "statement", fact: "delegation.canceled", subject: id, by, refs: { agent } }),
        )
        await Promise.all([halt(hub, live, byPerson), written])
      })
    },
    async close() {
      closed = true
      clearInterval(timer)
      clearInterval(pruning)
      for (const live of memory.all()) {
        live.stop.abort(new Error("Hufu is closing"))
        for (const wake of live.waiting) wake()
      }
      await orders.settled()
      await Promise.allSettled([...memory.all()].map(({ turn }) => turn))
      await parts.notices.close()
    },
  }
}
