import { isJsonObject } from "@hufu/core/json/json-value"
import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import type { RpcNotification, RpcRequest, RpcResponse } from "./upstream/link.ts"

/** One JSON-RPC message, told apart by its members. */
export type Message =
  | { readonly kind: "request"; readonly message: RpcRequest }
  | { readonly kind: "notification"; readonly message: RpcNotification }
  | { readonly kind: "response"; readonly message: RpcResponse }

/** Codes of JSON-RPC and of the MCP schema; -32000 to -32019 are left to implementations. */
export const rpcCodes = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** Ours: the request could not be served; `data.code` says why. */
  unserved: -32000,
  headerMismatch: -32020,
  missingCapability: -32021,
  unsupportedVersion: -32022,
} as const

const maxIdLength = 256

/** Reads one message, or says with `undefined` that this is not JSON-RPC 2.0; arrays (batches) are not. */
export function readMessage(value: JsonValue): Message | undefined {
  if (!isJsonObject(value) || value["jsonrpc"] !== "2.0") return undefined
  const { id, method, params } = value
  if (method === undefined) {
    if (!("result" in value) && !isJsonObject(value["error"])) return undefined
    if ("result" in value && "error" in value) return undefined
    // Checked above: jsonrpc is 2.0 and the id is an id or null.
    return id === null || isId(id) ? { kind: "response", message: value as RpcResponse } : undefined
  }
  if (typeof method !== "string" || (params !== undefined && !isJsonObject(params))) return undefined
  // The members that the types name were checked above.
  if (id === undefined) return { kind: "notification", message: value as RpcNotification }
  return isId(id) ? { kind: "request", message: value as RpcRequest } : undefined
}

function isId(id: JsonValue | undefined): id is string | number {
  return typeof id === "string" ? id.length <= maxIdLength : Number.isSafeInteger(id)
}

/** A successful response. */
export function rpcResult(id: string | number, result: JsonObject): RpcResponse {
  return { jsonrpc: "2.0", id, result }
}

/** An error response; `id` is null when the request's own could not be read. */
export function rpcError(
  id: string | number | null,
  code: number,
  message: string,
  data?: JsonValue,
): RpcResponse {
  return { jsonrpc: "2.0", id, error: data === undefined ? { code, message } : { code, message, data } }
}

/** The object under `result`, if the response is a success. */
export function resultOf(response: RpcResponse): JsonObject | undefined {
  const result = response["result"]
  return isJsonObject(result) ? result : undefined
}

/** The object under `error`, if the response is one. */
export function errorOf(response: RpcResponse): JsonObject | undefined {
  const error = response["error"]
  return isJsonObject(error) ? error : undefined
}

/** The `_meta` of a message's params, or an empty object. */
export function metaOf(message: { params?: JsonObject }): JsonObject {
  const meta = message.params?.["_meta"]
  return isJsonObject(meta) ? meta : {}
}

/** A text of an untrusted message, or the empty text where there is none. */
export function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : ""
}
