import { setTimeout as pause } from "node:timers/promises"
import type { LogFiles } from "@hufu/core/evidence/verify-log"
import { parseVkey } from "@hufu/core/evidence/vkey"
import type { Logger } from "pino"
import type { Clock } from "../clock.ts"
import { openReader, type SqliteConnection } from "../store/sqlite-connection.ts"
import { type LedgerFault, ledgerFault } from "./ledger-fault.ts"
import { nativeHash } from "./native-hash.ts"
import { readTables } from "./read-tables.ts"

const maxSlice = 200
/** Entries that one bundle of the published log stands for. */
const bundleEntries = 256
/** A start has other things to do than to read everything again. */
const firstRestMs = 30_000

/** How far the background reading is, and what it has found. */
export interface ScrubState {
  /** Entries read again in this pass. */
  readonly entries: number
  readonly of: number
  /** When everything was last read to its end and found sound; null before the first time. */
  readonly soundAt: number | null
  /** The first fault that was found since the start; it stays. */
  readonly fault: LedgerFault | null
}

export interface Scrub {
  state(): ScrubState
  close(): Promise<void>
}

export interface ScrubParts {
  readonly database: string
  /** The published folder and the key of its checkpoint, if there is one. */
  readonly published?: { readonly folder: string; readonly vkey: string } | undefined
  readonly entriesPerSecond: number
  readonly clock: Clock
  readonly logger: Pick<Logger, "warn" | "error">
  /** Between two readings of everything. */
  readonly restMs: number
}

/**
 * Reads everything again in small slices, over and over, beside the work of the node: the ledger, the form of the vault's rows, the
 * published log. It says what it finds and repairs nothing.
 */
export function startScrub(parts: ScrubParts): Scrub {
  const { clock, logger, entriesPerSecond, restMs } = parts
  const ending = new AbortController()
  const { signal } = ending
  let state: ScrubState = { entries: 0, of: 0, soundAt: null, fault: null }
  const slice = Math.min(Math.max(Math.ceil(entriesPerSecond / 2), 1), maxSlice)
  const rest = (entries: number) =>
    pause((entries / entriesPerSecond) * 1000, undefined, { signal, ref: false })

  async function pass(): Promise<LedgerFault | null> {
    // A connection of its own, opened anew: what another has read before is not read from the disk again.
    const db = openReader(parts.database)
    try {
      return (await tablesFault(db)) ?? (await publishedFault())
    } finally {
      db.close()
    }
  }
  async function tablesFault(db: SqliteConnection): Promise<LedgerFault | null> {
    const reading = readTables(db, slice)
    for (;;) {
      const step = await reading.next()
      if (step.done === true) return step.value
      reached(step.value)
      await rest(slice)
    }
  }
  function reached(progress: Pick<ScrubState, "entries" | "of">): void {
    state = { ...state, ...progress }
  }
  async function publishedFault(): Promise<LedgerFault | null> {
    const { published } = parts
    if (published === undefined) return null
    // Only who publishes needs them.
    const { verifyLog } = await import("@hufu/core/evidence/verify-log")
    const { openLogFiles } = await import("./publish/log-files.ts")
    const files = await openLogFiles(published.folder)
    const slow: LogFiles = {
      ...files,
      async read(path, maxBytes) {
        if (path.startsWith("tile/entries/")) await rest(bundleEntries)
        return files.read(path, maxBytes)
      },
    }
    const verdict = await verifyLog(slow, { hash: nativeHash, key: parseVkey(published.vkey) })
    return verdict.ok ? null : ledgerFault.published(verdict.fault)
  }
  function found(fault: LedgerFault): void {
    if (fault.en !== state.fault?.en)
      logger.error({ table: fault.table, row: fault.row }, `the ledger is not sound: ${fault.en}`)
    state = { ...state, fault: state.fault ?? fault }
  }
  async function run(): Promise<void> {
    await pause(Math.min(restMs, firstRestMs), undefined, { signal, ref: false }).catch(() => {})
    while (!signal.aborted) {
      try {
        const fault = await pass()
        if (fault === null) state = { ...state, soundAt: clock.now() }
        else found(fault)
      } catch (error) {
        if (signal.aborted) return
        logger.warn({ err: error }, "the ledger could not be read again: the next pass tries it")
      }
      await pause(restMs, undefined, { signal, ref: false }).catch(() => {})
    }
  }
  const running = entriesPerSecond === 0 ? Promise.resolve() : run()
  return {
    state: () => state,
    async close() {
      ending.abort()
      await running
    },
  }
}
