import type { DatabaseSync } from "node:sqlite"
import { Failure, isFailure } from "@hufu/core/failure"
import { ambiguous, type Frame, frameHeadBytes, Journal, readJournal } from "./journal.ts"
import { journaled } from "./journaled-statements.ts"
import { decodeRows, type Row, RowEncoder } from "./row-codec.ts"
import type { SqliteConnection } from "./sqlite-connection.ts"
import { asStoreError } from "./storage-error.ts"

const numberKey = "journal.folded"
const idKey = "journal.id"
const stateKey = "journal.state"

/** So many rows are folded together: a fold of this size takes about a millisecond. */
const foldRows = 96
const foldDelayMs = 100

export interface BacklogParts {
  readonly db: SqliteConnection
  readonly journal: Journal
  /** The number of the last batch that is in the tables. */
  readonly folded: number
  /** Told once when rows cannot be brought into the tables; every unit and every reader tries again. */
  readonly onError: (error: unknown) => void
  /** Told how many bytes came into the tables. */
  readonly onFolded: (bytes: number) => void
}

/**
 * Rows that are durable in the journal and not in the tables yet.
 *
 * INVARIANT: the tables hold what was journaled up to a number, which they know, and the backlog holds the rest in order;
 * a lap of the journal ends only after a commit that put all of it on the disk. Such a commit takes a number of its own: it
 * then writes, whatever else it does, for one that changes nothing would not wait for the disk; and a journal fits no
 * database but the one that it went on from.
 */
export class Backlog {
  readonly #db: SqliteConnection
  readonly #journal: Journal
  readonly #onError: BacklogParts["onError"]
  readonly #onFolded: BacklogParts["onFolded"]
  readonly #encoder = new RowEncoder()
  #rows: Row[] = []
  #bytes = 0
  #number: number
  #timer: NodeJS.Timeout | null = null
  #isTold = false

  constructor({ db, journal, folded, onError, onFolded }: BacklogParts) {
    this.#db = db
    this.#journal = journal
    this.#number = folded
    this.#onError = onError
    this.#onFolded = onFolded
  }

  get isEmpty(): boolean {
    return this.#rows.length === 0
  }

  /** Throws when a write failed and nobody knows what of it is on the disk. */
  assertSound(): void {
    this.#journal.assertSound()
  }

