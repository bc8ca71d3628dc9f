import type { Entry } from "@hufu/core/evidence/entry"
import { decodeEntry, type EntryHead } from "@hufu/core/evidence/encode-entry"
import { Failure } from "@hufu/core/failure"
import type { SqliteConnection } from "../store/sqlite-connection.ts"

const maxPage = 1_000
const columns = "idx, bytes, hash"

/** An entry with its place in the ledger. */
export interface LedgerEntry {
  readonly index: number
  readonly entry: Entry
  /** The exact bytes that the leaf hash covers. */
  readonly bytes: Uint8Array
  readonly hash: Uint8Array
}

/** The columns by which an entry is found, derived from its content. */
export interface EntryPlace {
  readonly action: string | null
  readonly hold: string | null
  readonly performed: 1 | null
}

/** Where an entry is filed: intents and outcomes under their action, and whatever names a hold under that. */
export function placeOf(entry: Entry | EntryHead): EntryPlace {
  if (entry.kind === "intent") {
    return { action: entry.action, hold: entry.hold ?? null, performed: isPerformed(entry) ? 1 : null }
  }
  if (entry.kind === "outcome") return { action: entry.action, hold: null, performed: null }
  if (entry.kind === "statement") return { action: null, hold: null, performed: null }
  return { action: null, hold: entry.hold, performed: null }
}

/** Whether an intent lets its action leave: one that asks or denies does not, whatever came of it later. */
function isPerformed(intent: Extract<EntryHead, { kind: "intent" }>): boolean {
  return intent.verdict === "allow"
}

export function readEntry(db: SqliteConnection, index: number): LedgerEntry {
  const row = db.get(`SELECT ${columns} FROM entry WHERE idx = ?`, index)
  if (row === undefined)
    throw new Failure("not_found", `the ledger has no entry ${index}: ask for a lower index`)
  return toEntry(row)
}

/** Entries from an index on, a page at a time. */
export function readEntries(db: SqliteConnection, from: number, limit: number): LedgerEntry[] {
  const bounded = Math.min(Math.max(Math.trunc(limit), 1), maxPage)
  return db
    .all(`SELECT ${columns} FROM entry WHERE idx >= ? ORDER BY idx LIMIT ?`, from, bounded)
    .map(toEntry)
}

/** Everything about one action or one hold, oldest first; a page of it at most. */
export function readEntriesOf(db: SqliteConnection, id: string): LedgerEntry[] {
  const sql = `SELECT ${columns} FROM entry WHERE action = ?1
    UNION SELECT ${columns} FROM entry WHERE hold = ?1 ORDER BY idx LIMIT ${maxPage}`
  return db.all(sql, id).map(toEntry)
}

/** Performed intents that have no outcome. */
export function readOpenIntents(db: SqliteConnection): LedgerEntry[] {
  return db
    .all(`SELECT ${columns} FROM entry WHERE idx IN (SELECT idx FROM open_intent) ORDER BY idx`)
    .map(toEntry)
}

/** The stored leaf hashes of [from, to). */
export function readLeaves(db: SqliteConnection, from: number, to: number): Uint8Array[] {
  // STRICT columns: SQLite itself keeps these types, here and below.
  const rows = db.all("SELECT hash FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx", from, to)
  return (rows as { hash: Uint8Array }[]).map((row) => row.hash)
}

export function readTile(db: SqliteConnection, level: number, n: number): Uint8Array {
  const row = db.get("SELECT bytes FROM tile WHERE level = ? AND n = ?", level, n)
  if (row !== undefined) return (row as { bytes: Uint8Array }).bytes
  throw new Failure("ledger_ambiguous", `the ledger lacks tile ${n} of level ${level}: restore a backup`)
}

/** How many entries are stored, by the last index. */
export function readSize(db: SqliteConnection): number {
  const row = db.get("SELECT max(idx) AS last FROM entry")
  const last = row?.["last"]
  return typeof last === "number" ? last + 1 : 0
}

function toEntry(row: Record<string, unknown>): LedgerEntry {
  const { idx, bytes, hash } = row as { idx: number; bytes: Uint8Array; hash: Uint8Array }
  try {
    return { index: idx, entry: decodeEntry(bytes), bytes, hash }
  } catch (cause) {
    throw new Failure(
      "ledger_ambiguous",
      `entry ${idx} is not what was logged: run \`hufu log verify\`, and restore a backup`,
      { cause },
    )
  }
}
