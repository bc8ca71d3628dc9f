import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { parseArgs } from "node:util"
import { type Dispatcher, Pool } from "undici"
import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"

// The yardstick: what Node needs to read a body, forward it and stream the reply, with no governing at all.

const { values } = parseArgs({
  options: { upstream: { type: "string" }, port: { type: "string", default: "0" } },
})
if (values.upstream === undefined) throw new Error("name the upstream with `--upstream URL`")
const upstream = new URL(values.upstream)
const pool = new Pool(upstream.origin, { connections: 128, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 })
const forwarded = [
  "content-type",
  "accept",
  "mcp-protocol-version",
  "mcp-method",
  "mcp-name",
  "mcp-session-id",
  "a2a-version",
]

// Whoever started this process holds its input; when they are gone, it goes too.
process.stdin.on("close", () => process.exit()).resume()

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => forward(request, response, Buffer.concat(chunks)))
})
server.keepAliveTimeout = 60_000
server.listen(Number(values.port), loopback, () => {
  const { port } = server.address() as AddressInfo // listening on TCP, so the address is never a path
  process.stdout.write(
    `${JSON.stringify({ url: `http://${loopbackInUrl}:${port}/mcp`, pid: process.pid })}\n`,
  )
})

function forward(request: IncomingMessage, response: ServerResponse, body: Buffer) {
  const headers: Record<string, string> = {}
  for (const name of forwarded) {
    const value = request.headers[name]
    if (typeof value === "string") headers[name] = value
  }
  const path = upstream.pathname + upstream.search
  const method = request.method as Dispatcher.HttpMethod // node:http has parsed it already
  const hasBody = method !== "GET" && method !== "HEAD"
  pool.dispatch({ path, method, headers, body: hasBody ? body : null }, streamTo(response))
}

function streamTo(response: ServerResponse): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (controller) => {
      response.on("close", () => {
        if (!response.writableFinished) controller.abort(new Error("the client left"))
      })
    },
    onResponseStart: (_controller, status, headers) => {
      delete headers["connection"]
      delete headers["keep-alive"]
      response.writeHead(status, headers)
    },
    onResponseData: (controller, chunk) => {
      if (response.write(chunk)) return
      controller.pause()
      response.once("drain", () => controller.resume())
    },
    onResponseEnd: () => void response.end(),
    onResponseError: () => {
      if (!response.headersSent) response.writeHead(502)
      response.end()
    },
  }
}
