/** Time, given to everything that needs it, so that tests can move it. */
export interface Clock {
  /** Milliseconds since 1970. May step; the ledger refuses large steps back. */
  now(): number
  /** Milliseconds on a clock that never steps; for leases, lockouts and durations. */
  monotonic(): number
}

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }
