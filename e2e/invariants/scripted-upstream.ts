import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { json } from "node:stream/consumers"
import { legacyRevision, type McpMessage, modernRevision } from "../upstream/mcp-message.ts"
import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"

/** One tool call as it reached the upstream, in the order in which calls came. */
export interface ReceivedCall {
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
}

/** An MCP server over HTTP inside the test: it keeps what reaches it, and does what the test tells it to. */
export interface ScriptedUpstream {
  readonly url: string
  /** Everything that came, in order. */
  readonly received: readonly McpMessage[]
  /** How many connections were opened to it, by whomever. */
  readonly connections: number
  /** The tools that it offers from now on. */
  tools: readonly object[]
  /** What it says of itself when it is greeted. */
  about: { readonly serverInfo: object; readonly instructions?: string }
  /** What it says to the client on the stream of every call before it answers. */
  questions: readonly object[]
  /** What a call answers; a promise keeps the caller waiting. */
  answer: (call: ReceivedCall) => object | Promise<object>
  calls(): ReceivedCall[]
  /** Resolves when as many calls have come in all. */
  arrived(count: number): Promise<void>
  /** Resolves with what came back to its questions, when as many answers have come. */
  answers(count: number): Promise<McpMessage[]>
  /** Resolves when as many callers have gone away before they were answered. */
  abandoned(count: number): Promise<void>
  close(): Promise<void>
}

const text = { type: "string" }
const tool = (name: string, description: string, properties: object) => ({
  name,
  description,
  inputSchema: { type: "object", properties },
})

/** One tool for each effect that these tests need. */
export const usualTools = [
  tool("get_note", "Gets a note by its id.", { id: text }),
  tool("add_note", "Writes a note to the notebook.", { id: text, text }),
  tool("delete_note", "Deletes a note.", { id: text }),
  tool("send_note", "Sends a note to a person outside.", { id: text, text, to: text }),
  tool("pay_invoice", "Pays an invoice.", { id: text, amount: { type: "integer" } }),
]

/** What a tool answers when nobody scripted anything else. */
export const done = { resultType: "complete", content: [{ type: "text", text: "done" }] }

/** Starts one on a free port. */
export async function startUpstream(): Promise<ScriptedUpstream> {
  const received: McpMessage[] = []
  const changed = new Set<() => void>()
  const state = { connections: 0, abandoned: 0 }
  const server = createServer((request, response) => void serve(request, response))
  server.on("connection", () => state.connections++)
  server.listen(0, loopback)
  await once(server, "listening")
  const { port } = server.address() as AddressInfo // listening on TCP, so never a path

  const tell = () => {
    for (const listener of changed) listener()
  }
  const until = (isSo: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!isSo()) return
        changed.delete(look)
        resolve()
      }
      changed.add(look)
      look()
    })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // The stream on which a server may speak first; this one says nothing.
    if (request.method === "GET") return response.writeHead(200, eventStream).flushHeaders()
    if (request.method !== "POST") return void response.writeHead(405).end()
    response.once("close", () => {
      if (!response.writableEnded) state.abandoned++
      tell()
    })
    const message = (await json(request)) as McpMessage // read field by field below
    received.push(message)
    tell()
    if (message.method === "tools/call" && upstream.questions.length > 0) {
      response.writeHead(200, eventStream)
      for (const question of upstream.questions) response.write(`data: ${JSON.stringify(question)}\n\n`)
      const answer = { jsonrpc: "2.0", id: message.id, result: await resultFor(message) }
      return void response.end(`data: ${JSON.stringify(answer)}\n\n`)
    }
    const result = await resultFor(message)
    if (message.id === undefined || message.method === undefined) return void response.writeHead(202).end()
    const said = result === undefined ? { error: { code: -32601, message: "no such method" } } : { result }
    response.writeHead(200, { "content-type": "application/json" })
    return void response.end(JSON.stringify({ jsonrpc: "2.0", id: message.id, ...said }))
  }

  const resultFor = (message: McpMessage): object | undefined | Promise<object> => {
    if (message.method === "tools/call") return upstream.answer(callOf(message))
    if (message.method === "tools/list") return { ...cached, tools: upstream.tools }
    if (message.method === "resources/read")
      return { ...cached, contents: [{ uri: message.params?.["uri"], text: "the resource" }] }
    return fixedResult(message.method, upstream.about)
  }

  const upstream: ScriptedUpstream = {
    url: `http://${loopbackInUrl}:${port}/mcp`,
    received,
    get connections() {
      return state.connections
    },
    tools: usualTools,
    about: { serverInfo: { name: "scripted-upstream", version: "1" } },
    questions: [],
    answer: () => done,
    calls: () => received.filter(({ method }) => method === "tools/call").map(callOf),
    arrived: (count) => until(() => upstream.calls().length >= count),
    async answers(count) {
      const came = () => received.filter(({ method, id }) => method === undefined && id !== undefined)
      await until(() => came().length >= count)
      return came()
    },
    abandoned: (count) => until(() => state.abandoned >= count),
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
  return upstream
}

const eventStream = { "content-type": "text/event-stream" }
const cached = { resultType: "complete", ttlMs: 0, cacheScope: "private" }
const capabilities = { tools: {}, resources: {} }

function fixedResult(
  method: string | undefined,
  { serverInfo, ...about }: ScriptedUpstream["about"],
): object | undefined {
  if (method === "initialize") return { protocolVersion: legacyRevision, capabilities, serverInfo, ...about }
  if (method === "ping") return {}
  if (method !== "server/discover") return undefined
  const supportedVersions = [modernRevision, legacyRevision]
  return {
    ...cached,
    ...about,
    supportedVersions,
    capabilities,
    _meta: { "io.modelcontextprotocol/serverInfo": serverInfo },
  }
}

function callOf({ params = {} }: McpMessage): ReceivedCall {
  // The node forwards only calls that have a name and an object of arguments.
  return { tool: String(params["name"]), args: (params["arguments"] ?? {}) as ReceivedCall["args"] }
}
