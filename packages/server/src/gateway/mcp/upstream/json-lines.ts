import { Failure } from "@hufu/core/failure"
import { isUtf8 } from "node:buffer"

/**
 * Cuts bytes into lines, however the chunks fall; a line that grows beyond the bound fails.
 *
 * UNTRUSTED: text that is not UTF-8 fails too, so that what is decided on is what every reader sees.
 */
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
      if (!isUtf8(line)) throw new Failure("invalid_json", "a line is not UTF-8")
      const text = line.toString("utf8").trim()
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
