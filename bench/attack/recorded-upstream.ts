import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { json } from "node:stream/consumers"
import { canonicalize } from "@hufu/core/json/canonical"
import type { JsonObject } from "@hufu/core/json/json-value"
import { type McpMessage, modernRevision } from "../../e2e/upstream/mcp-message.ts"
import type { RecordedCall, RecordedTool } from "./read-suites.ts"
import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"

/** A tool server that gives back what was recorded. */
export interface RecordedUpstream {
  readonly url: string
  /** From now on it answers as it did in this run. */
  play(calls: readonly RecordedCall[]): void
  /** How many calls reached it since. */
  readonly reached: number
  stop(): Promise<void>
}

/** Starts it on a free port of this machine: real MCP over HTTP, stateless. */
export async function startRecordedUpstream(tools: readonly RecordedTool[]): Promise<RecordedUpstream> {
  let recorded = new Map<string, RecordedCall[]>()
  let reached = 0

  function answer(message: McpMessage): object | undefined {
    if (message.id === undefined) return undefined
    const result = resultOf(message)
    return { jsonrpc: "2.0", id: message.id, result }
  }

  function resultOf({ method, params }: McpMessage): object {
    const complete = { resultType: "complete" }
    if (method === "server/discover")
      return {
        ...complete,
        supportedVersions: [modernRevision],
        capabilities: { tools: {} },
        ttlMs: 60_000,
        cacheScope: "public",
        _meta: { "io.modelcontextprotocol/serverInfo": { name: "recorded", version: "1" } },
      }
    if (method === "tools/list")
      return { ...complete, tools: tools.map(listed), ttlMs: 60_000, cacheScope: "public" }
    if (method !== "tools/call") return complete
    reached += 1
    const call = recorded.get(keyOf(String(params?.["name"]), params?.["arguments"] as JsonObject))?.shift()
    const text = call?.text ?? "nothing was recorded for this call"
    return { ...complete, content: [{ type: "text", text }], isError: call?.isError ?? true }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const said = answer((await json(request)) as McpMessage) // what the gateway sends
    if (said === undefined) response.writeHead(202).end()
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(said))
  }

  const server = createServer((request, response) => {
    void serve(request, response)
  })
  server.listen(0, loopback)
  await once(server, "listening")
  const { port } = server.address() as AddressInfo // listening on TCP
  return {
    url: `http://${loopbackInUrl}:${port}/mcp`,
    get reached() {
      return reached
    },
    play(calls) {
      reached = 0
      recorded = Map.groupBy(calls, (call) => keyOf(call.tool, call.arguments))
    },
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function listed({ name, description, parameters }: RecordedTool) {
  return { name, description, inputSchema: parameters }
}

function keyOf(tool: string, args: JsonObject): string {
  return `${tool} ${canonicalize(args)}`
}
