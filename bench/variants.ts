import { fileURLToPath } from "node:url"
import { freePort, startListener } from "../e2e/process/start-listener.ts"
import { startProcess } from "../e2e/process/start-process.ts"
import type { Era } from "../e2e/upstream/mcp-message.ts"
import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"

/** One way to reach the same tool, ready to be loaded. */
export interface Variant {
  name: VariantName
  url: string
  era: Era
  credential?: string
  /** The process whose CPU time counts as this variant's cost; absent where nothing stands between. */
  pid?: number
  /** Resolves once everything that the calls so far owe is durable; absent where nothing is owed. */
  drained?: (calls: number) => Promise<void>
  /** What was really in force, for the report. */
  note?: string
  stop(): Promise<void>
}

/** `…-http` forwards to the upstream over HTTP, `…-stdio` to the same logic over standard input and output. */
export type VariantName =
  | "direct"
  | "plain-http"
  | "hufu-http"
  | "hufu-stdio"
  | "mcp-proxy-stdio"
  | "supergateway-stdio"

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** The command of the upstream that speaks stdio: every proxy that starts one starts this one. */
export const stdioUpstream = [process.execPath, pathOf("../e2e/upstream/stdio-upstream.ts")]

/** The upstream itself, in its own process. */
export async function startDirect(era: Era): Promise<Variant> {
  const upstream = await startProcess(process.execPath, [pathOf("../e2e/upstream/http-upstream.ts")])
  return { name: "direct", era, url: String(upstream.ready["url"]), stop: upstream.stop }
}

/** Node's plain proxy of the same shape: node:http in, undici dispatch out, the reply streamed. */
export async function startPlainProxy(upstreamUrl: string, era: Era): Promise<Variant> {
  const proxy = await startProcess(process.execPath, [pathOf("./plain-proxy.ts"), "--upstream", upstreamUrl])
  return { name: "plain-http", era, url: String(proxy.ready["url"]), pid: proxy.pid, stop: proxy.stop }
}

/** mcp-proxy takes a stdio upstream alone; it runs without its event store, its own advice for request and response. */
export async function startMcpProxy(): Promise<Variant> {
  const port = await freePort()
  const bin = pathOf("./peers/node_modules/mcp-proxy/dist/bin/mcp-proxy.mjs")
  const options = ["--port", String(port), "--host", loopback, "--server", "stream", "--no-eventStore", "--"]
  const peer = await startListener(process.execPath, [bin, ...options, ...stdioUpstream], port)
  return { name: "mcp-proxy-stdio", era: "legacy", url: `http://${loopbackInUrl}:${port}/mcp`, ...peer }
}

/** supergateway, stateful: without sessions it starts a process for every request. */
export async function startSupergateway(): Promise<Variant> {
  const port = await freePort()
  const bin = pathOf("./peers/node_modules/supergateway/dist/index.js")
  const options = [
    "--outputTransport",
    "streamableHttp",
    "--stateful",
    "--port",
    String(port),
    "--logLevel",
    "none",
  ]
  const peer = await startListener(
    process.execPath,
    [bin, "--stdio", stdioUpstream.join(" "), ...options],
    port,
  )
  return { name: "supergateway-stdio", era: "legacy", url: `http://${loopbackInUrl}:${port}/mcp`, ...peer }
}
