import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from "node:fs"
import type { McpMessage } from "./mcp-message.ts"
import type { Witness } from "./answer-mcp.ts"

/** Where to record what an upstream receives; none means that nothing is kept. */
export function recordTo(file: string | undefined): Witness & { close?: () => void } {
  if (file === undefined) return () => {}
  const fd = openSync(file, "a", 0o600)
  const record: Witness & { close?: () => void } = (message) => {
    writeSync(fd, `${JSON.stringify(message)}\n`)
    // INVARIANT: a performed call is on disk before its answer exists, so that the record is never behind the caller.
    if (message.method === "tools/call") fdatasyncSync(fd)
  }
  record.close = () => closeSync(fd)
  return record
}

/** Reads what an upstream has received since the last call, in order. */
export function followRecord(file: string): () => McpMessage[] {
  let read = 0
  return () => {
    const bytes = readFileSync(file).subarray(read)
    const whole = bytes.subarray(0, bytes.lastIndexOf(10) + 1) // a line that is still being written comes next time
    read += whole.length
    return whole
      .toString("utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as McpMessage) // written by recordTo alone
  }
}
