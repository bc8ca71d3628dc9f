import type { JsonObject } from "@hufu/core/json/json-value"
import { metaKeys, modernVersion } from "../era.ts"
import { mirrorHeaders } from "../header-agreement.ts"
import { createSseSplitter } from "../sse.ts"
import type { RpcRequest } from "../upstream/link.ts"

/** What came back for one POST: its status, and every message of its reply in order. */
export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly messages: JsonObject[]
  /** The last message that is a response. */
  readonly response: JsonObject
  readonly result: JsonObject
}

export interface PostOptions {
  readonly token?: string
  readonly headers?: Record<string, string>
  readonly signal?: AbortSignal
  /** Called with each message as it comes. */
  readonly onMessage?: (message: JsonObject) => void
}

/** Posts any JSON text; reads a stream to its end. */
export async function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  options: PostOptions = {},
): Promise<Reply> {
  const response = await fetch(url, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...(options.token === "" ? {} : { authorization: `Bearer ${options.token ?? "agent"}` }),
      ...options.headers,
    },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  const messages: JsonObject[] = []
  const take = (text: string) => {
    // The doors write JSON objects alone.
    const message = JSON.parse(text) as JsonObject
    messages.push(message)
    options.onMessage?.(message)
  }
  if (response.headers.get("content-type")?.startsWith("text/event-stream") && response.body !== null) {
    const splitter = createSseSplitter(1 << 26)
    for await (const chunk of response.body) {
      for (const event of splitter.push(Buffer.from(chunk))) if (event.data !== undefined) take(event.data)
    }
  } else {
    const text = await response.text()
    if (text !== "" && response.headers.get("content-type")?.startsWith("application/json")) take(text)
  }
  const last = messages.findLast((one) => "result" in one || "error" in one) ?? {}
  // A result is an object by the protocol; tests look at its members.
  return {
    status: response.status,
    headers: response.headers,
    messages,
    response: last,
    result: (last["result"] ?? {}) as JsonObject,
  }
}

let nextId = 1

/** A legacy request. */
export function legacy(method: string, params: JsonObject = {}): RpcRequest {
  return { jsonrpc: "2.0", id: nextId++, method, params }
}

/** A modern request with its `_meta`. */
export function modern(method: string, params: JsonObject = {}, capabilities: JsonObject = {}): RpcRequest {
  // The tests give objects.
  const given = (params["_meta"] ?? {}) as JsonObject
  const meta = {
    [metaKeys.protocolVersion]: modernVersion,
    [metaKeys.clientCapabilities]: capabilities,
    ...given,
  }
  return { jsonrpc: "2.0", id: nextId++, method, params: { ...params, _meta: meta } }
}

/** Posts a modern request with the headers that mirror it. */
export function postModern(url: string, request: RpcRequest, options: PostOptions = {}): Promise<Reply> {
  const headers = {
    "mcp-protocol-version": modernVersion,
    ...mirrorHeaders(request, undefined),
    ...options.headers,
  }
  return post(url, JSON.stringify(request), { ...options, headers })
}

/** A legacy session: initialized, with its id on every request. */
export async function openSession(url: string, capabilities: JsonObject = {}, options: PostOptions = {}) {
  const hello = legacy("initialize", {
    protocolVersion: "2025-11-25",
    capabilities,
    clientInfo: { name: "test", version: "1" },
  })
  const opened = await post(url, JSON.stringify(hello), options)
  const id = opened.headers.get("mcp-session-id") ?? ""
  const headers = { "mcp-session-id": id, "mcp-protocol-version": "2025-11-25", ...options.headers }
  const send = (message: object, more: PostOptions = {}) =>
    post(url, JSON.stringify(message), { ...options, ...more, headers: { ...headers, ...more.headers } })
  await send({ jsonrpc: "2.0", method: "notifications/initialized" })
  return {
    id,
    opened,
    headers,
    send,
    request: (method: string, params?: JsonObject, more?: PostOptions) => send(legacy(method, params), more),
  }
}
