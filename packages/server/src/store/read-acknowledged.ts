import { openReader, type SqliteConnection } from "./sqlite-connection.ts"
import type { Store } from "./store.ts"

/** Reads all that was acknowledged, as it is at this moment, by a connection of its own. */
export async function readAcknowledged<T>(
  store: Pick<Store, "query" | "folder">,
  read: (db: SqliteConnection) => Promise<T>,
): Promise<T> {
  // Brings into the tables what the journal alone has, so that another connection sees it.
  store.query("SELECT 1")
  const db = openReader(store.folder.database)
  try {
    db.exec("BEGIN")
    return await read(db)
  } finally {
    db.close()
  }
}
