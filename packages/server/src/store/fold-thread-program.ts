import { parentPort, workerData } from "node:worker_threads"
import { foldFrames } from "./fold-rows.ts"
import { foldState } from "./fold-thread.ts"
import { joinWriter, type SqliteConnection } from "./sqlite-connection.ts"

// The thread of a FoldThread: brings the frames that it is given into the tables, and says so by the shared state. The journal keeps
// them until the thread that commits has them on the disk.

const { file, state } = workerData as { file: string; state: Int32Array } // as FoldThread gives it
let db: SqliteConnection
try {
  db = joinWriter(file)
  // What it commits need not be on the disk. Sooner than who commits it copies the log into the database, which takes tens of milliseconds.
  db.exec("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000")
  tell(foldState.idle, foldState.starting)
} catch (error) {
  tell(foldState.failed, foldState.starting)
  throw error
}

parentPort?.on("message", (order: "close" | { number: number; payload: Uint8Array<ArrayBuffer> }[]) => {
  try {
    if (order === "close") db.close()
    else {
      const frames = order.map(({ number, payload }) => ({
        number,
        payload: Buffer.from(payload.buffer, payload.byteOffset, payload.length),
      }))
      foldFrames(db, { frames, number: frames.at(-1)?.number ?? 0 })
    }
    tell(foldState.idle, foldState.busy)
  } catch (error) {
    tell(foldState.failed, foldState.busy)
    throw error
  }
})

// Where it was given up on, or closed before it was up, it stays so.
function tell(now: number, before: number): void {
  Atomics.compareExchange(state, 0, before, now)
  Atomics.notify(state, 0)
}
