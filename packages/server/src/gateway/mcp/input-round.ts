import { isJsonObject } from "@hufu/core/json/json-value"
import type { JsonObject } from "@hufu/core/json/json-value"
import { attemptDigest, attemptOf } from "./attempt-of.ts"
import type { Desk } from "./desk.ts"
import type { Errand } from "./errand.ts"
import { resultOf, rpcCodes, rpcError, rpcResult } from "./rpc.ts"
import { clearServerRequest } from "./server-request.ts"
import type { Ticket } from "../ticket.ts"
import type { Link, RpcResponse } from "./upstream/link.ts"

const maxInputRequests = 32

/** What goes on after the client has returned. */
export interface Round {
  readonly ticket: Ticket
  readonly response: RpcResponse
  /** The link on which a legacy call waits; `null` when the server keeps nothing between rounds. */
  readonly link: Link | null
  readonly release: () => void
}

/** Whether a response asks the client for input before it can be given in full. */
export function asksForInput(response: RpcResponse): boolean {
  return resultOf(response)?.["resultType"] === "input_required"
}

/**
 * Passes the questions of a tool server on to the client, and keeps the action open until the client returns.
 * The state that the client carries is sealed and bound to agent, principal and action; the server's own is inside it.
 */
export async function openRound(desk: Desk, errand: Errand, round: Round): Promise<RpcResponse> {
  const result = resultOf(round.response) ?? {}
  const asks = new Map<string, Ticket>()
  const cleared = await clearAll(desk, errand, result["inputRequests"], asks)
  if (!("requests" in cleared)) return giveUp(round, asks, cleared.refusal)
  const attempt = attemptOf(errand.caller, errand.server, errand.message)
  const open = desk.openActions.keep(errand.caller, {
    ticket: round.ticket,
    asks,
    link: round.link,
    release: round.release,
  })
  if (open === undefined || attempt === undefined) {
    return giveUp(
      round,
      asks,
      rpcError(errand.message.id, rpcCodes.unserved, "too many actions of this agent wait for input"),
    )
  }
  for (const ask of asks.values()) ask.leave()
  const upstream = result["requestState"]
  const requestState = desk.sealer.seal({
    agent: errand.caller.agent,
    principal: errand.caller.principal,
    digest: attemptDigest(attempt, errand.message.method),
    expiresAt: desk.clock.now() + desk.config.limits.inputWaitMs,
    open,
    stateless: round.link === null,
    ...(typeof upstream === "string" ? { upstream } : {}),
  })
  const inputRequests = cleared.requests === undefined ? {} : { inputRequests: cleared.requests }
  return rpcResult(errand.message.id, { ...result, ...inputRequests, requestState })
}

async function clearAll(
  desk: Desk,
  errand: Errand,
  wanted: JsonObject["x"] | undefined,
  asks: Map<string, Ticket>,
): Promise<{ requests: JsonObject | undefined } | { refusal: RpcResponse }> {
  if (wanted === undefined) return { requests: undefined }
  const { id } = errand.message
  if (!isJsonObject(wanted) || Object.keys(wanted).length > maxInputRequests) {
    return {
      refusal: rpcError(
        id,
        rpcCodes.internal,
        "the tool server asked for input in a form that is not understood",
      ),
    }
  }
  const requests: JsonObject = {}
  const to = { caller: errand.caller, server: errand.server, era: errand.client.era, signal: errand.signal }
  for (const [key, request] of Object.entries(wanted)) {
    const method = isJsonObject(request) ? request["method"] : undefined
    const params = isJsonObject(request) && isJsonObject(request["params"]) ? request["params"] : {}
    if (typeof method !== "string")
      return { refusal: rpcError(id, rpcCodes.internal, "the tool server asked for nothing") }
    const ask = await clearServerRequest(desk, to, { jsonrpc: "2.0", id, method, params })
    if (ask.kind === "refused") return { refusal: { ...ask.response, id } }
    asks.set(key, ask.ticket)
    requests[key] = { method, params: ask.request.params ?? {} }
  }
  return { requests }
}

function giveUp(round: Round, asks: ReadonlyMap<string, Ticket>, response: RpcResponse): RpcResponse {
  round.ticket.settle({ outcome: "unknown", reason: "cancelled" })
  for (const ask of asks.values()) ask.settle({ outcome: "failed", reason: "cancelled" })
  round.release()
  return response
}
