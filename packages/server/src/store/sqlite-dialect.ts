import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  DialectAdapterBase,
  type Driver,
  type QueryResult,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely"
import type { SqliteConnection, SqlValue } from "./sqlite-connection.ts"

// Kysely's base is a class made to be extended; its SQLite adapter would add a mutex that the committer makes needless.
class Adapter extends DialectAdapterBase {
  override get supportsReturning(): boolean {
    return true
  }
  async acquireMigrationLock(): Promise<void> {}
  async releaseMigrationLock(): Promise<void> {}
}

/**
 * Kysely over an open connection of ours.
 *
 * @param gate throws when the connection may not be used through this instance any more
 */
export function sqliteDialect(connection: SqliteConnection, gate: () => void = () => {}): Dialect {
  return {
    createDriver: () => driver(connection, gate),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new Adapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  }
}

function driver(connection: SqliteConnection, gate: () => void): Driver {
  const only: DatabaseConnection = {
    executeQuery: async (query) => {
      gate()
      return execute(connection, query)
    },
    streamQuery: async function* streamRows<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
      gate()
      yield execute<R>(connection, query)
    },
  }
  return {
    init: async () => {},
    acquireConnection: async () => only,
    beginTransaction: refuseTransaction,
    commitTransaction: refuseTransaction,
    rollbackTransaction: refuseTransaction,
    releaseConnection: async () => {},
    destroy: async () => {},
  }
}

// INVARIANT: only the group committer opens and ends transactions, so that nothing half done is ever committed.
async function refuseTransaction(): Promise<never> {
  throw new Error("transactions are opened by store.commit alone")
}

function execute<R>(connection: SqliteConnection, query: CompiledQuery): QueryResult<R> {
  const { statement, isReader } = connection.prepare(query.sql)
  const values = query.parameters.map(toSql)
  if (isReader) {
    // Rows have no prototype, which some comparisons refuse. Kysely alone knows R: it compiled the query.
    const rows = statement.all(...values).map((row) => Object.assign({}, row)) as R[]
    return { rows }
  }
  const { changes, lastInsertRowid } = statement.run(...values)
  return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
}

function toSql(value: unknown): SqlValue {
  if (typeof value === "boolean") return value ? 1 : 0
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "bigint") {
    return value
  }
  if (value instanceof Uint8Array) return value
  throw new TypeError("a value for the store is text, a number, a boolean, bytes or null")
}
