import { fileURLToPath } from "node:url"
import { Worker } from "node:worker_threads"
import type { Frame } from "./journal.ts"

const settleMs = 10_000

/** What the thread is at; shared, because `settle` cannot await a message. */
export const foldState = { starting: 0, idle: 1, busy: 2, failed: 3 } as const

/** What the thread is to bring into the tables. */
export interface FoldOrder {
  /** The next ones after those in the tables, in order. */
  readonly frames: readonly Frame[]
  /** The number that the tables have then. */
  readonly number: number
  /** Whether everything up to that number is on the disk when it has settled. */
  readonly isDurable: boolean
}

/**
 * Brings frames of the journal into the tables in a thread of its own, so that the thread that commits does not stand still for it.
 * It is started by the first frames that it is offered, and takes some when it is up and has nothing else to do: what it does not
 * take, and what it fails at, whoever offers brings there himself. Both look at the number in the tables, so that nothing is brought
 * twice.
 *
 * INVARIANT: it writes only between `take` and `settle`; whoever settles is alone with the tables.
 */
export class FoldThread {
  readonly #file: string
  readonly #onError: (error: unknown) => void
  readonly #state = new Int32Array(new SharedArrayBuffer(4))
  #worker: Worker | null = null

  constructor(file: string, onError: (error: unknown) => void) {
    this.#file = file
    this.#onError = onError
  }

  get isBusy(): boolean {
    return Atomics.load(this.#state, 0) === foldState.busy
  }

  /** Whether what it took last did not get into the tables by it; from then on it takes nothing. */
  get hasFailed(): boolean {
    return Atomics.load(this.#state, 0) === foldState.failed
  }

  /** Takes an order, if it can. */
  take(order: FoldOrder): boolean {
    if (this.hasFailed) return false
    this.#worker ??= this.#start()
    const before = Atomics.compareExchange(this.#state, 0, foldState.idle, foldState.busy)
    if (before !== foldState.idle) return false
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.#worker.postMessage(order)
    return true
  }

  /** Returns when it brings nothing into the tables. */
  settle(): void {
    if (Atomics.wait(this.#state, 0, foldState.busy, settleMs) === "timed-out") this.#fail()
  }

  /** Lets go of the database and ends the thread. */
  close(): void {
    const worker = this.#worker
    if (worker === null) return
    this.#worker = null
    // One that is on its way up is about to open the database.
    Atomics.wait(this.#state, 0, foldState.starting, settleMs)
    this.settle()
    if (Atomics.compareExchange(this.#state, 0, foldState.idle, foldState.busy) === foldState.idle) {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      worker.postMessage("close")
      this.settle()
    }
    this.#fail()
    void worker.terminate()
  }

  #fail(): void {
    Atomics.store(this.#state, 0, foldState.failed)
  }

  #start(): Worker {
    const program = fileURLToPath(new URL("./fold-thread-program.ts", import.meta.url))
    const worker = new Worker(program, { workerData: { file: this.#file, state: this.#state } })
    worker.on("error", (error) => {
      this.#fail()
      this.#onError(error)
    })
    worker.unref()
    return worker
  }
}