  /** Resolves when the rows are durable; from then on every reader finds them. */
  async add(rows: readonly Row[]): Promise<void> {
    const frame = this.#encoder.encode(rows, frameHeadBytes)
    if (!this.#journal.fits(frame)) {
      this.#foldDurably([])
      if (!this.#journal.fits(frame)) return this.#foldDurably(rows)
    }
    const written = this.#journal.write(this.#number + 1, frame)
    // While the disk is at work. Where folding fails, every batch would try all of it again.
    if (this.#rows.length >= foldRows && !this.#isTold) this.#foldAlone()
    await written
    this.#number += 1
    for (const row of rows) this.#rows.push(row)
    this.#bytes += frame.length
    this.#timer ??= setTimeout(() => this.#foldAlone(), foldDelayMs)
  }

  /** Brings what is journaled into the tables, without waiting for the disk: the journal keeps it. */
  fold(): void {
    if (this.#rows.length === 0) return
    this.#db.exec("PRAGMA synchronous = NORMAL")
    try {
      this.#apply(this.#rows, this.#number)
    } finally {
      this.#db.exec("PRAGMA synchronous = FULL")
    }
    this.#forget()
  }

  /** Inside a transaction that will be durable, and began with a fold: gives it its number. */
  stamp(): void {
    writeNumber(this.#db, this.#number + 1)
  }

  /** After that transaction: the journal may forget. */
  release(): void {
    this.#number += 1
    this.#journal.restart()
  }

  /** After that: leaves nothing readable of what the journal held. */
  scrub(): void {
    if (this.#rows.length === 0) this.#journal.scrub()
  }

  /** Folds durably and lets the journal go. */
  close(): void {
    try {
      // It takes the number of a batch whose write failed, so that nobody ever replays that.
      this.#foldDurably([])
      this.#db.run(setMeta, stateKey, "closed")
    } finally {
      this.abandon()
    }
  }

  /** Lets the journal go as it is, for the next start to replay. */
  abandon(): void {
    this.#stopTimer()
    this.#journal.close()
  }

  #foldAlone(): void {
    this.#stopTimer()
    // A transaction is open: it began with a fold, and nothing is journaled beside it.
    if (this.#db.isTransaction) return
    try {
      this.fold()
      this.#isTold = false
    } catch (error) {
      if (!this.#isTold) this.#onError(error)
      this.#isTold = true
    }
  }

  #foldDurably(more: readonly Row[]): void {
    this.#apply([...this.#rows, ...more], this.#number + 1)
    this.#forget()
    this.release()
  }

  #forget(): void {
    this.#rows = []
    this.#onFolded(this.#bytes)
    this.#bytes = 0
  }

  #apply(rows: readonly Row[], number: number): void {
    inTransaction(this.#db, () => {
      applyRows(this.#db, rows)
      writeNumber(this.#db, number)
    })
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}

/**
 * Brings what a crashed node left in its journal into the tables; before the schema is brought up to date.
 *
 * UNTRUSTED: database and journal may be of different backups. One that holds what the other does not know is refused before
 * either changes.
 */
export function replayJournal(db: SqliteConnection, file: string): void {
  const hasMeta = db.get("SELECT 1 FROM sqlite_schema WHERE name = 'meta'") !== undefined
  const id = hasMeta ? readMeta(db, idKey) : undefined
  if (id === undefined) return refuseForeign(file, undefined, 0)
  const number = readNumber(db)
  if (readMeta(db, stateKey) === "closed") return refuseForeign(file, id, number)
  const frames = readJournal(file, id, number)
  const last = frames.at(-1)
  if (last !== undefined) replay(db, frames, last.number)
}

function replay(db: SqliteConnection, frames: readonly Frame[], number: number): void {
  try {
    inTransaction(db, () => {
      for (const frame of frames) applyRows(db, decodeRows(frame.payload))
      writeNumber(db, number)
    })
  } catch (cause) {
    const error = asStoreError(cause)
    if (isFailure(error)) throw error
    throw ambiguous("what the journal holds does not fit the database beside it", cause)
  }
}

// A database that lacks nothing of its journal would begin a new one over this.
function refuseForeign(file: string, id: string | undefined, number: number): void {
  const lap = Journal.lapStart(file)
  if (lap === undefined || lap.number <= (lap.id === id ? number : 0)) return
  throw ambiguous(`\`${file}\` goes on from batch ${lap.number}, which the database beside it does not know`)
}

/** Lets a copy of a replayed database stand alone: it lacks nothing that a journal holds, and gets one of its own when it is opened. */
export function forgetJournal(db: Pick<DatabaseSync, "prepare">): void {
  db.prepare("DELETE FROM meta WHERE key IN (?, ?)").run(idKey, stateKey)
}

/** Opens the journal of a replayed database, and makes it first if need be. */
export function openBacklog(
  db: SqliteConnection,
  file: string,
  on: Pick<BacklogParts, "onError" | "onFolded">,
): Backlog {
  const known = readMeta(db, idKey)
  if (known === undefined || Journal.lapStart(file)?.id !== known) {
    // It was replayed or closed, so the tables lack nothing. Said first, so that a crash between the two leaves no riddle.
    db.run(setMeta, stateKey, "closed")
    db.run(setMeta, idKey, Journal.create(file))
  }
  // After a crash it says so already, and saying it again would wait for the disk.
  if (readMeta(db, stateKey) !== "open") db.run(setMeta, stateKey, "open")
  return new Backlog({ db, journal: Journal.open(file), folded: readNumber(db), ...on })
}

const setMeta =
  "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value"

function readMeta(db: SqliteConnection, key: string): string | undefined {
  const value = db.get("SELECT value FROM meta WHERE key = ?", key)?.["value"]
  return typeof value === "string" ? value : undefined
}

function readNumber(db: SqliteConnection): number {
  const number = Number(readMeta(db, numberKey) ?? 0)
  if (Number.isSafeInteger(number) && number >= 0) return number
  throw new Failure(
    "ledger_ambiguous",
    "the database does not say what it has of the journal: restore a backup",
  )
}

function writeNumber(db: SqliteConnection, number: number): void {
  db.run(setMeta, numberKey, String(number))
}

function inTransaction(db: SqliteConnection, work: () => void): void {
  db.exec("BEGIN IMMEDIATE")
  try {
    work()
    db.exec("COMMIT")
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK")
    throw error
  }
}

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
