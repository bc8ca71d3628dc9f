import { isEnd, isRest } from "@hufu/core/delegation/delegation-state"
import { isFailure } from "@hufu/core/failure"
import type { Attempt, Permit } from "../governor.ts"
import { type Ticket, ticketOf } from "../ticket.ts"
import { happened, type Live } from "./delegation-memory.ts"
import type { Ordered } from "./delegation-rows.ts"
import { lostFailure, stoppedFailure } from "./delegation-words.ts"
import type { Ask } from "./delegations.ts"
import { pause } from "../pause.ts"
import { hearPartner } from "./hear-partner.ts"
import { cancelPartner, type Driven, fail, halt, type Hub, partnerOf, senderOf, viewOf } from "./hub.ts"
import { attemptOf } from "./order-attempt.ts"
import type { PartnerOrder } from "./partner.ts"

/** An order that was let out. */
export interface Going {
  readonly ordered: Ordered
  readonly attempt: Attempt
  readonly driven: Driven
  readonly ticket: Ticket
  readonly permit: Permit
  readonly stop: AbortController
}

/** Orders on their way to partners, and what comes back. */
export interface Driver {
  /** Gives an order, once, and hears the partner until the delegation rests. */
  perform(live: Live, going: Going): Promise<void>
  /** Goes on hearing a partner that was given an order before. INVARIANT: what may have left is not given again. */
  goOn(live: Live, driven: Driven): Promise<void>
}

/** By this the stream of an order ends that another one took the place of. */
export const replaced = "another order came"
/** By this it ends where the asking agent wants no more of it. */
export const ended = "the asking agent ended it"

const longestRetryMs = 30_000
const unbelievable = ["invalid_input", "forbidden", "too_large"] as const

