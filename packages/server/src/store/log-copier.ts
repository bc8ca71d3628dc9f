import { fileURLToPath } from "node:url"
import { Worker } from "node:worker_threads"

/** So much is brought into the tables before it is copied: about half of what SQLite lets gather before it copies by itself. */
const copyBytes = 8 * 1024 * 1024
const settleMs = 10_000

const idle = 0
const copying = 1

export interface LogCopierEvents {
  /** All but the last of the log is in the database: whoever commits can copy the rest at once, and the log begins anew. */
  readonly copied: () => void
  readonly error: (error: unknown) => void
}

/**
 * Copies what the log beside the database (SQLite's WAL) has gathered into the database, in a thread of its own: it takes tens of
 * milliseconds, in which the thread that commits would stand still. What it leaves undone, or cannot do, SQLite does at a later
 * commit, so that it may fail and may be late.
 */
export class LogCopier {
  readonly #file: string
  readonly #on: LogCopierEvents
  /** Whether a copy is under way: shared, because `settle` cannot await a message. */
  readonly #state = new Int32Array(new SharedArrayBuffer(4))
  #worker: Worker | null = null
  #gathered = 0
  #isOff = false

  constructor(file: string, on: LogCopierEvents) {
    this.#file = file
    this.#on = on
  }

  /** Tells of bytes that came into the tables; starts a copy when there are many. */
  gathered(bytes: number): void {
    this.#gathered += bytes
    if (this.#gathered < copyBytes || this.#isOff || Atomics.load(this.#state, 0) === copying) return
    this.#gathered = 0
    this.#worker ??= this.#start()
    this.#order(this.#worker, "copy")
  }

  /** Returns when no copy is under way: who truncates the log has to be alone with it. */
  settle(): void {
    Atomics.wait(this.#state, 0, copying, settleMs)
  }

  /** Lets go of the database, between two copies, and ends the thread. */
  close(): void {
    this.settle()
    if (this.#worker === null || this.#isOff) return
    this.#isOff = true
    this.#order(this.#worker, "close")
    this.settle()
    void this.#worker.terminate()
  }

  #order(worker: Worker, order: "copy" | "close"): void {
    Atomics.store(this.#state, 0, copying)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(order)
  }

  #start(): Worker {
    const program = fileURLToPath(new URL("./log-copier-thread.ts", import.meta.url))
    const worker = new Worker(program, { workerData: { file: this.#file, state: this.#state } })
    worker.on("error", (error) => {
      this.#isOff = true
      Atomics.store(this.#state, 0, idle)
      this.#on.error(error)
    })
    worker.on("message", () => {
      if (!this.#isOff) this.#on.copied()
    })
    worker.unref()
    return worker
  }
}
