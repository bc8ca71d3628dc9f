import { request } from "undici"
import { headersFor, readAnswer } from "../mcp-caller.ts"
import { type McpMessage, modernMeta, modernRevision } from "../upstream/mcp-message.ts"

/** What the door said. */
export interface Answer {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly message: McpMessage | undefined
  /** Whether the tool server did what was asked, rather than Hufu answering in its place. */
  readonly isDone: boolean
  /** Hufu's code, where it did not take the request. */
  readonly code: string | undefined
  /** The name of the reason for which a token does not count. */
  readonly refused: string | undefined
  /** Why, in its words. */
  readonly why: string | undefined
}

/** The bytes and headers of one message of the newer revision, without whoever sends it. */
export function messageOf(method: string, params: Record<string, unknown> = {}) {
  const message: McpMessage = { jsonrpc: "2.0", id: 1, method, params: { _meta: modernMeta, ...params } }
  const headers = headersFor(
    {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": modernRevision,
    },
    message,
    "modern",
  )
  return { headers, body: JSON.stringify(message) }
}

/** Sends one message to the door. */
export async function postMessage(
  url: string | URL,
  { headers, body }: { headers: Record<string, string>; body: string },
): Promise<Answer> {
  const reply = await request(url, { method: "POST", headers, body })
  const text = await reply.body.text()
  const message = readAnswer(text, 1)
  const refusal = message === undefined ? (JSON.parse(text || "{}") as McpMessage).error : message.error
  const data = refusal?.data as { code?: string; refused?: string } | undefined // what Hufu says in its place
  return {
    status: reply.statusCode,
    headers: reply.headers,
    message,
    isDone: message?.result !== undefined && message.result["isError"] !== true,
    code: data?.code,
    refused: data?.refused,
    why: refusal?.message,
  }
}
