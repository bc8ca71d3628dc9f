import { readdirSync, statSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type StartedProcess, startProcess } from "../../e2e/process/start-process.ts"
import type { LedgerOrder, OrderFigures } from "./order.ts"

const program = fileURLToPath(new URL("./ledger-process.ts", import.meta.url))

/** A ledger in a process of its own. */
export interface LedgerUnderTest {
  /** From the start of the process until the ledger is open. */
  readonly startMs: number
  /** Resident memory right after that. */
  readonly residentBytes: number
  order<K extends LedgerOrder["kind"]>(order: Extract<LedgerOrder, { kind: K }>): Promise<OrderFigures[K]>
  /** Bytes of everything in its folder. */
  bytes(): number
  stop(): Promise<void>
}

export async function openLedgerProcess(folder: string): Promise<LedgerUnderTest> {
  const before = performance.now()
  const running = await startProcess(process.execPath, [program, folder])
  const startMs = performance.now() - before
  return {
    startMs,
    residentBytes: Number(running.ready["residentBytes"]),
    order: (order) => ask(running, order),
    bytes: () => bytesOf(folder),
    async stop() {
      // What it holds is closed in order once nothing more can be asked.
      running.stdin.end()
      await running.nextLine()
      await running.stop()
    },
  }
}

/** One order and its answer. The process answers each kind with the figures of that kind. */
export async function ask<T>(running: StartedProcess, order: object): Promise<T> {
  running.stdin.write(`${JSON.stringify(order)}\n`)
  const line = await running.nextLine()
  if (line === "") throw new Error(`the process ended at ${JSON.stringify(order)}: ${running.errorText()}`)
  return JSON.parse(line) as T
}

function bytesOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile())
    .reduce((sum, each) => sum + statSync(join(each.parentPath, each.name)).size, 0)
}
