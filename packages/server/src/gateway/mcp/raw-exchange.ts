import { Failure } from "@hufu/core/failure"
import { withParams } from "./attempt-of.ts"
import { clear } from "./clearance.ts"
import type { Desk } from "./desk.ts"
import { metaKeys } from "./era.ts"
import type { Errand } from "./errand.ts"
import { failureReply, settleFailure } from "./failure-reply.ts"
import { leaseFor } from "./lease-for.ts"
import { observeFirst } from "./observe-first.ts"
import { takeTurn } from "./take-turn.ts"
import type { LinkLease } from "./upstream/link-pool.ts"
import { mirrorHeaders } from "./header-agreement.ts"
import type { HttpReply } from "./http-reply.ts"
import { rowOf, treatmentOfRequest } from "./method-table.ts"
import type { Treatment } from "./method-table.ts"
import { owedResponse } from "./owed-response.ts"
import type { OwedResponse } from "./owed-response.ts"
import { RawRelay } from "./raw-relay.ts"
import type { RelayEnd } from "./raw-relay.ts"
import { metaOf, rpcCodes, rpcError } from "./rpc.ts"
import { serverMessage } from "./server-message.ts"
import type { Session } from "./session.ts"
import { ClientGone, StopReason, stopReasonOf } from "./stop-reason.ts"
import { tellUpstream } from "./tell-upstream.ts"
import { asFailure } from "./upstream/http-call.ts"
import type { HttpUpstream } from "./upstream/http-upstream.ts"
import type { RpcNotification, RpcRequest, RpcResponse } from "./upstream/link.ts"

/** A request that goes to an HTTP tool server of the client's own era as it came. */
export interface RawErrand {
  readonly errand: Errand
  readonly upstream: HttpUpstream
  readonly headers: Record<string, string>
  readonly bytes: Buffer
  readonly reply: HttpReply
  readonly session: Session | null
}

/** Decides on one request, forwards its bytes, and passes the reply on as it comes. Resolves when the reply is over. */
export async function serveRaw(desk: Desk, raw: RawErrand): Promise<void> {
  const { errand, reply } = raw
  const { message, client } = errand
  const treatment = treatmentOfRequest(message, client.era)
  try {
    if (desk.tasks.owns(message)) return reply.respond(await desk.tasks.answer(errand))
    if (treatment === "governed") return await governed(desk, raw)
    if (!isForwarded(treatment)) {
      return reply.respond(rpcError(message.id, rpcCodes.methodNotFound, "this method is not served"))
    }
    await forward(desk, raw, owedResponse(desk, errand, null), message)
  } catch (error) {
    if (!(error instanceof ClientGone || error instanceof StopReason)) {
      desk.log.warn({ error, server: errand.server }, "a request could not be served")
    }
    reply.respond(failureReply(errand, error))
  }
}

function isForwarded(treatment: Treatment): boolean {
  return treatment === "relayed" || treatment === "filtered"
}

async function governed(desk: Desk, raw: RawErrand): Promise<void> {
  const { errand, reply } = raw
  if (!desk.observer.isKnown(errand.server)) await observeFirst(desk, errand, () => leaseOf(desk, errand))
  const cleared = await clear(desk, errand)
  if (cleared.kind === "reply") return reply.respond(cleared.response)
  const { ticket, message } = cleared
  const leave = await takeTurn(desk, errand, ticket)
  try {
    await forward(desk, raw, owedResponse(desk, errand, ticket), message)
  } finally {
    leave()
  }
}

function leaseOf(desk: Desk, { caller, client, server }: Errand): Promise<LinkLease> {
  const definition = desk.servers.get(server)
  if (definition === undefined) throw new Failure("not_found", `there is no tool server \`${server}\``)
  return leaseFor(desk, {
    caller,
    server: definition,
    client: { ...client, capabilities: {} },
    session: null,
  })
}

