import { Failure } from "@hufu/core/failure"
import { isUtf8 } from "node:buffer"

/**
 * What stands for a line that is not UTF-8: no JSON either, so whoever reads it refuses that one line and goes on.
 * UNTRUSTED: decoded with replacements it would be another text than the one that was sent.
 */
const unreadable = "\ufffd"

/** Cuts bytes into lines, however the chunks fall; a line that grows beyond the bound fails. */
export function createLineSplitter(maxBytes: number): (chunk: Buffer) => string[] {
  let held: Buffer[] = []
  let size = 0
  return (chunk) => {
    const lines: string[] = []
    let start = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      held.push(chunk.subarray(start, end))
      const line = Buffer.concat(held)
      if (line.length > maxBytes) throw tooLong(maxBytes)
      const text = isUtf8(line) ? line.toString("utf8").trim() : unreadable
      if (text !== "") lines.push(text)
      held = []
      size = 0
      start = end + 1
    }
    if (start < chunk.length) {
      held.push(chunk.subarray(start))
      size += chunk.length - start
      if (size > maxBytes) throw tooLong(maxBytes)
    }
    return lines
  }
}

function tooLong(maxBytes: number): Failure {
  return new Failure("too_large", `a line is longer than ${maxBytes} bytes`)
}
