import { parentPort, workerData } from "node:worker_threads"
import { foldFrames } from "./fold-rows.ts"
import { type FoldOrder, foldState } from "./fold-thread.ts"
import { joinWriter, type SqliteConnection } from "./sqlite-connection.ts"

// The thread of a FoldThread: brings the frames that it is given into the tables, and says so by the shared state. The journal keeps
// them until the thread that commits has them on the disk.

const { file, state } = workerData as { file: string; state: Int32Array } // as FoldThread gives it
let db: SqliteConnection
try {
  db = joinWriter(file)
  // It copies the log into the database, little at a time: what is put on the disk there keeps the journal's own writes waiting.
  db.exec("PRAGMA wal_autocheckpoint = 250")
  tell(foldState.idle, foldState.starting)
} catch (error) {
  tell(foldState.failed, foldState.starting)
  throw error
}

parentPort?.on("message", (order: "close" | Copied<FoldOrder>) => {
  try {
    if (order === "close") db.close()
    else fold(order)
    tell(foldState.idle, foldState.busy)
  } catch (error) {
    tell(foldState.failed, foldState.busy)
    throw error
  }
})

/** An order as it comes here: bytes are no Buffers any more. */
type Copied<O extends FoldOrder> = Omit<O, "frames"> & {
  readonly frames: readonly { readonly number: number; readonly payload: Uint8Array }[]
}

function fold({ frames, number, isDurable }: Copied<FoldOrder>): void {
  // What the journal keeps need not be on the disk by this too.
  db.exec(`PRAGMA synchronous = ${isDurable ? "FULL" : "NORMAL"}`)
  foldFrames(db, {
    frames: frames.map((frame) => ({
      number: frame.number,
      payload: Buffer.from(frame.payload.buffer, frame.payload.byteOffset, frame.payload.length),
    })),
    number,
    isDurable,
  })
}

// Where it was given up on, or closed before it was up, it stays so.
function tell(now: number, before: number): void {
  Atomics.compareExchange(state, 0, before, now)
  Atomics.notify(state, 0)
}
