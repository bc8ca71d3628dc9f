import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"

/** How an implementation is spoken to. */
export type Binding = "JSONRPC" | "HTTP+JSON"

/** An answer of either binding, as far as the checks look at it. */
export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: JsonObject
  /** What a method gave; undefined where it failed. */
  readonly result: JsonObject | undefined
  /** The code of JSON-RPC, or the status of HTTP. */
  readonly errorCode: number | undefined
  readonly errorMessage: string
  /** What stands beside the error: `google.rpc` messages. */
  readonly details: readonly JsonObject[]
}

/** A stream that is open; whoever stops reading closes it. */
export interface Stream {
  readonly answer: Answer | undefined
  readonly contentType: string
  /** Each event as the binding wraps it. */
  raw(): AsyncIterable<JsonObject>
  /** Each event of the protocol. */
  events(): AsyncIterable<JsonObject>
}

export interface Wire {
  readonly binding: Binding
  readonly url: string
  call(method: string, params: JsonObject, more?: CallOptions): Promise<Answer>
  stream(method: string, params: JsonObject, more?: CallOptions): Promise<Stream>
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** In place of the JSON of the parameters. */
  readonly body?: string
}

/** Speaks with an implementation over one binding, with headers that let it in. */
export function openWire(binding: Binding, url: string, headers: Readonly<Record<string, string>>): Wire {
  const base = url.replace(/\/$/, "")
  async function send(method: string, params: JsonObject, { headers: more = {}, body }: CallOptions = {}) {
    const sent = binding === "JSONRPC" ? rpcRequest(url, method, params) : restRequest(base, method, params)
    return fetch(sent.url, {
      method: sent.verb,
      headers: {
        ...(sent.body === undefined ? {} : { "content-type": "application/json" }),
        "a2a-version": "1.0",
        ...headers,
        ...more,
      },
      ...(sent.body === undefined ? {} : { body: body ?? JSON.stringify(sent.body) }),
    })
  }
  return {
    binding,
    url,
    call: async (method, params, more) => answerOf(binding, await send(method, params, more)),
    async stream(method, params, more) {
      const response = await send(method, params, more)
      const contentType = response.headers.get("content-type") ?? ""
      if (!contentType.startsWith("text/event-stream"))
        return { answer: await answerOf(binding, response), contentType, raw: nothing, events: nothing }
      const raw = () => eventsOf(response)
      return {
        answer: undefined,
        contentType,
        raw,
        async *events() {
          for await (const event of raw()) yield binding === "JSONRPC" ? membersOf(event["result"]) : event
        },
      }
    },
  }
}

async function* nothing(): AsyncIterable<JsonObject> {}

async function* eventsOf(response: Response): AsyncIterable<JsonObject> {
  let held = ""
  const decoder = new TextDecoder()
  // A response with a body is one that can be read.
  for await (const chunk of response.body ?? []) {
    held += decoder.decode(chunk as Uint8Array, { stream: true })
    for (let end = held.indexOf("\n\n"); end !== -1; end = held.indexOf("\n\n")) {
      const data = held
        .slice(0, end)
        .split("\n")
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(5).trim())
        .join("\n")
      held = held.slice(end + 2)
      if (data !== "") yield membersOf(JSON.parse(data) as JsonValue) // what a parser makes is JSON
    }
  }
}

function rpcRequest(url: string, method: string, params: JsonObject) {
  return { url, verb: "POST", body: { jsonrpc: "2.0", id: 1, method, params } }
}

function restRequest(
  base: string,
  method: string,
  params: JsonObject,
): { url: string; verb: string; body?: JsonObject } {
  const { id = "", taskId = "", ...rest } = params
  const task = `${base}/tasks/${encodeURIComponent(textIn(method.includes("Push") ? taskId : id))}`
  const query = (members: JsonObject) => {
    const text = new URLSearchParams(
      Object.entries(members).map(([name, value]): [string, string] => [name, textIn(value)]),
    ).toString()
    return text === "" ? "" : `?${text}`
  }
  if (method === "SendMessage") return { url: `${base}/message:send`, verb: "POST", body: params }
  if (method === "SendStreamingMessage") return { url: `${base}/message:stream`, verb: "POST", body: params }
  if (method === "GetTask") return { url: task + query(rest), verb: "GET" }
  if (method === "ListTasks") return { url: `${base}/tasks${query(params)}`, verb: "GET" }
  if (method === "CancelTask") return { url: `${task}:cancel`, verb: "POST", body: rest }
  if (method === "SubscribeToTask") return { url: `${task}:subscribe`, verb: "GET" }
  if (method === "GetExtendedAgentCard") return { url: `${base}/extendedAgentCard`, verb: "GET" }
  const configs = `${task}/pushNotificationConfigs`
  if (method === "CreateTaskPushNotificationConfig")
    return { url: configs, verb: "POST", body: { ...rest, id } }
  if (method === "ListTaskPushNotificationConfigs") return { url: configs, verb: "GET" }
  const config = `${configs}/${encodeURIComponent(textIn(id))}`
  return { url: config, verb: method === "DeleteTaskPushNotificationConfig" ? "DELETE" : "GET" }
}

async function answerOf(binding: Binding, response: Response): Promise<Answer> {
  const text = await response.text()
  const body = membersOf(text === "" ? {} : parsed(text))
  const error = isJsonObject(body["error"]) ? body["error"] : undefined
  const result = binding === "JSONRPC" ? body["result"] : response.ok ? body : undefined
  const details = error?.[binding === "JSONRPC" ? "data" : "details"]
  const code = error?.["code"]
  return {
    status: response.status,
    contentType: response.headers.get("content-type") ?? "",
    body,
    result: error === undefined && response.ok ? membersOf(result) : undefined,
    errorCode:
      error === undefined && response.ok ? undefined : typeof code === "number" ? code : response.status,
    errorMessage: typeof error?.["message"] === "string" ? error["message"] : "",
    details: Array.isArray(details) ? details.filter(isJsonObject) : [],
  }
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue // what a parser makes is JSON
  } catch {
    return {}
  }
}

export function membersOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

export function itemsOf(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

/** A text as it is, and any other value as JSON. */
function textIn(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value)
}