export function drivePartner(hub: Hub): Driver {
  const { memory, clock, settings } = hub
  const hearing = hearPartner(hub, take)

  /** What the asking agent ends on its own side, because the partner's protocol has no such step, or its own side ended before. */
  async function endHere(live: Live, { ordered, ticket }: Going): Promise<void> {
    if (!ticket.leave()) return fail(hub, live, stoppedFailure())
    ticket.settle({ outcome: "done", result: {} })
    const state = ordered.order === "cancel" ? "canceled" : "completed"
    return memory.record(live, [happened({ kind: "state", state })], { pending: undefined })
  }

  /**
   * The order is under way until the delegation rests: so long its permit can be taken back, and what it began ends with it.
   */
  async function perform(live: Live, going: Going): Promise<void> {
    const { ordered, driven, ticket, permit, stop } = going
    const { order } = ordered
    const isEnding = order === "complete" || order === "cancel"
    if (isEnding && !driven.partner.confirms && live.view.state === "delivered") return endHere(live, going)
    const signal = AbortSignal.any([stop.signal, permit.signal])
    let hasSpoken = false
    try {
      const { isAnswered, isOver } = await give(live, going, signal, () => (hasSpoken = true))
      // A permit that could not leave any more has settled itself.
      if (ticket.settled && !driven.isInspected) return fail(hub, live, stoppedFailure())
      // A partner that says nothing of it has taken it; one that says otherwise is believed.
      if (isEnding && !isAnswered && !isEnd(live.view.state)) {
        const state = order === "cancel" ? "canceled" : "completed"
        await memory.record(live, [happened({ kind: "state", state })], { pending: undefined })
      } else if (live.row.facts.pending !== undefined) await memory.record(live, [], { pending: undefined })
      if (!isOver) await follow(live, driven, signal)
      ticket.settle({ outcome: "done", result: {} })
    } catch (error) {
      await lost(live, going, error, hasSpoken)
    } finally {
      // INVARIANT 6: a mandate that was taken back, also further up, ends what was asked under it.
      if (permit.signal.aborted && !stop.signal.aborted && !hub.isClosed())
        await halt(hub, live, wordOf(permit.signal.reason))
    }
  }

  async function give(live: Live, going: Going, signal: AbortSignal, spoken: () => void) {
    const { driven, ticket } = going
    let isAnswered = false
    for await (const from of driven.partner.order(orderOf(live, going), ticket, signal)) {
      spoken()
      isAnswered ||= from.happening.kind === "state"
      if (!(await hearing.isHeard(live, driven, from))) return { isAnswered, isOver: true }
    }
    return { isAnswered, isOver: false }
  }

  /**
   * An order that failed on its way, or of which nobody knows how far it came.
   *
   * @param hasSpoken whether the partner has answered it: then it has left, whatever can not be reached any more
   */
  async function lost(
    live: Live,
    { driven, ticket, permit, stop }: Going,
    error: unknown,
    hasSpoken: boolean,
  ): Promise<void> {
    const mayHaveLeft = hasSpoken || !isFailure(error, "upstream_unavailable")
    const isStopped = permit.signal.aborted || stop.signal.aborted
    const reason = endOf(stop) ?? (isStopped ? "stopped" : "connection_lost")
    ticket.settle(
      mayHaveLeft ? { outcome: "unknown", reason } : { outcome: "failed", reason: "upstream_error" },
    )
    if (isStopped || hub.isClosed()) return undefined
    // It would be as large again.
    if (isFailure(error, "too_large")) return giveUp(live, driven, error)
    if (!mayHaveLeft || !canFollow(live, driven)) return fail(hub, live, error)
    return follow(live, driven, stop.signal)
  }

  /** Takes what was delivered, for an asking agent whose protocol has no word for it. */
  async function take(live: Live, driven: Driven): Promise<void> {
    const ask: Ask = { order: "complete", context: live.row.facts.context, confirms: false }
    const attempt = attemptOf(live.caller, partnerOf(live, driven), ask, live.row.facts.name)
    const ruling = await hearing.decided(live, attempt)
    if (ruling.kind === "refused") return
    const ticket = ticketOf(ruling)
    const going = {
      ordered: { order: "complete" as const },
      attempt,
      driven,
      ticket,
      permit: ruling,
      stop: live.stop,
    }
    await perform(live, going)
  }

  function orderOf(live: Live, { ordered, permit }: Going): PartnerOrder {
    return {
      ...ordered,
      // What was written down since is only that the order goes out.
      view: { ...viewOf(live), state: live.row.facts.pending?.before ?? live.view.state },
      sender: senderOf(hub, live),
      authority: {
        principal: live.caller.principal,
        task: live.row.task,
        mandate: permit.mandate,
        action: permit.action,
      },
    }
  }

  /** Hears what a partner says until the delegation rests, also over connections that break. */
  async function follow(live: Live, driven: Driven, signal: AbortSignal): Promise<void> {
    let lostSince: number | undefined
    for (let attempt = 0; !isRest(live.view.state) && !signal.aborted; attempt++) {
      if (!canFollow(live, driven)) return fail(hub, live, lostFailure())
      try {
        const { partnerSeq } = live.row.facts
        const view = viewOf(live)
        const said =
          attempt === 0 || attempt % 2 === 1
            ? driven.partner.follow(view, senderOf(hub, live), partnerSeq, signal)
            : driven.partner.look(view, senderOf(hub, live), signal)
        for await (const from of said) {
          lostSince = undefined
          if (!(await hearing.isHeard(live, driven, from))) return undefined
        }
      } catch (error) {
        if (signal.aborted || hub.isClosed()) return
        if (isFailure(error, "not_found")) return fail(hub, live, error)
        if (unbelievable.some((code) => isFailure(error, code))) return giveUp(live, driven, error)
        lostSince ??= clock.monotonic()
        if (clock.monotonic() - lostSince > settings.lostSeconds * 1000) return fail(hub, live, lostFailure())
      }
      if (!isRest(live.view.state))
        await pause(Math.min(longestRetryMs, 200 * 2 ** Math.min(attempt, 8)), signal)
    }
  }

  /** What a partner says cannot be believed, or is too much: nobody waits for the rest. */
  async function giveUp(live: Live, driven: Driven, error: unknown): Promise<void> {
    await fail(hub, live, error)
    await cancelPartner(hub, live, driven)
  }

  return {
    perform,
    goOn: (live, driven) =>
      canFollow(live, driven) ? follow(live, driven, live.stop.signal) : fail(hub, live, lostFailure()),
  }
}

/** Whether the partner can be asked how it stands: it knows the delegation by a name that Hufu knows too. */
function canFollow({ row }: Live, { partner }: Driven): boolean {
  return partner.protocol === "aip" || (partner.protocol === "a2a" && row.facts.partnerTask !== undefined)
}

function wordOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : "stopped"
}

/** How an order ended that its asking agent ended itself. */
function endOf({ signal }: AbortController): "replaced" | "cancelled" | undefined {
  if (!signal.aborted) return undefined
  const word = wordOf(signal.reason)
  return word === replaced ? "replaced" : word === ended ? "cancelled" : undefined
}
