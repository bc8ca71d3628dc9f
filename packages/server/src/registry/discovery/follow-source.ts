import { setImmediate } from "node:timers/promises"
import type { RegistrationSource } from "./registration-source.ts"
import type { SearchIndex } from "./search-index.ts"

/** So many are taken in at once, so that others have their turn between. */
const batch = 200

export interface IndexFollower {
  /** Resolves when everything that has changed so far can be found. */
  caughtUp(): Promise<void>
  close(): Promise<void>
}

/** Keeps an index up with the registrations. An error is told once for each change after it. */
export function followSource(
  index: SearchIndex,
  source: RegistrationSource,
  onError: (error: unknown) => void,
): IndexFollower {
  let running: Promise<void> = Promise.resolve()
  let queued = false
  const ended = new AbortController()

  async function catchUp(): Promise<void> {
    queued = false
    let cursor = index.cursor
    while (!ended.signal.aborted) {
      const { changes, cursor: next } = source.changes(cursor, batch)
      if (next === cursor) return
      index.apply(changes, next)
      cursor = next
      await setImmediate()
    }
  }
  function look(): void {
    if (queued) return
    queued = true
    running = running.then(catchUp).catch(onError)
  }
  const stop = source.onChange(look)
  look()
  return {
    async caughtUp() {
      look()
      await running
    },
    async close() {
      ended.abort()
      stop()
      await running
    },
  }
}
