import { parentPort, workerData } from "node:worker_threads"
import { openWriter, type SqliteConnection } from "./sqlite-connection.ts"

// The thread of a LogCopier: copies the log into the database whenever it is told to, and disturbs nobody who reads or writes.

const { file, state } = workerData as { file: string; state: Int32Array } // as LogCopier gives it
let db: SqliteConnection | null = null

parentPort?.on("message", (order) => {
  try {
    db ??= openWriter(file)
    if (order === "close") db.close()
    else db.all("PRAGMA wal_checkpoint(PASSIVE)")
  } finally {
    Atomics.store(state, 0, 0)
    Atomics.notify(state, 0)
  }
})
