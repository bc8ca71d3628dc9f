import { existsSync, readFileSync, rmSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"

const preload = new URL("./collect-on-signal.mjs", import.meta.url).href
const answerWithinMs = 20_000

/** Memory of a process after garbage collection, in bytes. */
export interface MemoryLeft {
  rss: number
  /** Everything that JavaScript holds: heap and buffers. */
  held: number
}

/** Measures processes that were started with its environment. */
export interface MemoryProbe {
  env: Record<string, string>
  read(pid: number): Promise<MemoryLeft>
  close(): Promise<void>
}

/** Make a probe; start the process to be measured with its `env`. */
export async function openMemoryProbe(): Promise<MemoryProbe> {
  const folder = await mkdtemp(join(tmpdir(), "soak-memory-"))
  return {
    env: { NODE_OPTIONS: `--import=${preload}`, SOAK_MEMORY_FOLDER: folder },
    read: (pid) => readMemory(pid, join(folder, `${pid}.json`)),
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

async function readMemory(pid: number, file: string): Promise<MemoryLeft> {
  rmSync(file, { force: true })
  process.kill(pid, "SIGUSR2")
  const until = performance.now() + answerWithinMs
  while (!existsSync(file)) {
    if (performance.now() > until) throw new Error(`process ${pid} did not report its memory`)
    await delay(20)
  }
  const usage = JSON.parse(readFileSync(file, "utf8")) as NodeJS.MemoryUsage // collect-on-signal.mjs wrote it
  return { rss: usage.rss, held: usage.heapUsed + usage.external }
}
