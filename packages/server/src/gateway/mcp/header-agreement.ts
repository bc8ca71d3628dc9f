import { isJsonObject } from "@hufu/core/json/json-value"
import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import type { IncomingHttpHeaders } from "node:http"
import { mismatch } from "./era.ts"
import type { EraProblem } from "./era.ts"
import { rowOf } from "./method-table.ts"
import type { HeaderPaths } from "./param-headers.ts"
import type { RpcRequest } from "./upstream/link.ts"

const paramPrefix = "mcp-param-"
const sentinel = /^=\?base64\?([A-Za-z0-9+/]*={0,2})\?=$/
const plainValue = /^[\t\x20-\x7e]*$/

/**
 * Checks that a modern request's headers say what its body says (2026-07-28, Server Validation).
 * The decision is made on the body; without this check an upstream that routes on headers would perform another action.
 *
 * @param paths where the called tool's `x-mcp-header` parameters stand, when its definition has been seen
 */
export function headerProblem(
  request: RpcRequest,
  headers: IncomingHttpHeaders,
  paths: HeaderPaths | undefined,
): EraProblem | undefined {
  if (headers["mcp-protocol-version"] === undefined)
    return because("the `MCP-Protocol-Version` header is missing")
  if (one(headers["mcp-method"]) !== request.method) {
    return because("the `Mcp-Method` header does not match the method of the body")
  }
  const from = rowOf("client", "request", request.method)?.nameFrom
  if (from !== undefined) {
    const named = request.params?.[from]
    const header = one(headers["mcp-name"])
    const decoded = header === undefined ? undefined : decodeHeaderValue(header)
    if (typeof named === "string" ? decoded !== named : header !== undefined && decoded === undefined) {
      return because(`the \`Mcp-Name\` header does not match \`params.${from}\``)
    }
  }
  return paramProblem(request, headers, paths)
}

function paramProblem(request: RpcRequest, headers: IncomingHttpHeaders, paths: HeaderPaths | undefined) {
  for (const name in headers) {
    if (!name.startsWith(paramPrefix)) continue
    const value = decodeHeaderValue(one(headers[name]) ?? "")
    if (value === undefined) return because(`the \`${name.slice(0, 64)}\` header is not well encoded`)
    if (!occurs(request, paths?.get(name.slice(paramPrefix.length)), value)) {
      return because(`the \`${name.slice(0, 64)}\` header does not match the arguments`)
    }
  }
  for (const [name, path] of paths ?? []) {
    if (headers[paramPrefix + name] !== undefined) continue
    const body = at(request.params?.["arguments"], path)
    if (body !== undefined && body !== null) {
      return because(`the \`Mcp-Param-${name}\` header is missing`)
    }
  }
  return undefined
}

/** With a known path the value must stand there; without one it must at least be some argument's. */
function occurs(request: RpcRequest, path: readonly string[] | undefined, value: string): boolean {
  const args = request.params?.["arguments"]
  if (path !== undefined) return same(at(args, path), value)
  return args !== undefined && anyLeaf(args, value)
}

function at(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let here = value
  for (const key of path) here = isJsonObject(here) && Object.hasOwn(here, key) ? here[key] : undefined
  return here
}

function anyLeaf(value: JsonValue, wanted: string): boolean {
  if (Array.isArray(value)) return value.some((item) => anyLeaf(item, wanted))
  if (isJsonObject(value)) return Object.values(value).some((item) => anyLeaf(item, wanted))
  return same(value, wanted)
}

function same(body: JsonValue | undefined, header: string): boolean {
  if (typeof body === "number") return header.trim() !== "" && Number(header) === body
  return typeof body === "boolean" ? String(body) === header : body === header
}

/** The text that a header value stands for, or `undefined` when it is not well encoded. */
export function decodeHeaderValue(header: string): string | undefined {
  const value = header.trim()
  if (!value.startsWith("=?base64?") || !value.endsWith("?="))
    return plainValue.test(value) ? value : undefined
  const encoded = sentinel.exec(value)?.[1]
  if (encoded === undefined || encoded.length % 4 !== 0) return undefined
  const bytes = Buffer.from(encoded, "base64")
  if (bytes.toString("base64") !== encoded) return undefined
  const text = bytes.toString("utf8")
  return Buffer.from(text, "utf8").equals(bytes) ? text : undefined
}

/** Writes a value so that any text survives in a header. */
export function encodeHeaderValue(value: string): string {
  const safe = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/.test(value) && !value.startsWith("=?base64?")
  return safe ? value : `=?base64?${Buffer.from(value, "utf8").toString("base64")}?=`
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}

function because(message: string): EraProblem {
  return mismatch(message).problem
}

/** The headers that mirror a modern request, for a request that Hufu itself writes. */
export function mirrorHeaders(request: RpcRequest, paths: HeaderPaths | undefined): Record<string, string> {
  const headers: Record<string, string> = { "mcp-method": request.method }
  const from = rowOf("client", "request", request.method)?.nameFrom
  const named = from === undefined ? undefined : request.params?.[from]
  if (typeof named === "string") headers["mcp-name"] = encodeHeaderValue(named)
  const args: JsonObject["x"] | undefined = request.params?.["arguments"]
  for (const [name, path] of paths ?? []) {
    const value = at(args, path)
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      headers[paramPrefix + name] = encodeHeaderValue(String(value))
    }
  }
  return headers
}
