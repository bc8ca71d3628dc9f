import { setTimeout as delay } from "node:timers/promises"
import { legacyRevision, type McpMessage, modernRevision } from "./mcp-message.ts"

/** Receives each message before it is acted on; a recording upstream makes it durable here. */
export type Witness = (message: McpMessage) => void

const text = { type: "string", maxLength: 1_000_000 }
const note = { id: { type: "string" }, text }
const inputOf = (properties: object) => ({ type: "object", properties, required: ["id"] })

/** One tool per way of being governed: read and answered, done alone, asked about, and slow enough to interrupt. */
export const tools = [
  {
    name: "echo",
    description: "Returns the text that it is given.",
    inputSchema: { type: "object", properties: { text } },
  },
  { name: "add_note", description: "Writes a note to the notebook.", inputSchema: inputOf(note) },
  {
    name: "send_note",
    description: "Sends a note to a person outside.",
    inputSchema: inputOf({ ...note, to: { type: "string" } }),
  },
  {
    name: "write_slowly",
    description: "Writes a note after a while.",
    inputSchema: inputOf({ ...note, ms: { type: "integer" } }),
  },
]

/** Answer one message of either era; a notification has no answer. */
export function answerMcp(
  message: McpMessage,
  witness: Witness,
  signal: AbortSignal,
): object | undefined | Promise<object | undefined> {
  witness(message)
  if (message.id === undefined || message.method === undefined) return undefined
  if (message.method === "tools/call") return answerCall(message, signal)
  const result = plainResult(message.method)
  return result === undefined
    ? { jsonrpc: "2.0", id: message.id, error: { code: -32601, message: "no such method" } }
    : { jsonrpc: "2.0", id: message.id, result }
}

function plainResult(method: string): object | undefined {
  const complete = { resultType: "complete" }
  const serverInfo = { name: "recording-upstream", version: "1" }
  const capabilities = { tools: {} }
  switch (method) {
    case "initialize":
      return { protocolVersion: legacyRevision, capabilities, serverInfo }
    case "server/discover":
      return {
        ...complete,
        supportedVersions: [modernRevision, legacyRevision],
        capabilities,
        ttlMs: 60_000,
        cacheScope: "public",
        _meta: { "io.modelcontextprotocol/serverInfo": serverInfo },
      }
    case "ping":
      return {}
    case "tools/list":
      return { ...complete, tools, ttlMs: 60_000, cacheScope: "public" }
    default:
      return undefined
  }
}

function answerCall(message: McpMessage, signal: AbortSignal): object | Promise<object> {
  const args = message.params?.["arguments"] as Record<string, unknown> | undefined // any shape is read field by field
  const answer = reply(message, typeof args?.["text"] === "string" ? args["text"] : "done")
  if (message.params?.["name"] !== "write_slowly") return answer
  const ms = Math.min(Number(args?.["ms"] ?? 1000) || 0, 600_000)
  return delay(ms, answer, { signal, ref: false }).catch(() => answer)
}

function reply(message: McpMessage, said: string) {
  const result = { resultType: "complete", content: [{ type: "text", text: said }] }
  return { jsonrpc: "2.0", id: message.id, result }
}
