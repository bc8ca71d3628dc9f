import { Failure } from "@hufu/core/failure"
import type { Caller, Governor } from "../governor.ts"

/** What an agent is doing at a door right now. */
export type Occupation = "request" | "stream" | "session"

/** Knows everything that each agent has under way, to bound it and to end it all at once. */
export interface Presence {
  /**
   * Takes a place; throws Failure("too_many") when the agent has none left.
   *
   * @param stop ends it within the tick, telling the client why; it need not call the returned function
   * @returns gives the place back
   */
  enter(caller: Caller, occupation: Occupation, stop: (reason: string) => void): () => void
}

interface Attendance {
  readonly stops: Set<(reason: string) => void>
  readonly counts: Record<Occupation, number>
  readonly unregister: () => void
}

/** Nobody there yet. */
export function createPresence(
  governor: Pick<Governor, "onStop">,
  limits: Readonly<Record<Occupation, number>>,
): Presence {
  const present = new Map<string, Attendance>()

  function arrive(key: string, caller: Caller): Attendance {
    const stops = new Set<(reason: string) => void>()
    const unregister = governor.onStop(caller, (reason) => {
      const all = [...stops]
      stops.clear()
      for (const stop of all) stop(reason)
    })
    const attendance = { stops, counts: { request: 0, stream: 0, session: 0 }, unregister }
    present.set(key, attendance)
    return attendance
  }

  return {
    enter(caller, occupation, stop) {
      const key = `${caller.agent} ${caller.version} ${caller.credential ?? ""} ${caller.principal}`
      const there = present.get(key) ?? arrive(key, caller)
      if (there.counts[occupation] >= limits[occupation]) {
        throw new Failure("too_many", `this agent has too many ${occupation}s open at once; close some first`)
      }
      there.counts[occupation]++
      // One function may be passed twice: each place needs its own entry.
      const entry = (reason: string) => stop(reason)
      there.stops.add(entry)
      let inside = true
      return () => {
        if (!inside) return
        inside = false
        there.stops.delete(entry)
        there.counts[occupation]--
        const { request, stream, session } = there.counts
        if (request + stream + session > 0 || present.get(key) !== there) return
        present.delete(key)
        there.unregister()
      }
    },
  }
}
