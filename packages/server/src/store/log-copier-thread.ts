import { parentPort, workerData } from "node:worker_threads"
import { openWriter, type SqliteConnection } from "./sqlite-connection.ts"

// The thread of a LogCopier: copies the log into the database whenever it is told to, and disturbs nobody who reads or writes.

/** So many frames of the log that came meanwhile are left to the thread that commits, which has them copied in a millisecond or two. */
const fewFrames = 400
const maxPasses = 5

const { file, state } = workerData as { file: string; state: Int32Array } // as LogCopier gives it
let db: SqliteConnection | null = null

parentPort?.on("message", (order) => {
  try {
    db ??= openWriter(file)
    if (order === "close") db.close()
    else copy(db)
  } finally {
    Atomics.store(state, 0, 0)
    Atomics.notify(state, 0)
  }
  parentPort?.postMessage("copied")
})

// Each pass copies what was in the log when it began; the log can be begun anew only when nothing is left.
function copy(of: SqliteConnection): void {
  let copied = 0
  for (let pass = 0; pass < maxPasses; pass += 1) {
    const [row] = of.all("PRAGMA wal_checkpoint(PASSIVE)")
    const now = Number(row?.["checkpointed"])
    const isLittle = now - copied < fewFrames
    copied = now
    if (isLittle) return
  }
}
