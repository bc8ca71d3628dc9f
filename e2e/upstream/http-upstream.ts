import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { parseArgs } from "node:util"
import { loopback } from "@hufu/server/http/testing/loopback"
import { answerMcp, type Witness } from "./answer-mcp.ts"
import type { McpMessage } from "./mcp-message.ts"
import { recordTo } from "./record-file.ts"

// A minimal MCP server over HTTP in its own process: what stands behind the doors in these runs.
// It reads each body once, answers JSON, and knows no sessions, so that its own cost stays small.

const maxBodyBytes = 32 * 1024 * 1024

const { values } = parseArgs({
  options: {
    host: { type: "string", default: loopback },
    port: { type: "string", default: "0" },
    record: { type: "string" },
    "keep-alive-ms": { type: "string", default: "60000" },
  },
})
const witness: Witness = recordTo(values.record)

// Whoever started this process holds its input; when they are gone, it goes too.
process.stdin.on("close", () => process.exit()).resume()

const server = createServer((request, response) => {
  if (request.method !== "POST") {
    openStream(request, response)
    return
  }
  const chunks: Buffer[] = []
  let bytes = 0
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > maxBodyBytes) request.destroy()
    chunks.push(chunk)
  })
  request.on("end", () => void answer(request, response, Buffer.concat(chunks)))
})
server.keepAliveTimeout = Number(values["keep-alive-ms"])
server.listen(Number(values.port), values.host, () => {
  const { address, port } = server.address() as AddressInfo // listening on TCP, so the address is never a path
  const name = address.includes(":") ? `[${address}]` : address
  process.stdout.write(`${JSON.stringify({ url: `http://${name}:${port}/mcp`, pid: process.pid })}\n`)
})

// The legacy era's stream for what a server says by itself: it stays open and silent until the client leaves.
function openStream(request: IncomingMessage, response: ServerResponse) {
  const wanted = request.method === "GET" && request.headers.accept?.includes("text/event-stream") === true
  if (!wanted) response.writeHead(405).end()
  else response.writeHead(200, { "content-type": "text/event-stream" }).write(": open\n\n")
}

async function answer(request: IncomingMessage, response: ServerResponse, body: Buffer) {
  const gone = new AbortController()
  response.on("close", () => gone.abort())
  try {
    const message = JSON.parse(body.toString("utf8")) as McpMessage // read field by field below
    const pending = answerMcp(message, witness, gone.signal)
    send(response, pending instanceof Promise ? await pending : pending)
  } catch {
    response.writeHead(400).end()
  }
}

function send(response: ServerResponse, result: object | undefined) {
  if (result === undefined) {
    response.writeHead(202).end()
    return
  }
  const text = JSON.stringify(result)
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) })
  response.end(text)
}
