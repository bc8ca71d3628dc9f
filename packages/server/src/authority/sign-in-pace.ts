import { Failure } from "@hufu/core/failure"

/** Whence somebody tries to sign in: programs of other accounts reach only the second. */
export const lanes = ["socket", "http"] as const
export type Lane = (typeof lanes)[number]

export interface PaceOptions {
  /** Whether so many secrets in a row were wrong that tries have to be rare. */
  readonly slow: () => boolean
  /** How long nothing is tried after a try, while it is slow. */
  readonly gapMs: number
  readonly maxWaiting: number
}

/**
 * Lets tries at the secret through one at a time, from each lane in its turn. A wrong secret makes the next try wait, whoever
 * makes it, but locks nobody out: a crowd at one lane delays the other lane by one try.
 *
 * @returns runs a try when its turn comes; Failure("locked_out") when as many as may be wait in its lane already
 */
export function createSignInPace({ slow, gapMs, maxWaiting }: PaceOptions) {
  const waiting: Record<Lane, (() => Promise<void>)[]> = { socket: [], http: [] }
  let last: Lane = "http"
  let occupied = false

  function next(): void {
    if (occupied) return
    const lane = lanes.find((one) => one !== last && waiting[one].length > 0) ?? last
    const work = waiting[lane].shift()
    if (work === undefined) return
    last = lane
    occupied = true
    void work().finally(rest)
  }

  function rest(): void {
    occupied = slow()
    if (occupied) setTimeout(go, gapMs).unref()
    else next()
  }

  function go(): void {
    occupied = false
    next()
  }

  // A restart gives no try for free.
  rest()
  return function take<T>(lane: Lane, work: () => Promise<T>): Promise<T> {
    if (waiting[lane].length >= maxWaiting)
      return Promise.reject(
        new Failure("locked_out", "too many tries at the secret wait already: try again in a few seconds"),
      )
    return new Promise((resolve, reject) => {
      waiting[lane].push(() => work().then(resolve, reject))
      next()
    })
  }
}
