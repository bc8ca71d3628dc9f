import { isJsonObject } from "@hufu/core/json/json-value"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Attempt, Caller, HeldAction } from "../governor.ts"
import { metaKeys } from "./era.ts"
import { rowOf } from "./method-table.ts"
import { metaOf, rpcCodes } from "./rpc.ts"
import type { RpcRequest } from "./upstream/link.ts"

/** What of a request's `_meta` every request of a modern client carries. */
const carried = [metaKeys.protocolVersion, metaKeys.clientCapabilities, metaKeys.clientInfo]

/** Whether a held action was a `tools/call`: no tool is called like a method, and of other methods no task is made. */
export function canCallAgain({ tool }: HeldAction): boolean {
  return rowOf("client", "request", tool) === undefined && rowOf("server", "request", tool) === undefined
}

/** The attempt that is held, as the pipeline judges it. */
export function attemptAgain(
  caller: Caller,
  { server, tool, arguments: args }: HeldAction,
  hold: string,
): Attempt {
  return { caller, server, tool, arguments: args ?? {}, hold }
}

/**
 * The held call as a message, built from what the node keeps of it. What else the client had put into `_meta` is not
 * kept; what it says of itself is taken from its present request.
 */
export function callAgain(present: RpcRequest, { tool, arguments: args }: HeldAction): RpcRequest {
  const meta = metaOf(present)
  const _meta: JsonObject = {}
  for (const name of carried) {
    const value = meta[name]
    if (typeof value === "string" || isJsonObject(value)) _meta[name] = value
  }
  const params = { name: tool, arguments: args ?? {}, _meta }
  return { jsonrpc: "2.0", id: present.id, method: "tools/call", params }
}

/** Why a held call cannot go on, as a JSON-RPC error; `undefined` when it can, or when it was decided against. */
export function whyNotAgain({ state, outcome, arguments: args }: HeldAction): JsonObject | undefined {
  if (state === "used")
    return { code: rpcCodes.unserved, message: left(outcome), data: { outcome: outcome ?? null } }
  if (args !== undefined) return undefined
  const message = "what this action would do was erased; call the tool again"
  return { code: rpcCodes.unserved, message }
}

function left(outcome: HeldAction["outcome"]): string {
  if (outcome === undefined)
    return "the action is under way in another call, which gets its result; check what it did before repeating it"
  if (outcome === "unknown")
    return "the action had left when Hufu stopped, and its outcome is unknown: check what it did before repeating it"
  return `the action was performed and its outcome is recorded (${outcome}), but its result is not kept: check what it did before repeating it`
}
