import { Failure, isFailure } from "@hufu/core/failure"
import type { IncomingMessage, ServerResponse } from "node:http"
import { requireScope } from "../require-scope.ts"
import { acceptSignature } from "../../identity/signed-requests.ts"
import type { Identified } from "../identify-agent.ts"
import { aggregateBackend } from "./aggregate/aggregate-backend.ts"
import type { Backend } from "./backend.ts"
import type { Desk } from "./desk.ts"
import { challengeOf } from "./challenge.ts"
import { failureData } from "./failure-reply.ts"
import { failureWords } from "./failure-words.ts"
import { guardRequest } from "./http-guard.ts"
import { createPostHandler } from "./http-post.ts"
import { createStreamHandler } from "./http-stream.ts"
import { rpcCodes, rpcError } from "./rpc.ts"
import { serverBackend } from "./server-backend.ts"
import { createSessionTable } from "./session.ts"
import type { SessionTable } from "./session.ts"
import type { HttpServer } from "./upstream/server-definition.ts"

/** One HTTP request, once it is known who sends it and for which address of the door. */
export interface HttpVisit extends Identified {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly backend: Backend
  /** The server's definition when requests can be forwarded to it as they came. */
  readonly http: HttpServer | null
}

export interface HttpDoor {
  handle(req: IncomingMessage, res: ServerResponse): void
  close(): void
}

export interface HttpDoorParts {
  readonly desk: Desk
  /** Throws Failure("unauthenticated"). */
  readonly identify: (req: IncomingMessage) => Identified
}

/** The door at `/mcp/{server}`, and at `/mcp` for all servers together. */
export function createHttpDoor({ desk, identify }: HttpDoorParts): HttpDoor {
  const { limits } = desk.config
  const sessions: SessionTable = createSessionTable(
    { perAgent: limits.sessionsPerAgent, idleMs: limits.sessionIdleMs },
    () => desk.clock.monotonic(),
  )
  const unlisten = desk.servers.onChange((name) =>
    sessions.drop(name, "the tool server was changed or removed"),
  )
  const stopGiving = desk.links.onFull((agent) => sessions.giveUp(agent))
  const aggregate = aggregateBackend(desk)
  const post = createPostHandler(desk, sessions)
  const stream = createStreamHandler(desk, sessions)

  async function visit(req: IncomingMessage, res: ServerResponse): Promise<void> {
    guardRequest(req, desk.config)
    const identified = identify(req)
    desk.governor.standing(identified.caller)
    requireScope(identified.caller, "read")
    const arrived: HttpVisit = { req, res, ...identified, ...destination(req.url ?? "") }
    if (req.method === "POST") return post(arrived)
    if (req.method === "GET" || req.method === "DELETE") return stream(arrived)
    throw new Failure("method_not_allowed", "this address takes POST, GET and DELETE")
  }

  function destination(url: string): Pick<HttpVisit, "backend" | "http"> {
    const path = url.split("?", 1)[0] ?? ""
    const name = /^\/mcp(?:\/([a-z0-9][a-z0-9._-]{0,62}))?\/?$/.exec(path)
    if (name === null) throw new Failure("not_found", "use `/mcp/{server}`, or `/mcp` for all servers")
    if (name[1] === undefined) return { backend: aggregate, http: null }
    const server = desk.servers.get(name[1])
    if (server === undefined) throw new Failure("not_found", `there is no tool server \`${name[1]}\``)
    return { backend: serverBackend(desk, server), http: server.transport === "http" ? server : null }
  }

  return {
    handle(req, res) {
      res.on("error", () => {})
      visit(req, res).catch((error: unknown) => refuse(desk, res, error))
    },
    close() {
      unlisten()
      stopGiving()
      aggregate.close()
      sessions.closeAll("Hufu is closing")
    },
  }
}

/** Answers a request that did not come as far as being one: a JSON-RPC error without an id. */
function refuse(desk: Desk, res: ServerResponse, error: unknown): void {
  if (!isFailure(error)) desk.log.warn({ error }, "a request could not be handled")
  if (res.headersSent) return void res.destroy()
  const failure = isFailure(error)
    ? error
    : new Failure("internal", "something went wrong inside Hufu; see its log")
  const code = failure.code === "invalid_json" ? rpcCodes.parse : rpcCodes.unserved
  const body = JSON.stringify(rpcError(null, code, failureWords(failure), failureData(failure)))
  const headers: Record<string, string | number> = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  }
  if (failure.status === 401 || failure.code === "insufficient_scope")
    headers["www-authenticate"] = challengeOf(failure, res.req, desk.config.tokenHelp)
  if (failure.code === "signature_refused") headers["accept-signature"] = acceptSignature
  if (failure.status === 405) headers["allow"] = "POST, GET, DELETE"
  if (failure.status === 429) headers["retry-after"] = 1
  // What was not read of the request would be taken for the next one.
  if (!res.req.complete) headers["connection"] = "close"
  res.writeHead(failure.status, headers)
  res.end(body)
}
