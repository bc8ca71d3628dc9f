import { Pool } from "undici"
import {
  type Era,
  legacyRevision,
  type McpMessage,
  modernMeta,
  modernRevision,
} from "./upstream/mcp-message.ts"

/** What came back over HTTP: the status and, where the body held one, the JSON-RPC answer. */
export interface DoorAnswer {
  status: number
  message: McpMessage | undefined
  headers: Record<string, string | string[] | undefined>
}

/** One client of an MCP door over HTTP, with its own session where the era has sessions. */
export interface McpCaller {
  era: Era
  /** The headers of its session, for code that sends its own bytes. */
  headers: Record<string, string>
  call(tool: string, args: Record<string, unknown>, signal?: AbortSignal): Promise<DoorAnswer>
  request(method: string, params: Record<string, unknown>, signal?: AbortSignal): Promise<DoorAnswer>
  close(): Promise<void>
}

export interface CallerOptions {
  url: string
  era: Era
  credential?: string
  connections?: number
}

/** Open a client and, in the legacy era, its session. */
export async function openCaller(options: CallerOptions): Promise<McpCaller> {
  const at = new URL(options.url)
  const pool = new Pool(at.origin, {
    connections: options.connections ?? 1,
    headersTimeout: 0,
    bodyTimeout: 0,
  })
  const headers = baseHeaders(options)
  let nextId = 1
  const post = (message: McpMessage, signal?: AbortSignal) =>
    postMessage(
      { pool, path: at.pathname + at.search, headers: headersFor(headers, message, options.era) },
      message,
      signal,
    )
  const request = (method: string, params: Record<string, unknown>, signal?: AbortSignal) =>
    post({ jsonrpc: "2.0", id: nextId++, method, params: paramsFor(params, options.era) }, signal)
  if (options.era === "legacy") await startSession(request, post, headers)
  return {
    era: options.era,
    headers,
    request,
    call: (tool, args, signal) => request("tools/call", { name: tool, arguments: args }, signal),
    close: () => pool.destroy(),
  }
}

function baseHeaders(options: CallerOptions): Record<string, string> {
  return {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": options.era === "legacy" ? legacyRevision : modernRevision,
    ...(options.credential === undefined ? {} : { authorization: `Bearer ${options.credential}` }),
  }
}

/** The headers that 2026-07-28 requires on every POST, taken from the body that they describe. */
export function headersFor(
  base: Record<string, string>,
  message: McpMessage,
  era: Era,
): Record<string, string> {
  if (era === "legacy" || message.method === undefined) return base
  const name = message.params?.["name"] ?? message.params?.["uri"] ?? message.params?.["taskId"]
  return { ...base, "mcp-method": message.method, ...(typeof name === "string" ? { "mcp-name": name } : {}) }
}

function paramsFor(params: Record<string, unknown>, era: Era): Record<string, unknown> {
  return era === "legacy" ? params : { _meta: modernMeta, ...params }
}

type Send = (message: McpMessage) => Promise<DoorAnswer>

async function startSession(request: McpCaller["request"], post: Send, headers: Record<string, string>) {
  const answer = await request("initialize", {
    protocolVersion: legacyRevision,
    capabilities: {},
    clientInfo: { name: "hufu-e2e", version: "1" },
  })
  if (answer.message?.result === undefined)
    throw new Error(`the door answered ${answer.status} to initialize`)
  const session = answer.headers["mcp-session-id"]
  if (typeof session === "string") headers["mcp-session-id"] = session
  await post({ jsonrpc: "2.0", method: "notifications/initialized" })
}

interface PostTo {
  pool: Pool
  path: string
  headers: Record<string, string>
}

async function postMessage(to: PostTo, message: McpMessage, signal?: AbortSignal): Promise<DoorAnswer> {
  const response = await to.pool.request({
    path: to.path,
    method: "POST",
    headers: to.headers,
    body: JSON.stringify(message),
    ...(signal === undefined ? {} : { signal }),
  })
  const body = await response.body.text()
  return { status: response.statusCode, headers: response.headers, message: readAnswer(body, message.id) }
}

/** The answer to one request in a JSON body or in an event stream that may hold notifications before it. */
export function readAnswer(body: string, id: McpMessage["id"]): McpMessage | undefined {
  const events = body.startsWith("{")
    ? [body]
    : body.split("\n").flatMap((line) => /^data: ?(.+)/s.exec(line)?.[1] ?? [])
  const messages = events.map((event) => JSON.parse(event) as McpMessage) // read field by field by the caller
  return messages.find((message) => message.id === id && message.method === undefined)
}
