import { encodeEntry } from "@hufu/core/evidence/encode-entry"
import type { Entry } from "@hufu/core/evidence/entry"
import { leafHash } from "@hufu/core/evidence/merkle"
import { Failure } from "@hufu/core/failure"
import type { Clock } from "../clock.ts"
import type { Participant } from "../store/group-commit.ts"
import { journaled } from "../store/journaled-statements.ts"
import type { RowTarget } from "../store/row-target.ts"
import type { SqliteConnection } from "../store/sqlite-connection.ts"
import { isUniqueViolation } from "../store/storage-error.ts"
import { placeOf, readSize } from "./ledger-rows.ts"
import { nativeHash } from "./native-hash.ts"
import { growEdge, type TreeEdge } from "./tile-tree.ts"

/** How far the clock may step back before new actions are refused. */
const maxStepBackMs = 60_000

type Draft<E> = E extends Entry ? Omit<E, "v" | "at"> & Partial<Pick<E, "v" | "at">> : never

/** An entry to be; the ledger stamps its version and its time. */
export type EntryDraft = Draft<Entry>

interface Pending {
  readonly at: number
  readonly hash: Uint8Array
}

/**
 * Appends entries to the batch that is being assembled, and grows the tree when that batch is on the disk.
 *
 * INVARIANT: the edge is that of the committed log, always; what is pending changes it only in `committed`.
 */
export class Appender implements Participant {
  readonly #db: SqliteConnection
  readonly #rows: RowTarget
  readonly #clock: Clock
  readonly #onGrown: (size: number) => void
  #edge: TreeEdge
  #grown: TreeEdge | null = null
  #lastAt: number
  #pending: Pending[] = []

  constructor(
    { db, rows }: { db: SqliteConnection; rows: RowTarget },
    start: { edge: TreeEdge; lastAt: number; clock: Clock; onGrown: (size: number) => void },
  ) {
    this.#db = db
    this.#rows = rows
    this.#edge = start.edge
    this.#lastAt = start.lastAt
    this.#clock = start.clock
    this.#onGrown = start.onGrown
  }

  /** The edge of the committed log. */
  get edge(): TreeEdge {
    return this.#edge
  }

  /** The index that the next entry of this batch gets. */
  get nextIndex(): number {
    return this.#edge.frontier.size + this.#pending.length
  }

  /** The time of the last entry, of this batch if it has one. */
  get lastAt(): number {
    return this.#pending.at(-1)?.at ?? this.#lastAt
  }

  /** Writes one entry into the batch; its index is final when the batch commits. */
  append(draft: EntryDraft): number {
    const at = this.#stamp()
    // The draft has every member but these two, of the same kind.
    const entry = { ...draft, v: 1, at } as Entry
    const bytes = Buffer.from(encodeEntry(entry))
    const hash = leafHash(bytes, nativeHash)
    const index = this.nextIndex
    this.#insert(entry, { index, at, bytes, hash })
    this.#pending.push({ at, hash })
    return index
  }

  mark(): number {
    return this.#pending.length
  }

  rewind(mark: number): void {
    this.#pending.length = mark
    this.#grown = null
  }

  prepare(): void {
    if (this.#pending.length === 0) return
    const { edge, tiles } = growEdge(
      this.#edge,
      this.#pending.map((each) => each.hash),
    )
    for (const { level, n, bytes } of tiles) {
      this.#rows.run(journaled.tile, level, n, bytes)
    }
    this.#grown = edge
  }

  committed(): void {
    if (this.#grown === null) return
    this.#edge = this.#grown
    this.#lastAt = this.#pending.at(-1)?.at ?? this.#lastAt
    this.#forget()
    this.#onGrown(this.#edge.frontier.size)
  }

  aborted(): void {
    this.#forget()
    const stored = readSize(this.#db)
    if (stored === this.#edge.frontier.size) return
    throw new Failure(
      "ledger_ambiguous",
      `the database holds ${stored} entries after a failed commit: restart Hufu`,
    )
  }

  #forget(): void {
    this.#grown = null
    this.#pending = []
  }

  // Time never runs backwards in the ledger: max(clock, previous), and no pretending over a large step.
  #stamp(): number {
    const now = Math.trunc(this.#clock.now())
    const previous = this.#pending.at(-1)?.at ?? this.#lastAt
    if (now >= previous - maxStepBackMs) return Math.max(now, previous)
    const seconds = Math.ceil((previous - now) / 1000)
    throw new Failure(
      "clock_stepped_back",
      `the clock is ${seconds} s behind the last entry: set the clock right, or wait until it has caught up`,
    )
  }

  #insert(entry: Entry, row: { index: number; at: number; bytes: Uint8Array; hash: Uint8Array }): void {
    const { action, hold, performed } = placeOf(entry)
    try {
      this.#rows.run(journaled.entry, row.index, row.at, row.bytes, row.hash, action, hold, performed)
    } catch (error) {
      if (!isUniqueViolation(error)) throw error
      throw new Failure(
        "already_exists",
        `action \`${action}\` has been let out once: give a retry a new action`,
      )
    }
    if (performed === 1) this.#rows.run(journaled.openIntent, action, row.index)
    if (entry.kind === "outcome") this.#rows.run(journaled.closeIntent, action)
  }
}
