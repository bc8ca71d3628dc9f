import { isJsonObject } from "@hufu/core/json/json-value"
import type { Desk } from "./desk.ts"
import type { ClientFacts } from "./era.ts"
import { failureReply } from "./failure-reply.ts"
import { under } from "./http-post.ts"
import type { Posted } from "./http-post.ts"
import { HttpReply } from "./http-reply.ts"
import { withoutTasks } from "./offered-capabilities.ts"
import { forwardedHeaders } from "./raw-headers.ts"
import { resultOf, rpcCodes, rpcError, rpcResult, textOf } from "./rpc.ts"
import { agreedVersion } from "./server-backend.ts"
import { askOnStream } from "./session-questions.ts"
import { newSessionId } from "./session.ts"
import type { Session, SessionTable } from "./session.ts"
import { writeEvent } from "./sse.ts"
import { endUpstream } from "./tell-upstream.ts"
import { httpCall } from "./upstream/http-call.ts"
import type { RpcRequest, RpcResponse } from "./upstream/link.ts"

type Parts = Omit<Session, "usedAt" | "busy" | "stream" | "questions" | "owed" | "running" | "end" | "caller">

/** What came of trying to open a session: what it stands on, and what the client is told. */
interface Opened {
  readonly parts: Parts | null
  readonly response: RpcResponse
  readonly status: number
}

/** Opens a session: at the tool server itself when it has sessions, over a link otherwise. */
export async function initializeSession(
  desk: Desk,
  sessions: SessionTable,
  posted: Posted,
  request: RpcRequest,
): Promise<void> {
  const reply = new HttpReply(posted.res, "legacy", posted.req.headers.accept, null)
  const client = clientOf(request)
  await under(desk, posted, { reply, request, client }, async (signal) => {
    const opened = await open(desk, posted, request, { client, signal, sessions })
    if (opened.parts === null || !reply.open) {
      opened.parts?.backend?.end()
      return reply.respond(opened.response, opened.status)
    }
    const session = admit(desk, sessions, posted, opened.parts)
    posted.res.setHeader("mcp-session-id", session.id)
    reply.respond(opened.response, opened.status)
  })
}

/** What the client says of itself at `initialize`. UNTRUSTED. */
export function clientOf(request: RpcRequest): ClientFacts {
  const { capabilities, protocolVersion } = request.params ?? {}
  return {
    era: "legacy",
    protocolVersion: agreedVersion(protocolVersion),
    capabilities: isJsonObject(capabilities) ? capabilities : {},
  }
}

function admit(desk: Desk, sessions: SessionTable, posted: Posted, parts: Parts): Session {
  const { caller } = posted
  let leave = () => {}
  const session = sessions.open({
    ...parts,
    caller,
    end() {
      leave()
      parts.backend?.end()
      endUpstream(desk, session)
    },
  })
  try {
    leave = desk.presence.enter(caller, "session", (reason) => sessions.close(session, reason))
  } catch (error) {
    sessions.close(session, "too many sessions")
    throw error
  }
  return session
}

interface Wanted {
  readonly client: ClientFacts
  readonly signal: AbortSignal
  readonly sessions: SessionTable
}

async function open(desk: Desk, posted: Posted, request: RpcRequest, wanted: Wanted): Promise<Opened> {
  const errand = { message: request, client: wanted.client }
  try {
    if (posted.http !== null) {
      const forwarded = await forward(desk, posted, request, wanted)
      if (resultOf(forwarded.response) !== undefined || !(await desk.httpEras.isModern(posted.http)))
        return forwarded
    }
    return await openByLink(desk, posted, request, wanted)
  } catch (error) {
    return { parts: null, response: failureReply(errand, error), status: 200 }
  }
}

/** Lets the tool server open a session of its own; the client gets another name for it. */
async function forward(
  desk: Desk,
  posted: Posted,
  request: RpcRequest,
  { client, signal }: Wanted,
): Promise<Opened> {
  if (posted.http === null) throw new Error("nothing to forward to")
  let response: RpcResponse | undefined
  const end = await httpCall(desk.upstreams.of(posted.http), {
    method: "POST",
    headers: forwardedHeaders(posted.req.headers, undefined),
    body: posted.body.bytes,
    timeoutMs: 30_000,
    signal,
    leave: () => true,
    message(one) {
      if (one.kind === "response") response = one.message
    },
  })
  const result = response === undefined ? undefined : resultOf(response)
  if (result !== undefined) desk.onMet(posted.http.name, result)
  if (response === undefined || result === undefined) {
    const said =
      response ??
      rpcError(request.id, rpcCodes.unserved, `the tool server answered with status ${end.status}`)
    return { parts: null, response: said, status: response === undefined ? 200 : end.status }
  }
  const upstreamId = end.headers["mcp-session-id"]
  const parts: Parts = {
    id: newSessionId(),
    server: posted.backend.name,
    client: { ...client, protocolVersion: textOf(result["protocolVersion"]) || client.protocolVersion },
    upstreamId: typeof upstreamId === "string" ? upstreamId : undefined,
    backend: null,
  }
  return { parts, response: withoutTasks(response), status: end.status }
}

async function openByLink(desk: Desk, posted: Posted, request: RpcRequest, wanted: Wanted): Promise<Opened> {
  const { caller, backend } = posted
  const { client, sessions } = wanted
  const id = newSessionId()
  const session = () => sessions.find(id)
  const behind = await backend.open({
    caller,
    client,
    session: id,
    events: {
      notification: (message) => void session()?.stream?.write(writeEvent(message)),
      async request(message) {
        const open = session()
        if (open === undefined)
          return rpcError(message.id, rpcCodes.methodNotFound, "no client is there to be asked")
        return askOnStream(desk, open, message)
      },
    },
  })
  const parts: Parts = { id, server: backend.name, client, upstreamId: undefined, backend: behind }
  return { parts, response: rpcResult(request.id, behind.initialized), status: 200 }
}
