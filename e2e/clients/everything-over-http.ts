import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"

export type RunningServer = { readonly url: string; readonly close: () => Promise<void> }

const program = fileURLToPath(import.meta.resolve("@modelcontextprotocol/server-everything/dist/index.js"))

/** Starts the one reference server that speaks Streamable HTTP by itself. */
export async function startEverythingOverHttp(): Promise<RunningServer> {
  const port = await freePort()
  const child = spawn(process.execPath, [program, "streamableHttp"], {
    env: { PATH: process.env["PATH"] ?? "", PORT: String(port) },
    stdio: ["ignore", "ignore", "pipe"],
  })
  const closed = once(child, "close")
  await saysListening(child.stderr)
  return {
    url: `http://${loopbackInUrl}:${port}/mcp`,
    async close() {
      child.kill("SIGKILL")
      await closed
    },
  }
}

// the server takes a number and not 0, so a free port is found first; another process could take it in between
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, loopback)
  await once(probe, "listening")
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  return typeof address === "object" && address ? address.port : 0
}

async function saysListening(output: NodeJS.ReadableStream): Promise<void> {
  const lines = createInterface({ input: output })
  const timeout = AbortSignal.timeout(30_000)
  const [line] = await once(lines, "line", { signal: timeout })
  if (!String(line).includes("listening")) throw new Error(`the server did not start: ${String(line)}`)
  output.resume() // what it logs later must not fill the pipe
}
