import type { Clock } from "../../clock.ts"
import type { Store } from "../../store/store.ts"
import type { Running } from "./log-record.ts"

/** What is kept of each agent that was heard of. */
export interface Heard {
  lastSeenAt: number
  /** When the source wrote its last heartbeat, by its own clock; 0 where that is not known any more. */
  sourceAt: number
  uptimeSeconds: number | undefined
  running: Running | undefined
  /** Records that may come at once; filled up as time goes. */
  left: number
  filledAt: number
}

export interface HeardAgents {
  readonly size: number
  get(registration: string): Heard | undefined
  entries(): IterableIterator<[string, Heard]>
  /** The one that is kept of it from now on. */
  keep(registration: string): Heard
  /** Its last-seen is to be written some time soon. */
  touch(registration: string): void
  forget(registration: string): void
  close(): Promise<void>
}

export const nothingHeard: Omit<Heard, "lastSeenAt"> = {
  sourceAt: 0,
  uptimeSeconds: undefined,
  running: undefined,
  left: Number.POSITIVE_INFINITY,
  filledAt: 0,
}
const writeEveryMs = 15_000
const rowsAtOnce = 500

interface Parts {
  readonly store: Pick<Store, "query" | "commit">
  readonly clock: Clock
  /** Nobody is remembered who was silent for longer. */
  readonly keepMs: number
  readonly onError: (error: unknown) => void
}

/**
 * Every agent that was heard of, in memory; when each was heard last is written lazily, a few at a time, so that after a restart nobody
 * is taken for silent who was not. A heartbeat itself writes nothing.
 */
export function openHeardAgents({ store, clock, keepMs, onError }: Parts): HeardAgents {
  const rows = store.query<{ registration: string; at: number }>(
    "SELECT registration, at FROM last_seen WHERE at > ?",
    [clock.now() - keepMs],
  )
  const heard = new Map<string, Heard>(
    rows.map(({ registration, at }) => [registration, { ...nothingHeard, lastSeenAt: at }]),
  )
  const touched = new Set<string>()
  let writing: Promise<void> = Promise.resolve()

  async function write(): Promise<void> {
    const ids = [...touched]
    touched.clear()
    for (let at = 0; at < ids.length; at += rowsAtOnce)
      await store.commit(
        (tx) => {
          for (const id of ids.slice(at, at + rowsAtOnce)) {
            const of = heard.get(id)
            if (of === undefined) continue
            tx.run(
              "INSERT INTO last_seen (registration, at) VALUES (?, ?) ON CONFLICT (registration) DO UPDATE SET at = excluded.at",
              [id, of.lastSeenAt],
            )
          }
        },
        { lazy: true },
      )
  }

  /** Nobody stays for ever who was registered once and went. */
  async function prune(): Promise<void> {
    const before = clock.now() - keepMs
    const gone = [...heard].flatMap(([id, { lastSeenAt }]) => (lastSeenAt < before ? [id] : []))
    for (const id of gone) heard.delete(id)
    if (gone.length > 0)
      await store.commit((tx) => tx.run("DELETE FROM last_seen WHERE at < ?", [before]), { lazy: true })
  }

  const tick = () => {
    writing = writing.then(write).then(prune).catch(onError)
    return writing
  }
  const timer = setInterval(() => void tick(), writeEveryMs)
  timer.unref()

  return {
    get size() {
      return heard.size
    },
    get: (registration) => heard.get(registration),
    entries: () => heard.entries(),
    keep(registration) {
      const known = heard.get(registration)
      if (known !== undefined) return known
      const fresh: Heard = { ...nothingHeard, lastSeenAt: 0 }
      heard.set(registration, fresh)
      return fresh
    },
    touch: (registration) => void touched.add(registration),
    forget(registration) {
      heard.delete(registration)
      touched.delete(registration)
    },
    async close() {
      clearInterval(timer)
      await tick()
    },
  }
}
