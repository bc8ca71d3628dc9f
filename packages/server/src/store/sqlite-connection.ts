import { chmodSync, closeSync, openSync } from "node:fs"
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite"
import { Failure } from "@hufu/core/failure"

const maxStatements = 512
const busyTimeoutMs = 5_000

/** A value that a statement takes. */
export type SqlValue = SQLInputValue
/** A row as SQLite gives it. */
export type SqlRow = Record<string, unknown>

/** One SQLite connection with its prepared statements; it owns the handle. */
export class SqliteConnection {
  readonly #db: DatabaseSync
  readonly #prepared = new Map<string, StatementSync>()
  #before: () => void = () => {}

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  /** Sets what is done before every statement: a reader has to see what is durable and not in the tables yet. */
  before(work: () => void): void {
    this.#before = work
  }

  get isTransaction(): boolean {
    return this.#db.isTransaction
  }

  exec(sql: string): void {
    this.#db.exec(sql)
  }

  run(sql: string, ...values: SqlValue[]): number {
    return Number(this.#prepare(sql).run(...values).changes)
  }

  get(sql: string, ...values: SqlValue[]): SqlRow | undefined {
    return this.#prepare(sql).get(...values)
  }

  all(sql: string, ...values: SqlValue[]): SqlRow[] {
    return this.#prepare(sql).all(...values)
  }

  /** Rows as their columns in order: for reading very many, at two thirds of what objects cost. */
  columns(sql: string, ...values: SqlValue[]): unknown[][] {
    const statement = this.#prepare(sql)
    statement.setReturnArrays(true)
    try {
      return statement.all(...values) as unknown as unknown[][]
    } finally {
      statement.setReturnArrays(false)
    }
  }

  /** A prepared statement from the cache; the least recently used leaves when it is full. */
  #prepare(sql: string): StatementSync {
    this.#before()
    const known = this.#prepared.get(sql)
    if (known !== undefined) {
      if (this.#prepared.size >= maxStatements) this.#touch(sql, known)
      return known
    }
    const statement = this.#db.prepare(sql)
    if (this.#prepared.size >= maxStatements) this.#dropOldest()
    this.#prepared.set(sql, statement)
    return statement
  }

  close(): void {
    this.#prepared.clear()
    if (this.#db.isOpen) this.#db.close()
  }

  #touch(sql: string, statement: StatementSync): void {
    this.#prepared.delete(sql)
    this.#prepared.set(sql, statement)
  }

  #dropOldest(): void {
    for (const sql of this.#prepared.keys()) {
      this.#prepared.delete(sql)
      return
    }
  }
}

/** Opens the connection that writes, and makes the file if there is none: every commit is on the disk when it returns. */
export function openWriter(file: string): SqliteConnection {
  // INVARIANT: before any connection of this process is open: to close a file takes away every lock that the process has on it.
  closeSync(openSync(file, "a", 0o600))
  if (process.platform !== "win32") chmodSync(file, 0o600)
  return joinWriter(file)
}

/** Opens another connection that writes, to a database that has one already. */
export function joinWriter(file: string): SqliteConnection {
  const db = new DatabaseSync(file, { timeout: busyTimeoutMs })
  const connection = harden(db)
  const mode = connection.get("PRAGMA journal_mode = WAL")
  if (mode?.["journal_mode"] !== "wal") {
    throw new Failure(
      "store_unavailable",
      `\`${file}\` is on a file system without shared memory: use a local disk`,
    )
  }
  // secure_delete: what the vault erases leaves no readable copy in the file's free pages.
  db.exec(`PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;
    PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 8000; PRAGMA journal_size_limit = 67108864`)
  return connection
}

/** Opens a connection that reads what is committed, beside the one that writes. */
export function openReader(file: string): SqliteConnection {
  const connection = harden(new DatabaseSync(file, { readOnly: true, timeout: busyTimeoutMs }))
  connection.exec("PRAGMA query_only = ON")
  return connection
}

// UNTRUSTED: the file may have been altered. The schema may run no function with side effects, and cells are checked.
function harden(db: DatabaseSync): SqliteConnection {
  db.exec("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY")
  // The method is newer than its declaration: absent in the first releases of Node 24.
  const { enableDefensive } = db as DatabaseSync & { enableDefensive?: (on: boolean) => void }
  enableDefensive?.call(db, true)
  return new SqliteConnection(db)
}
