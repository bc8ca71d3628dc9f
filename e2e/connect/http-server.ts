import { once } from "node:events"
import { createServer, type IncomingHttpHeaders, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"

/** A tool server over HTTP that lets in only who has the right header, and keeps what it saw. */
export interface HttpServer {
  readonly url: string
  readonly seen: readonly IncomingHttpHeaders[]
  close(): Promise<void>
}

const authorization = "Bearer s3cret-two"
const answers: Readonly<Record<string, object>> = {
  initialize: {
    protocolVersion: "2025-11-25",
    capabilities: { tools: {} },
    serverInfo: { name: "remote", version: "1" },
  },
  "tools/list": {
    tools: [{ name: "issues", description: "Lists the open issues", inputSchema: { type: "object" } }],
  },
  "tools/call": { content: [{ type: "text", text: "no open issues" }] },
  ping: {},
}

/** Starts it on a free port of this machine. */
export async function startHttpServer(): Promise<HttpServer> {
  const seen: IncomingHttpHeaders[] = []
  const server: Server = createServer((request, response) => {
    void (async () => {
      seen.push(request.headers)
      if (request.headers.authorization !== authorization) return response.writeHead(401).end()
      if (request.method !== "POST") return response.writeHead(405).end()
      // What a client sends is a JSON-RPC message.
      const { id, method } = JSON.parse(await text(request)) as { id?: number; method: string }
      if (id === undefined) return response.writeHead(202).end()
      const result = answers[method]
      const answer = result ? { result } : { error: { code: -32601, message: "there is no such method" } }
      response.writeHead(200, { "content-type": "application/json" })
      return response.end(JSON.stringify({ jsonrpc: "2.0", id, ...answer }))
    })()
  })
  server.listen(0, loopback)
  await once(server, "listening")
  // It listens on TCP, so it has a port.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${loopbackInUrl}:${port}/mcp`,
    seen,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}
