import { canonicalize } from "@hufu/core/json/canonical"
import { isJsonObject } from "@hufu/core/json/json-value"
import type { JsonObject } from "@hufu/core/json/json-value"
import { hash } from "node:crypto"
import type { Attempt, Caller } from "../governor.ts"
import { metaKeys } from "./era.ts"
import { metaOf } from "./rpc.ts"
import type { RpcRequest } from "./upstream/link.ts"

/** The members of params that belong to the protocol, not to what is asked. */
const protocolMembers = new Set(["_meta", "inputResponses", "requestState"])

/** What a governed request attempts, or `undefined` when it does not say. */
export function attemptOf(caller: Caller, server: string, request: RpcRequest): Attempt | undefined {
  const params = request.params ?? {}
  const { [metaKeys.hold]: hold, [metaKeys.position]: position, [metaKeys.under]: under } = metaOf(request)
  const said = {
    ...(typeof hold === "string" ? { hold } : {}),
    ...(position === undefined ? {} : { position }),
    ...(typeof under === "string" ? { under } : {}),
  }
  if (request.method !== "tools/call") {
    const args = Object.fromEntries(Object.entries(params).filter(([name]) => !protocolMembers.has(name)))
    return { caller, server, tool: request.method, arguments: args, ...said }
  }
  const { name, arguments: args = {} } = params
  if (typeof name !== "string" || name === "" || !isJsonObject(args)) return undefined
  return { caller, server, tool: name, arguments: args, ...said }
}

/** Identifies what is asked, so that a state or a hold fits nothing else. */
export function attemptDigest(attempt: Attempt, method: string): string {
  const content = [method, attempt.server, attempt.tool, attempt.arguments]
  return hash("sha256", canonicalize(content), "base64url")
}

/** The same request with the arguments that a person approved. */
export function withArguments(request: RpcRequest, edited: JsonObject): RpcRequest {
  if (request.method === "tools/call") return { ...request, params: { ...request.params, arguments: edited } }
  const kept = Object.entries(request.params ?? {}).filter(([name]) => protocolMembers.has(name))
  return { ...request, params: { ...edited, ...Object.fromEntries(kept) } }
}

/** The same request with other members of params; `undefined` removes one. */
export function withParams(
  request: RpcRequest,
  changes: Readonly<Record<string, JsonObject["x"] | undefined>>,
): RpcRequest {
  const entries = Object.entries({ ...request.params, ...changes })
  const params: JsonObject = {}
  for (const [name, value] of entries) if (value !== undefined) params[name] = value
  return { ...request, params }
}
