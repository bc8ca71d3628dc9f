import { Failure } from "@hufu/core/failure"
import { randomBytes } from "node:crypto"
import type { ServerResponse } from "node:http"
import type { Caller } from "../governor.ts"
import type { BackendSession } from "./backend.ts"
import type { ClientFacts } from "./era.ts"
import type { OwedResponse } from "./owed-response.ts"
import { rpcCodes, rpcError } from "./rpc.ts"
import type { RpcResponse } from "./upstream/link.ts"

/** A question that the client has been asked and has not answered. */
export interface Question {
  answer(response: RpcResponse): void
  /** Whether the answer belongs to the tool server and goes on to it as it came. */
  readonly forward: boolean
}

/** A session of a legacy client: Hufu's own id, bound to the agent and the credential that opened it. */
export interface Session {
  readonly id: string
  readonly caller: Caller
  /** Name of the server, or the empty name of the aggregate. */
  readonly server: string
  readonly client: ClientFacts
  /** The tool server's own session, never shown to the client; `undefined` when it has none or is reached by a link. */
  readonly upstreamId: string | undefined
  /** Where the requests go when they are not forwarded as they came. */
  readonly backend: BackendSession | null
  readonly questions: Map<string | number, Question>
  /** Governed calls whose response may still come on any stream of the session. */
  readonly owed: Map<string | number, OwedResponse>
  /** The standalone stream, when the client holds one open to a session that is served by a link. */
  stream: ServerResponse | null
  /** Requests under way, each with what takes it back. */
  readonly running: Map<string | number, AbortController>
  usedAt: number
  /** Requests and streams in progress: a session in use is not idle. */
  busy: number
  /** Ends what the session holds; called once. */
  readonly end: (reason: string) => void
}

export interface SessionTable {
  /** `id` is a fresh one of `newSessionId`. */
  open(session: Omit<Session, "usedAt" | "busy" | "stream" | "questions" | "owed" | "running">): Session
  /** The session of this very agent, credential and server; Failure("not_found") for any other. */
  get(id: string, caller: Caller, server: string): Session
  /** The session of a name that Hufu itself gave out. */
  find(id: string): Session | undefined
  close(session: Session, reason: string): void
  /** Closes the session of an agent that has been idle the longest and is served by links; answers whether there was one. */
  giveUp(agent: string): boolean
  /** Closes every session with a server. */
  drop(server: string, reason: string): void
  closeAll(reason: string): void
  readonly size: number
}

/** A name for a session that nobody can guess. */
export function newSessionId(): string {
  return randomBytes(24).toString("base64url")
}

const sweepMs = 30_000

function empty(): Pick<Session, "questions" | "owed" | "running"> {
  return { questions: new Map(), owed: new Map(), running: new Map() }
}

/** @param limits how many sessions an agent may have (the oldest idle one goes first) and how long one may be idle */
export function createSessionTable(
  limits: { perAgent: number; idleMs: number },
  now: () => number,
): SessionTable {
  const sessions = new Map<string, Session>()
  const sweeper = setInterval(() => {
    for (const one of sessions.values()) {
      if (one.busy === 0 && now() - one.usedAt > limits.idleMs) close(one, "idle for too long")
    }
  }, sweepMs)
  sweeper.unref()

  function close(session: Session, reason: string): void {
    if (!sessions.delete(session.id)) return
    session.stream?.end()
    for (const owed of session.owed.values()) owed.lose("connection_lost")
    for (const [id, question] of session.questions)
      question.answer(rpcError(id, rpcCodes.unserved, "the session ended"))
    session.end(reason)
  }

  function makeRoom(agent: string): void {
    const own = [...sessions.values()].filter((one) => one.caller.agent === agent)
    if (own.length < limits.perAgent) return
    const idle = longestIdle(own)
    if (idle === undefined)
      throw new Failure("too_many", "this agent has too many sessions in use; end some first")
    close(idle, "the agent opened too many sessions")
  }

  function longestIdle(some: readonly Session[]): Session | undefined {
    return some.filter((one) => one.busy === 0).sort((one, other) => one.usedAt - other.usedAt)[0]
  }

  return {
    open(parts) {
      makeRoom(parts.caller.agent)
      const session: Session = { ...parts, usedAt: now(), busy: 0, stream: null, ...empty() }
      sessions.set(session.id, session)
      return session
    },
    get(id, caller, server) {
      const session = sessions.get(id)
      const own =
        session !== undefined &&
        session.server === server &&
        session.caller.agent === caller.agent &&
        session.caller.principal === caller.principal &&
        session.caller.credential === caller.credential
      if (!own) throw new Failure("not_found", "there is no such session; send `initialize` again")
      session.usedAt = now()
      return session
    },
    find: (id) => sessions.get(id),
    close,
    giveUp(agent) {
      const byLink = [...sessions.values()].filter(
        (one) => one.caller.agent === agent && one.backend !== null && one.owed.size === 0,
      )
      const idle = longestIdle(byLink)
      if (idle !== undefined) close(idle, "the agent needed its connections for newer sessions")
      return idle !== undefined
    },
    drop(server, reason) {
      for (const one of sessions.values()) if (one.server === server) close(one, reason)
    },
    closeAll(reason) {
      clearInterval(sweeper)
      for (const one of sessions.values()) close(one, reason)
    },
    get size() {
      return sessions.size
    },
  }
}
