import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from "node:fs"
import { join } from "node:path"
import { quantile } from "./statistics.ts"

const writes = 300
const entryBytes = 512

/** How long this disk needs to make one small append durable, in ms. */
export function probeFsync(folder: string): { p50Ms: number; p99Ms: number } {
  const file = join(folder, "fsync-probe")
  const fd = openSync(file, "w", 0o600)
  const bytes = Buffer.alloc(entryBytes, 1)
  const took: number[] = []
  for (let n = 0; n < writes; n++) {
    const before = performance.now()
    writeSync(fd, bytes)
    fdatasyncSync(fd)
    took.push(performance.now() - before)
  }
  closeSync(fd)
  rmSync(file)
  took.sort((a, b) => a - b)
  return { p50Ms: quantile(took, 0.5), p99Ms: quantile(took, 0.99) }
}
