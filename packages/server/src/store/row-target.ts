import { assertJournaled } from "./journaled-statements.ts"
import type { Row } from "./row-codec.ts"
import type { SqliteConnection, SqlValue } from "./sqlite-connection.ts"

/** Where the rows of a unit go: into the tables at once, or into a collection that the journal keeps first. */
export class RowTarget {
  readonly #db: SqliteConnection
  #collected: Row[] | null = null

  constructor(db: SqliteConnection) {
    this.#db = db
  }

  /** Whether rows are being collected, so that the tables do not show them. */
  get isCollecting(): boolean {
    return this.#collected !== null
  }

  /** Runs a statement, or collects it; returns how many rows it changed. */
  run(sql: string, ...values: SqlValue[]): number {
    if (this.#collected === null) return this.#db.run(sql, ...values)
    assertJournaled(sql, values)
    this.#collected.push({ sql, values })
    return 1
  }

  /** Adds the rows that the work runs statements for. */
  collect(rows: Row[], work: () => void): void {
    this.#collected = rows
    try {
      work()
    } finally {
      this.#collected = null
    }
  }

  mark(): number {
    return this.#collected?.length ?? 0
  }

  rewind(mark: number): void {
    if (this.#collected !== null) this.#collected.length = mark
  }
}
