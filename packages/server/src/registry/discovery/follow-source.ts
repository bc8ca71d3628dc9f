import { setImmediate } from "node:timers/promises"
import type { RegistrationSource } from "./registration-source.ts"
import type { IndexChange, SearchIndex } from "./search-index.ts"

/** So many are taken in at once, so that others have their turn between. */
const batch = 100
const comparedAtOnce = 1000

export interface IndexFollower {
  /** Resolves when everything that has changed so far can be found. */
  caughtUp(): Promise<void>
  close(): Promise<void>
}

/**
 * Keeps an index what the registrations are: once through all of them, because nobody knows what happened while it was closed, and from
 * then on what changes.
 */
export function followSource(
  index: SearchIndex,
  source: RegistrationSource,
  onError: (error: unknown) => void,
): IndexFollower {
  const changed = new Set<string>()
  const ended = new AbortController()
  let compared: string | undefined = ""
  let running: Promise<void> | undefined

  async function catchUp(): Promise<void> {
    try {
      while (!ended.signal.aborted) {
        if (changed.size > 0) index.apply(takeChanged())
        else if (compared !== undefined) compared = compareFrom(compared)
        else if (!index.tidy()) return
        await setImmediate()
      }
    } catch (error) {
      onError(error)
    } finally {
      // In the same moment as the last look: a change after it begins anew.
      running = undefined
    }
  }
  function takeChanged(): IndexChange[] {
    const ids = [...changed].slice(0, batch)
    for (const id of ids) changed.delete(id)
    return ids.map(changeOf)
  }
  function changeOf(id: string): IndexChange {
    const found = source.find(id)
    return found === undefined ? { id, registration: null } : { id, ...found }
  }
  /** Some more of all of them, in the order of their ids; undefined after the last. */
  function compareFrom(after: string): string | undefined {
    const some = source.versions(after, comparedAtOnce)
    const last = some.length < comparedAtOnce ? undefined : some.at(-1)?.id
    const there = new Set(some.map(({ id }) => id))
    const known = index.versions(after, last)
    const gone = [...known.keys()].filter((id) => !there.has(id))
    const others = some.filter(({ id, version }) => known.get(id) !== (version ?? undefined))
    // Only what differs is read.
    for (const id of [...gone, ...others.map((each) => each.id)]) changed.add(id)
    return last
  }
  function look(): Promise<void> {
    return (running ??= catchUp())
  }
  const stop = source.onChange((id) => {
    changed.add(id)
    void look()
  })
  void look()
  return {
    caughtUp: look,
    async close() {
      ended.abort()
      stop()
      await running
    },
  }
}
