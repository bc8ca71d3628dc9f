import type { DatabaseSync } from "node:sqlite"
import { isFailure } from "@hufu/core/failure"
import { foldFrames, readNumber, writeNumber } from "./fold-rows.ts"
import type { FoldOrder, FoldThread } from "./fold-thread.ts"
import { ambiguous, type Frame, frameHeadBytes, Journal, readJournal } from "./journal.ts"
import { readMeta, setMeta } from "./meta.ts"
import { type Row, RowEncoder } from "./row-codec.ts"
import type { SqliteConnection } from "./sqlite-connection.ts"
import { asStoreError } from "./storage-error.ts"

const idKey = "journal.id"
const stateKey = "journal.state"

/** So many rows are folded together: a fold of this size takes about a millisecond. */
const foldRows = 96
/** With more than this waiting, the thread that folds is too slow, and whoever adds does it. */
const maxRows = 8_192
/**
 * With more of the journal held than this, what is folded is put on the disk too. Long before there is no room left, so that nobody
 * stands still for it; and little at a time, so that the journal's own writes do not wait behind it.
 */
const heldBytes = 2 * 1024 * 1024
const foldDelayMs = 100

export interface BacklogParts {
  readonly db: SqliteConnection
  readonly journal: Journal
  readonly thread: FoldThread
  /** The number of the last batch that is in the tables. */
  readonly folded: number
  /** Told once when rows cannot be brought into the tables; every unit and every reader tries again. */
  readonly onError: (error: unknown) => void
}

/**
 * Rows that are durable in the journal and not in the tables yet.
 *
 * INVARIANT: the tables hold what was journaled up to a number, which they know, and the backlog holds the rest in order;
 * the journal forgets a batch only after a commit that put it on the disk. Such a commit writes a number, whatever else it does, for
 * one that changes nothing would not wait for the disk. Where it holds what never was journaled, the number is its own: a journal
 * fits no database but the one that it went on from.
 */
export class Backlog {
  readonly #db: SqliteConnection
  readonly #journal: Journal
  readonly #thread: FoldThread
  readonly #onError: BacklogParts["onError"]
  readonly #encoder = new RowEncoder()
  /** What the thread brings into the tables now. */
  #taken: FoldOrder | null = null
  /** What comes after that. */
  #waiting: Frame[] = []
  #waitingRows = 0
  #number: number
  #timer: NodeJS.Timeout | null = null
  #isTold = false

  constructor({ db, journal, thread, folded, onError }: BacklogParts) {
    this.#db = db
    this.#journal = journal
    this.#thread = thread
    this.#number = folded
    this.#onError = onError
  }

  get isEmpty(): boolean {
    this.#look()
    return this.#taken === null && this.#waiting.length === 0
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
    const isMuch = this.#waitingRows >= foldRows || this.#journal.heldBytes > heldBytes
    if (isMuch && !this.#isTold) this.#foldAside()
    const payload = copyOf(frame.subarray(frameHeadBytes))
    await written
    this.#number += 1
    this.#waiting.push({ number: this.#number, payload })
    this.#waitingRows += rows.length
    this.#timer ??= setTimeout(() => this.#foldLate(), foldDelayMs)
  }

  /** Brings what is journaled into the tables, without waiting for the disk: the journal keeps it. */
  fold(): void {
    this.settle()
    if (this.#waiting.length === 0) return
    this.#db.exec("PRAGMA synchronous = NORMAL")
    try {
      foldFrames(this.#db, { frames: this.#waiting, number: this.#number })
    } finally {
      this.#db.exec("PRAGMA synchronous = FULL")
    }
    this.#forget()
  }

  /** Returns when nobody else writes into the tables. */
  settle(): void {
    if (this.#taken === null) return
    this.#thread.settle()
    this.#look()
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
    if (this.isEmpty) this.#journal.scrub()
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
    this.#thread.close()
    this.#journal.close()
  }

  /** Has the thread fold, if it can; else does it, unless the thread is at it and not far behind. */
  #foldAside(): void {
    this.#look()
    // A transaction is open: it began with a fold, and nothing is journaled beside it.
    if (this.#db.isTransaction) return
    if (this.#taken !== null) {
      if (this.#waitingRows > maxRows) this.#foldAlone()
      return
    }
    const isDurable = this.#journal.heldBytes > heldBytes
    const order = { frames: this.#waiting, number: this.#number, isDurable }
    if (this.#thread.take(order)) {
      this.#taken = order
      this.#forget()
    } else if (this.#waitingRows >= foldRows) this.#foldAlone()
  }

  #foldLate(): void {
    this.#timer = null
    this.#look()
    if (this.#taken !== null) this.#timer = setTimeout(() => this.#foldLate(), foldDelayMs)
    else this.#foldAlone()
  }

  #foldAlone(): void {
    this.#stopTimer()
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
    this.settle()
    foldFrames(this.#db, { frames: this.#waiting, more, number: this.#number + 1, isDurable: true })
    this.#forget()
    this.release()
  }

  /** Sees what became of what the thread took. */
  #look(): void {
    const taken = this.#taken
    if (taken === null || this.#thread.isBusy) return
    this.#taken = null
    if (this.#thread.hasFailed) {
      this.#waiting = [...taken.frames, ...this.#waiting]
    } else if (taken.isDurable) this.#journal.release(taken.number)
  }

  #forget(): void {
    this.#waiting = []
    this.#waitingRows = 0
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}

// In memory of its own that threads share: else what goes to the thread is copied once more.
function copyOf(bytes: Buffer): Buffer {
  const copy = Buffer.from(new SharedArrayBuffer(bytes.length))
  copy.set(bytes)
  return copy
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
    foldFrames(db, { frames, number })
  } catch (cause) {
    const error = asStoreError(cause)
    if (isFailure(error)) throw error
    throw ambiguous("what the journal holds does not fit the database beside it", cause)
  }
}

// A database that lacks nothing of its journal would begin a new one over this.
function refuseForeign(file: string, id: string | undefined, number: number): void {
  const start = Journal.startOf(file)
  if (start === undefined || start.number <= (start.id === id ? number : 0)) return
  throw ambiguous(
    `\`${file}\` goes on from batch ${start.number}, which the database beside it does not know`,
  )
}

/** Lets a copy of a replayed database stand alone: it lacks nothing that a journal holds, and gets one of its own when it is opened. */
export function forgetJournal(db: Pick<DatabaseSync, "prepare">): void {
  db.prepare("DELETE FROM meta WHERE key IN (?, ?)").run(idKey, stateKey)
}

/** Opens the journal of a replayed database, and makes it first if need be. */
export function openBacklog(
  db: SqliteConnection,
  file: string,
  more: Pick<BacklogParts, "thread" | "onError">,
): Backlog {
  const known = readMeta(db, idKey)
  if (known === undefined || Journal.startOf(file)?.id !== known) {
    // It was replayed or closed, so the tables lack nothing. Said first, so that a crash between the two leaves no riddle.
    db.run(setMeta, stateKey, "closed")
    db.run(setMeta, idKey, Journal.create(file))
  }
  // After a crash it says so already, and saying it again would wait for the disk.
  if (readMeta(db, stateKey) !== "open") db.run(setMeta, stateKey, "open")
  return new Backlog({ db, journal: Journal.open(file), folded: readNumber(db), ...more })
}