/** Forwards a cleared request; the bytes are the client's own unless the message had to change. */
function forward(desk: Desk, raw: RawErrand, owed: OwedResponse, message: RpcRequest): Promise<void> {
  const { errand, session, reply } = raw
  const meta = metaOf(message)
  const isForHufu = meta[metaKeys.hold] !== undefined || meta[metaKeys.under] !== undefined
  const changed = message !== errand.message || isForHufu
  const outgoing = changed ? withoutOwn(message) : message
  const headers = changed ? againMirrored(desk, raw, outgoing) : raw.headers
  const streams = rowOf("client", "request", message.method)?.method === "subscriptions/listen"
  session?.owed.set(message.id, owed)
  return new Promise((resolve) => {
    let answered = false
    const relay = new RawRelay(reply, {
      leave: () => owed.ticket?.leave() ?? true,
      message(one) {
        if (one.kind === "response" && (one.message.id === message.id || one.message.id === null)) {
          answered = true
          session?.owed.delete(message.id)
          const shown = owed.arrived(one.message)
          if (shown instanceof Promise) shown.catch(() => (answered = false))
          return shown
        }
        return serverMessage(desk, errand, session, one)
      },
      over(end) {
        stop()
        finish(desk, raw, owed, { ...end, answered })
        resolve()
      },
    })
    const abort = () => relay.exchange?.abort(reasonOf(errand.signal.reason))
    const halt = () => {
      if (owed.ticket !== null) relay.exchange?.abort(stopReasonOf(owed.ticket.permit.signal))
    }
    const stop = () => {
      errand.signal.removeEventListener("abort", abort)
      owed.ticket?.permit.signal.removeEventListener("abort", halt)
    }
    errand.signal.addEventListener("abort", abort, { once: true })
    owed.ticket?.permit.signal.addEventListener("abort", halt, { once: true })
    relay.exchange = raw.upstream.send(
      {
        method: "POST",
        headers,
        body: changed ? JSON.stringify(outgoing) : raw.bytes,
        timeoutMs: streams ? 0 : desk.config.limits.callTimeoutMs,
      },
      relay,
    )
    if (errand.signal.aborted) abort()
  })
}

/** Records how a relayed call ended when its response did not come, and tells the client if it is still there. */
function finish(desk: Desk, raw: RawErrand, owed: OwedResponse, end: RelayEnd & { answered: boolean }): void {
  const { errand, reply, session } = raw
  if (end.answered) return reply.end()
  if (session !== null && end.resumable && !(end.error instanceof StopReason))
    return defer(desk, session, owed, reply)
  session?.owed.delete(errand.message.id)
  if (session !== null && end.left && errand.signal.aborted)
    tellUpstream(desk, session, cancelled(errand.message))
  if (end.error !== null) {
    const failure =
      end.error instanceof Failure || isReason(end.error) ? end.error : asFailure(end.error, end.left)
    settleFailure(owed.ticket, errand, isTimeoutName(end.error) ? end.error : failure)
    return reply.respond(failureReply(errand, isTimeoutName(end.error) ? end.error : failure))
  }
  owed.ticket?.settle({
    outcome: end.status < 500 && end.status >= 300 ? "failed" : "unknown",
    reason: "upstream_error",
  })
  reply.respond(noResponse(errand.message, end))
}

function noResponse(message: RpcRequest, end: RelayEnd): RpcResponse {
  const said = end.blocked
    ? "the tool server does not accept Hufu's request; ask the operator to check its address and credential"
    : "the tool server gave no response; check what it did before repeating the call"
  return rpcError(message.id, rpcCodes.unserved, said, {
    code: end.blocked ? "upstream_unavailable" : "upstream_lost",
  })
}

/** The response may still be fetched on another stream of the session (2025-11-25, Resumability), for a while. */
function defer(desk: Desk, session: Session, owed: OwedResponse, reply: HttpReply): void {
  reply.end(200)
  if (!session.owed.has(owed.errand.message.id)) return
  const timer = setTimeout(() => {
    if (session.owed.delete(owed.errand.message.id)) owed.lose("connection_lost")
  }, desk.config.limits.resumeGraceMs)
  timer.unref()
}

function cancelled(message: RpcRequest): RpcNotification {
  return { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: message.id } }
}

function againMirrored(desk: Desk, raw: RawErrand, message: RpcRequest): Record<string, string> {
  if (raw.errand.client.era === "legacy") return raw.headers
  const kept = Object.entries(raw.headers).filter(([name]) => !name.startsWith("mcp-param-"))
  const paths = desk.paramHeaders.of(raw.errand.server, message.params?.["name"])
  return { ...Object.fromEntries(kept), ...mirrorHeaders(message, paths) }
}

/** The name of a hold, and who asked for it, is between the client and Hufu. */
function withoutOwn(message: RpcRequest): RpcRequest {
  const { [metaKeys.hold]: _hold, [metaKeys.under]: _under, ...meta } = metaOf(message)
  return message.params?.["_meta"] === undefined ? message : withParams(message, { _meta: meta })
}

function reasonOf(reason: unknown): Error {
  return reason instanceof Error ? reason : new ClientGone()
}

function isReason(error: Error): boolean {
  return error instanceof StopReason || error instanceof ClientGone
}

function isTimeoutName(error: Error): boolean {
  return error.name.endsWith("TimeoutError")
}
