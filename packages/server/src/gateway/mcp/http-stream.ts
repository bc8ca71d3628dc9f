import { Failure } from "@hufu/core/failure"
import type { Desk } from "./desk.ts"
import { modernVersion } from "./era.ts"
import type { HttpVisit } from "./http-door.ts"
import { HttpReply } from "./http-reply.ts"
import { RawRelay } from "./raw-relay.ts"
import { forwardedHeaders } from "./raw-headers.ts"
import { serverMessage } from "./server-message.ts"
import type { Session, SessionTable } from "./session.ts"
import { ClientGone } from "./stop-reason.ts"
import type { HttpServer } from "./upstream/server-definition.ts"

/** How often a silent stream of Hufu's own says that it is alive. */
const aliveEveryMs = 15_000

/** Handles GET (the standalone stream) and DELETE (the end of a session) of legacy clients. */
export function createStreamHandler(desk: Desk, sessions: SessionTable): (visit: HttpVisit) => Promise<void> {
  return async function handleStream(visit) {
    const { req, res, caller, backend, http } = visit
    const id = req.headers["mcp-session-id"]
    if (req.headers["mcp-protocol-version"] === modernVersion || typeof id !== "string") {
      throw new Failure(
        "method_not_allowed",
        "only a session has a stream and an end: send its `Mcp-Session-Id`",
      )
    }
    const session = sessions.get(id, caller, backend.name)
    if (req.method === "DELETE") {
      sessions.close(session, "the client has ended it")
      return new HttpReply(res, "legacy", undefined, null).end(200)
    }
    if (!/text\/event-stream|\*\/\*/.test(req.headers.accept ?? "*/*")) {
      throw new Failure("not_acceptable", "this address answers GET with `text/event-stream` only")
    }
    await hold(desk, visit, session, () =>
      session.backend === null && http !== null ? relay(desk, visit, session, http) : listen(visit, session),
    )
  }
}

/** Keeps the stream's place among the agent's until it is over. */
async function hold(
  desk: Desk,
  visit: HttpVisit,
  session: Session,
  work: () => Promise<void>,
): Promise<void> {
  const leave = desk.presence.enter(visit.caller, "stream", () => visit.res.end())
  session.busy++
  try {
    await work()
  } finally {
    session.busy--
    session.usedAt = desk.clock.monotonic()
    leave()
  }
}

/** The tool server's own stream, message by message; `Last-Event-ID` goes with it. */
function relay(desk: Desk, visit: HttpVisit, session: Session, http: HttpServer): Promise<void> {
  const { req, res, caller } = visit
  const reply = new HttpReply(res, "legacy", req.headers.accept, null)
  const gone = new AbortController()
  const to = { caller, server: session.server, client: session.client, signal: gone.signal }
  return new Promise((resolve) => {
    const relayed = new RawRelay(reply, {
      leave: () => true,
      message: (message) => serverMessage(desk, to, session, message),
      over(end) {
        gone.abort(new ClientGone())
        if (end.blocked || (end.error !== null && end.status === 0)) reply.end(502)
        else reply.end(200)
        resolve()
      },
    })
    relayed.exchange = desk.upstreams.of(http).send(
      {
        method: "GET",
        headers: forwardedHeaders(req.headers, session.upstreamId),
        body: null,
        timeoutMs: 0,
      },
      relayed,
    )
    res.once("close", () => relayed.exchange?.abort(new ClientGone()))
  })
}

/** Hufu's own stream, for a session that is served by a link. One at a time: a newer one takes its place. */
function listen({ res }: HttpVisit, session: Session): Promise<void> {
  session.stream?.end()
  session.stream = res
  const reply = new HttpReply(res, "legacy", undefined, null)
  reply.openStream()
  res.flushHeaders()
  const alive = setInterval(() => res.write(":\n\n"), aliveEveryMs)
  return new Promise((resolve) => {
    res.once("close", () => {
      clearInterval(alive)
      if (session.stream === res) session.stream = null
      resolve()
    })
  })
}
