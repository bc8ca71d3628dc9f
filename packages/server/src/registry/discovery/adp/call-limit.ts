import { AdpError } from "./adp-error.ts"

/** How often each caller may ask. */
export interface CallLimit {
  /** Throws CallerRateLimited for one who asks too often; its `data` says after how many seconds to ask again. */
  admit(caller: string): void
}

const mostCallers = 10_000

/** So many calls a minute for each caller, and as many at once when nothing was asked for a minute. */
export function openCallLimit(perMinute: number, monotonic: () => number): CallLimit {
  const callers = new Map<string, { left: number; at: number }>()
  return {
    admit(caller) {
      const now = monotonic()
      const known = callers.get(caller)
      const left =
        known === undefined
          ? perMinute
          : Math.min(perMinute, known.left + ((now - known.at) * perMinute) / 60_000)
      if (left < 1)
        throw new AdpError("CallerRateLimited", `at most ${perMinute} discoveries a minute are answered`, {
          retryAfterSeconds: Math.ceil(((1 - left) * 60) / perMinute),
        })
      // The one who has asked last stands last, so that those who are gone are forgotten first.
      callers.delete(caller)
      callers.set(caller, { left: left - 1, at: now })
      const [first] = callers.keys()
      if (callers.size > mostCallers && first !== undefined) callers.delete(first)
    },
  }
}
