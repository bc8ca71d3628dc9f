import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { startProcess } from "../process/start-process.ts"
import type { McpMessage } from "./mcp-message.ts"
import { followRecord } from "./record-file.ts"

const program = fileURLToPath(new URL("./http-upstream.ts", import.meta.url))

/** An upstream in its own process that writes down everything that reaches it. */
export interface Recorder {
  url: string
  file: string
  /** What reached it since the last time this was asked. */
  received: () => McpMessage[]
  stop: () => Promise<void>
}

/** Start a recording upstream over HTTP. */
export async function startRecorder(options: { keepAliveMs?: number } = {}): Promise<Recorder> {
  const folder = await mkdtemp(join(tmpdir(), "recorder-"))
  const file = join(folder, "received.jsonl")
  const running = await startProcess(process.execPath, [
    program,
    "--record",
    file,
    "--keep-alive-ms",
    String(options.keepAliveMs ?? 60_000),
  ])
  return {
    url: String(running.ready["url"]),
    file,
    received: followRecord(file),
    stop: async () => {
      await running.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
