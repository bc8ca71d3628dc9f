import { a2aErrorBy, a2aErrors, errorInfoType } from "@hufu/core/a2a/a2a-errors"
import { fromLegacy, legacyMethods, toLegacy } from "@hufu/core/a2a/legacy"
import { Failure } from "@hufu/core/failure"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import type { HttpSend, HttpUpstream } from "../mcp/upstream/http-upstream.ts"
import type { PartnerFace } from "./partner-card.ts"
import { exchangeWithPartner } from "./partner-exchange.ts"

/** What is asked of a partner, in the words of A2A 1.0. */
export type PartnerMethod =
  | "SendMessage"
  | "SendStreamingMessage"
  | "GetTask"
  | "CancelTask"
  | "SubscribeToTask"

export interface PartnerCall {
  readonly method: PartnerMethod
  readonly params: JsonObject
  /** The extensions that it uses. */
  readonly extensions: readonly string[]
  readonly timeoutMs: number
  readonly signal: AbortSignal
  leave(): boolean
}

/** An error that a partner answered with, as it came. UNTRUSTED. */
export class PartnerError extends Error {
  readonly error: JsonObject

  constructor(error: JsonObject) {
    super("the partner answered with an error")
    this.error = error
  }
}

/** Calls a method; the result in the JSON of A2A 1.0. Throws PartnerError. */
export async function callPartner(
  upstream: HttpUpstream,
  face: PartnerFace,
  call: PartnerCall,
): Promise<JsonObject> {
  const answer = await exchangeWithPartner(upstream, { ...call, ...writeCall(face, call) })
  return resultOf(face, call.method, answer.status, await answer.json())
}

/** Calls a method that streams; each event in the JSON of A2A 1.0. An answer that is no stream is one event. Throws PartnerError. */
export async function* streamFromPartner(
  upstream: HttpUpstream,
  face: PartnerFace,
  call: PartnerCall,
): AsyncIterable<JsonObject> {
  const answer = await exchangeWithPartner(upstream, { ...call, ...writeCall(face, call) })
  if (!answer.streams) {
    yield resultOf(face, call.method, answer.status, await answer.json())
    return
  }
  try {
    for await (const event of answer.events()) yield resultOf(face, call.method, answer.status, event)
  } finally {
    answer.abandon()
  }
}

/** A request as the binding has it (A2A 1.0 §9 and §11, 0.3 §7). */
export function writeCall(
  face: PartnerFace,
  { method, params, extensions }: Pick<PartnerCall, "method" | "params" | "extensions">,
): Pick<HttpSend, "method" | "headers" | "body"> & { path: string } {
  const streams = method === "SendStreamingMessage" || method === "SubscribeToTask"
  const isLegacy = face.version === "0.3"
  const headers: Record<string, string> = {
    accept: streams ? "text/event-stream, application/json" : "application/json, application/a2a+json",
    "a2a-version": face.version,
    ...(extensions.length === 0
      ? {}
      : { [isLegacy ? "x-a2a-extensions" : "a2a-extensions"]: extensions.join(", ") }),
  }
  const tenant = face.tenant === undefined ? {} : { tenant: face.tenant }
  if (face.binding === "JSONRPC") {
    const said = isLegacy ? legacyParams(method, params) : { ...params, ...tenant }
    const body = JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: isLegacy ? legacyName(method) : method,
      params: said,
    })
    return {
      method: "POST",
      // Of an interface at the root of its origin nothing is left of the path.
      path: face.path.startsWith("/") ? face.path : `/${face.path}`,
      headers: { ...headers, "content-type": "application/json" },
      body,
    }
  }
  const id = encodeURIComponent(typeof params["id"] === "string" ? params["id"] : "")
  const base = face.tenant === undefined ? face.path : `${face.path}/${encodeURIComponent(face.tenant)}`
  const post = (path: string, body: JsonObject) => ({
    method: "POST" as const,
    path: base + path,
    headers: { ...headers, "content-type": "application/a2a+json" },
    body: JSON.stringify(body),
  })
  if (method === "SendMessage") return post("/message:send", { ...params, ...tenant })
  if (method === "SendStreamingMessage") return post("/message:stream", { ...params, ...tenant })
  if (method === "CancelTask") return post(`/tasks/${id}:cancel`, {})
  if (method === "SubscribeToTask")
    return { method: "GET", path: `${base}/tasks/${id}:subscribe`, headers, body: null }
  return { method: "GET", path: `${base}/tasks/${id}`, headers, body: null }
}

function legacyName(method: PartnerMethod): string {
  return Object.entries(legacyMethods).find(([, name]) => name === method)?.[0] ?? method
}

function legacyParams(method: PartnerMethod, params: JsonObject): JsonObject {
  return method === "SendMessage" || method === "SendStreamingMessage" ? toLegacy.sendMessage(params) : params
}

function resultOf(
  face: PartnerFace,
  method: PartnerMethod,
  status: number,
  value: JsonValue | undefined,
): JsonObject {
  if (!isJsonObject(value)) throw unfit(status)
  const { error } = value
  if (isJsonObject(error))
    throw new PartnerError(face.binding === "JSONRPC" ? rpcErrorOf(error) : restErrorOf(error))
  if (status >= 400) throw unfit(status)
  const result = face.binding === "JSONRPC" ? value["result"] : value
  if (!isJsonObject(result)) throw unfit(status)
  if (face.version === "1.0") return result
  return method === "GetTask" || method === "CancelTask" ? fromLegacy.task(result) : fromLegacy.event(result)
}

/** 401 and 403 are about the registered headers, which a person can correct. */
function unfit(status: number): Failure {
  if (status === 401 || status === 403)
    return new Failure(
      "upstream_unavailable",
      `the partner did not let Hufu in (${status}): correct the headers of its registration`,
    )
  return new Failure("invalid_input", `the partner's answer does not fit A2A (status ${status})`)
}

function rpcErrorOf({ code, message, data }: JsonObject): JsonObject {
  return {
    code: typeof code === "number" && Number.isSafeInteger(code) ? code : -32603,
    message: typeof message === "string" ? message.slice(0, 2000) : "",
    ...(data === undefined ? {} : { data }),
  }
}

/** An error of the HTTP binding as one of JSON-RPC: its reason names it (A2A 1.0 §11.6). */
function restErrorOf({ code, message, details }: JsonObject): JsonObject {
  const infos = Array.isArray(details) ? details.filter(isJsonObject) : []
  const reason = infos.find((info) => info["@type"] === errorInfoType)?.["reason"]
  const name = a2aErrorBy(typeof reason === "string" ? reason : undefined)
  return rpcErrorOf({
    code: name === undefined ? (code === 400 ? -32602 : -32603) : a2aErrors[name].rpc,
    message: message ?? "",
    ...(details === undefined ? {} : { data: details }),
  })
}
