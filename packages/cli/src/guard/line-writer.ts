import { once } from "node:events"
import type { Writable } from "node:stream"

/** Writes lines in order; what it returns resolves when the reader has caught up. */
export function lineWriter(stream: Writable): (line: string) => Promise<void> {
  return async function write(line) {
    if (stream.destroyed || !stream.writable) return
    if (stream.write(`${line}\n`)) return
    await Promise.race([once(stream, "drain"), once(stream, "close")]).catch(() => {})
  }
}
