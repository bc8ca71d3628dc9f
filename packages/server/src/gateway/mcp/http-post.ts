import { Failure } from "@hufu/core/failure"
import type { ClientFacts } from "./era.ts"
import type { Desk } from "./desk.ts"
import { readEra } from "./era.ts"
import type { EraProblem } from "./era.ts"
import type { HttpVisit } from "./http-door.ts"
import { postLegacy } from "./http-legacy.ts"
import { HttpReply } from "./http-reply.ts"
import { headerProblem } from "./header-agreement.ts"
import { rowOf, treatmentOf } from "./method-table.ts"
import { serveRaw } from "./raw-exchange.ts"
import { forwardedHeaders } from "./raw-headers.ts"
import { readBody } from "./read-body.ts"
import type { Body } from "./read-body.ts"
import { readMessage, rpcCodes, rpcError } from "./rpc.ts"
import type { Message } from "./rpc.ts"
import type { SessionTable } from "./session.ts"
import { ClientGone, StopReason } from "./stop-reason.ts"
import type { RpcRequest } from "./upstream/link.ts"
import { refusalReply, stoppedRefusal } from "./verdict-reply.ts"

/** A POST whose message has been read. */
export interface Posted extends HttpVisit {
  readonly body: Body
  readonly message: Message
}

/** Handles POST: one JSON-RPC message each. */
export function createPostHandler(desk: Desk, sessions: SessionTable): (visit: HttpVisit) => Promise<void> {
  return async function handlePost(visit) {
    const body = await readBody(visit.req, desk.config.limits.bodyBytes)
    visit.checkBody?.(body.bytes)
    const message = readMessage(body.value)
    if (message === undefined) {
      const what = Array.isArray(body.value)
        ? "batches are not accepted; send one message"
        : "this is not a JSON-RPC 2.0 message"
      return refuse(visit, null, { status: 400, code: rpcCodes.invalidRequest, message: what })
    }
    const header = visit.req.headers["mcp-protocol-version"]
    const reading = readEra(message, Array.isArray(header) ? header[0] : header)
    if (reading.era === "none") return refuse(visit, idOf(message), reading.problem)
    const posted = { ...visit, body, message }
    if (reading.era === "legacy") return postLegacy(desk, sessions, posted)
    return postModern(desk, posted, reading.client)
  }
}

async function postModern(desk: Desk, posted: Posted, client: ClientFacts): Promise<void> {
  const { message, req, backend } = posted
  if (message.kind === "response") throw new Failure("invalid_input", "a client posts no responses")
  if (message.kind === "notification") {
    // Over HTTP this era cancels by closing the stream; no other notification of a client exists.
    const known = treatmentOf("client", "notification", message.message.method, "modern") === "relayed"
    if (!known) throw new Failure("invalid_input", "this notification is not known")
    return new HttpReply(posted.res, "modern", undefined, null).end(202)
  }
  const request = message.message
  const paths =
    request.method === "tools/call" ? desk.paramHeaders.of(backend.name, request.params?.["name"]) : undefined
  const problem = headerProblem(request, req.headers, paths)
  if (problem !== undefined) return refuse(posted, request.id, problem)
  if (rowOf("client", "request", request.method)?.modern == null) {
    const message = "this method is not served"
    return refuse(posted, request.id, { status: 404, code: rpcCodes.methodNotFound, message })
  }
  const reply = new HttpReply(posted.res, "modern", req.headers.accept, null)
  await under(desk, posted, { reply, request, client }, (signal) =>
    serveModern(desk, posted, { reply, request, client, signal }),
  )
}

interface Serving {
  readonly reply: HttpReply
  readonly request: RpcRequest
  readonly client: ClientFacts
}

async function serveModern(
  desk: Desk,
  posted: Posted,
  serving: Serving & { signal: AbortSignal },
): Promise<void> {
  const { caller, backend, http, body, req } = posted
  const { reply, request, client, signal } = serving
  const errand = { caller, server: backend.name, client, message: request, port: reply, signal }
  if (http !== null && (await desk.httpEras.isModern(http))) {
    const upstream = desk.upstreams.of(http)
    const headers = forwardedHeaders(req.headers, undefined)
    return serveRaw(desk, { errand, upstream, headers, bytes: body.bytes, reply, session: null })
  }
  reply.respond(await backend.serve(errand))
}

/**
 * Runs one request under the agent's bounds: it ends when the client goes away, and is refused within the tick when
 * everything of the agent is stopped.
 */
export async function under(
  desk: Desk,
  posted: HttpVisit,
  { reply, request, client }: Serving,
  work: (signal: AbortSignal) => Promise<void>,
  controller = new AbortController(),
): Promise<void> {
  const occupation = request.method === "subscriptions/listen" ? "stream" : "request"
  const leave = desk.presence.enter(posted.caller, occupation, (reason) => {
    reply.respond(refusalReply(request, stoppedRefusal(reason), client.era))
    controller.abort(new StopReason(reason))
  })
  const gone = () => {
    if (!posted.res.writableFinished) controller.abort(new ClientGone())
  }
  posted.res.once("close", gone)
  try {
    await work(controller.signal)
  } catch (error) {
    if (!(error instanceof ClientGone)) throw error
  } finally {
    posted.res.removeListener("close", gone)
    leave()
  }
}

/** Answers a message that is not acceptable as it stands. */
export function refuse(visit: HttpVisit, id: string | number | null, problem: EraProblem): void {
  const reply = new HttpReply(visit.res, "modern", undefined, null)
  reply.respond(rpcError(id, problem.code, problem.message, problem.data), problem.status)
}

/** The id to answer to, where there is one. */
export function idOf(message: Message): string | number | null {
  return message.kind === "request" ? message.message.id : null
}
