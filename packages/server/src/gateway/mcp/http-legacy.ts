import { Failure } from "@hufu/core/failure"
import type { Desk } from "./desk.ts"
import { legacyVersions } from "./era.ts"
import type { ClientFacts } from "./era.ts"
import { idOf, refuse, under } from "./http-post.ts"
import type { Posted } from "./http-post.ts"
import { HttpReply } from "./http-reply.ts"
import { initializeSession } from "./initialize-session.ts"
import { treatmentOf } from "./method-table.ts"
import { serveRaw } from "./raw-exchange.ts"
import { forwardedHeaders } from "./raw-headers.ts"
import { rpcCodes } from "./rpc.ts"
import { askThrough } from "./session-questions.ts"
import type { Session, SessionTable } from "./session.ts"
import { ClientGone } from "./stop-reason.ts"
import { httpCall } from "./upstream/http-call.ts"
import type { RpcNotification, RpcRequest, RpcResponse } from "./upstream/link.ts"

/** Handles a POST of a client of the era with sessions. */
export async function postLegacy(desk: Desk, sessions: SessionTable, posted: Posted): Promise<void> {
  const { message, req, caller, backend } = posted
  if (message.kind === "request" && message.message.method === "initialize") {
    return initializeSession(desk, sessions, posted, message.message)
  }
  const id = req.headers["mcp-session-id"]
  const session = typeof id === "string" ? sessions.get(id, caller, backend.name) : null
  if (session === null)
    return message.kind === "request" ? serve(desk, posted, message.message, null) : accepted(posted)
  session.busy++
  try {
    if (message.kind === "request") await serve(desk, posted, message.message, session)
    else if (message.kind === "notification") await notice(desk, posted, message.message, session)
    else await answer(desk, posted, message.message, session)
  } finally {
    session.busy--
    session.usedAt = desk.clock.monotonic()
  }
}

async function serve(
  desk: Desk,
  posted: Posted,
  request: RpcRequest,
  session: Session | null,
): Promise<void> {
  const { caller, backend, http, req, res, body } = posted
  const version = req.headers["mcp-protocol-version"]
  if (version !== undefined && !legacyVersions.some((one) => one === version)) {
    const message = "this protocol version is not supported"
    return refuse(posted, request.id, { status: 400, code: rpcCodes.invalidRequest, message })
  }
  if (session?.running.has(request.id) || session?.owed.has(request.id)) {
    const message = "a request with this id is under way"
    return refuse(posted, request.id, { status: 400, code: rpcCodes.invalidRequest, message })
  }
  const client = session?.client ?? sessionless(typeof version === "string" ? version : undefined)
  const controller = new AbortController()
  const ask = session === null ? null : askThrough(desk, session, controller.signal)
  const reply = new HttpReply(res, "legacy", req.headers.accept, ask)
  session?.running.set(request.id, controller)
  try {
    await under(
      desk,
      posted,
      { reply, request, client },
      async (signal) => {
        const errand = { caller, server: backend.name, client, message: request, port: reply, signal }
        if (http !== null && session?.backend == null) {
          const headers = forwardedHeaders(req.headers, session?.upstreamId)
          const upstream = desk.upstreams.of(http)
          return serveRaw(desk, { errand, upstream, headers, bytes: body.bytes, reply, session })
        }
        reply.respond(await (session?.backend?.serve(errand) ?? backend.serve(errand)))
      },
      controller,
    )
  } finally {
    session?.running.delete(request.id)
    // A request that was taken back gets no response; its reply still has to end.
    if (controller.signal.aborted) reply.end(200)
  }
}

/** A client that sends requests without a session can do nothing but send requests. */
function sessionless(version: string | undefined): ClientFacts {
  return { era: "legacy", protocolVersion: version ?? legacyVersions[2], capabilities: {} }
}

async function notice(desk: Desk, posted: Posted, message: RpcNotification, session: Session): Promise<void> {
  if (treatmentOf("client", "notification", message.method, "legacy") !== "relayed") {
    throw new Failure("invalid_input", "this notification is not passed on")
  }
  if (message.method === "notifications/cancelled") {
    const id = message.params?.["requestId"]
    if (typeof id === "string" || typeof id === "number") {
      session.running.get(id)?.abort(new ClientGone())
      const owed = session.owed.get(id)
      session.owed.delete(id)
      owed?.lose("cancelled")
    }
  }
  if (session.backend === null) return forward(desk, posted, session)
  // The link has told its server already that it is there, and cancels what it was asked to cancel.
  if (message.method === "notifications/roots/list_changed") session.backend.notify(message)
  accepted(posted)
}

/** An answer counts when it was asked for, once. */
async function answer(desk: Desk, posted: Posted, message: RpcResponse, session: Session): Promise<void> {
  const question = message.id === null ? undefined : session.questions.get(message.id)
  if (question === undefined || message.id === null) return accepted(posted)
  session.questions.delete(message.id)
  question.answer(message)
  if (question.forward) await forward(desk, posted, session)
  else accepted(posted)
}

/** Passes a notification or an answer on as it came; the tool server's status comes back. */
async function forward(desk: Desk, posted: Posted, session: Session): Promise<void> {
  if (posted.http === null) return accepted(posted)
  const end = await httpCall(desk.upstreams.of(posted.http), {
    method: "POST",
    headers: forwardedHeaders(posted.req.headers, session.upstreamId),
    body: posted.body.bytes,
    timeoutMs: 30_000,
    signal: AbortSignal.timeout(30_000),
    leave: () => true,
    message() {},
  })
  const refused = end.status === 401 || end.status === 403 || end.status < 200
  new HttpReply(posted.res, "legacy", undefined, null).end(refused ? 502 : end.status)
}

function accepted(posted: Posted): void {
  if (posted.message.kind === "request")
    throw new Error(`request ${String(idOf(posted.message))} was not served`)
  new HttpReply(posted.res, "legacy", undefined, null).end(202)
}
