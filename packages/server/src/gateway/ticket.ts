import type { Outcome, Permit } from "./governor.ts"

/**
 * A permit in the hands of a door.
 * INVARIANT: whatever happens to the reply, the permit is concluded or abandoned exactly once.
 */
export interface Ticket {
  readonly permit: Permit
  readonly settled: boolean
  /** Right before the first byte leaves; `false` means that nothing may leave. Later rounds of the same action pass. */
  leave(): boolean
  /** Records the outcome; of a call that never left it gives the budget back instead. */
  settle(outcome: Outcome): void
}

/** Wraps a permit. */
export function ticketOf(permit: Permit): Ticket {
  let state: "held" | "left" | "settled" = "held"
  return {
    permit,
    get settled() {
      return state === "settled"
    },
    leave() {
      if (state === "settled" || (state === "left" && permit.signal.aborted)) return false
      if (state === "left") return true
      // A permit that lost its standing has recorded its own outcome.
      state = permit.leave() ? "left" : "settled"
      return state === "left"
    },
    settle(outcome) {
      if (state === "settled") return
      const left = state === "left"
      state = "settled"
      if (left) permit.conclude(outcome)
      else permit.abandon(outcome.reason ?? "cancelled")
    },
  }
}
