import { Failure } from "@hufu/core/failure"
import { inTransaction } from "./in-transaction.ts"
import type { Frame } from "./journal.ts"
import { journaled } from "./journaled-statements.ts"
import { readMeta, setMeta } from "./meta.ts"
import { decodeRows, type Row } from "./row-codec.ts"
import type { SqliteConnection } from "./sqlite-connection.ts"

const numberKey = "journal.folded"
const durableKey = "journal.durable"

interface Folding {
  /** Frames in order; those that are in the tables already are left out, so that two who fold the same do it once. */
  readonly frames: readonly Frame[]
  /** Rows that come after them and were never journaled. */
  readonly more?: readonly Row[]
  /** The number that the tables have then. */
  readonly number: number
  /** Whether the commit is to wait for the disk, where the connection does. Only one that changes something waits for it. */
  readonly isDurable?: boolean
}

/** Brings frames of the journal into the tables, in one transaction. */
export function foldFrames(db: SqliteConnection, { frames, more = [], number, isDurable }: Folding): void {
  inTransaction(db, () => {
    const folded = readNumber(db)
    const rows = frames.flatMap((frame) => (frame.number > folded ? decodeRows(frame.payload) : []))
    applyRows(db, more.length === 0 ? rows : [...rows, ...more])
    if (number > folded) writeNumber(db, number)
    // By this it changes something, unless all up to this very number is on the disk already.
    if (isDurable) db.run(setMeta, durableKey, String(number))
  })
}

/** The number of the last batch that is in the tables. */
export function readNumber(db: SqliteConnection): number {
  const number = Number(readMeta(db, numberKey) ?? 0)
  if (Number.isSafeInteger(number) && number >= 0) return number
  throw new Failure(
    "ledger_ambiguous",
    "the database does not say what it has of the journal: restore a backup",
  )
}

export function writeNumber(db: SqliteConnection, number: number): void {
  db.run(setMeta, numberKey, String(number))
}

/** Runs the statements of rows, in order. */
function applyRows(db: SqliteConnection, rows: readonly Row[]): void {
  const opened = new Map<string, number>()
  const closed = new Set<number>()
  // An action that left and came back within these rows was never open for a reader of the tables.
  for (const [i, { sql, values }] of rows.entries()) {
    const [action] = values
    if (typeof action !== "string") continue
    if (sql === journaled.openIntent) opened.set(action, i)
    const opener = sql === journaled.closeIntent ? opened.get(action) : undefined
    if (opener !== undefined) closed.add(opener).add(i)
  }
  for (const [i, { sql, values }] of rows.entries()) if (!closed.has(i)) db.run(sql, ...values)
}
