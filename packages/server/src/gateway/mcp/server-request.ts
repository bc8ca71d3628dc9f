import type { JsonObject } from "@hufu/core/json/json-value"
import type { Caller, Refused, Ruling } from "../governor.ts"
import { attemptOf } from "./attempt-of.ts"
import type { Desk } from "./desk.ts"
import { treatmentOf } from "./method-table.ts"
import { rpcCodes, rpcError } from "./rpc.ts"
import { ticketOf } from "../ticket.ts"
import type { Ticket } from "../ticket.ts"
import { isSameHost } from "./upstream/http-upstream.ts"
import type { Era, RpcRequest, RpcResponse } from "./upstream/link.ts"
import { refusalReply } from "./verdict-reply.ts"

/** May a tool server ask the client this? */
export type ServerAsk =
  | { readonly kind: "go"; readonly ticket: Ticket; readonly request: RpcRequest }
  | { readonly kind: "refused"; readonly response: RpcResponse }

/** Where a server's request would go. */
export interface Addressee {
  readonly caller: Caller
  readonly server: string
  readonly era: Era
  readonly signal: AbortSignal
}

/** Passes what a tool server asks of the client through the pipeline; the person sees which server asks. */
export async function clearServerRequest(desk: Desk, to: Addressee, request: RpcRequest): Promise<ServerAsk> {
  if (treatmentOf("server", "request", request.method, to.era) !== "governed") {
    return refused(request, rpcCodes.methodNotFound, "this request to the client is not passed on")
  }
  if (request.method === "elicitation/create" && !mayOpen(request.params ?? {}, desk.config.origin())) {
    return refused(request, rpcCodes.invalidParams, "this address may not be opened for a tool server")
  }
  const attempt = attemptOf(to.caller, to.server, request)
  if (attempt === undefined) return refused(request, rpcCodes.invalidParams, "the request says nothing")
  let ruling: Ruling = await desk.governor.admit(attempt)
  if (ruling.kind === "held") {
    const patience = AbortSignal.any([AbortSignal.timeout(desk.config.limits.holdWaitMs), to.signal])
    await desk.governor.awaitHold(to.caller, ruling.hold, patience)
    ruling = await desk.governor.admit({ ...attempt, hold: ruling.hold })
  }
  if (ruling.kind === "go")
    return { kind: "go", ticket: ticketOf(ruling), request: signed(request, to.server) }
  const verdict: Refused =
    ruling.kind === "refused" ? ruling : { ...ruling, kind: "refused", code: "pending" }
  return { kind: "refused", response: refusalReply(request, verdict, to.era) }
}

/** UNTRUSTED: a page of Hufu's own that a tool server picked could make a person decide something by mistake. */
function mayOpen(params: JsonObject, origin: string): boolean {
  if (params["mode"] !== "url") return params["mode"] === undefined || params["mode"] === "form"
  const url = typeof params["url"] === "string" ? URL.parse(params["url"]) : null
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return false
  return !isSameHost(url, new URL(origin))
}

/** Says in the question itself who asks: clients show Hufu's name, not the tool server's. */
function signed(request: RpcRequest, server: string): RpcRequest {
  const message = request.params?.["message"]
  if (request.method !== "elicitation/create" || typeof message !== "string") return request
  return { ...request, params: { ...request.params, message: `[${server}] ${message}` } }
}

function refused(request: RpcRequest, code: number, message: string): ServerAsk {
  return { kind: "refused", response: rpcError(request.id, code, message) }
}
