import type { SqliteConnection } from "./sqlite-connection.ts"

/** Does work in a transaction of its own: all of it is there afterwards, or, where it throws, nothing. */
export function inTransaction<T>(db: SqliteConnection, work: () => T): T {
  db.exec("BEGIN IMMEDIATE")
  try {
    const result = work()
    db.exec("COMMIT")
    return result
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK")
    throw error
  }
}
