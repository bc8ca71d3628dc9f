import { Failure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import { randomUUID } from "node:crypto"
import type { Caller } from "../governor.ts"
import type { Backend, BackendSession } from "./backend.ts"
import type { ClientPort } from "./client-port.ts"
import type { Desk } from "./desk.ts"
import { readEra } from "./era.ts"
import type { ClientFacts } from "./era.ts"
import { failureReply } from "./failure-reply.ts"
import { clientOf } from "./initialize-session.ts"
import { rpcCodes, rpcError, rpcResult } from "./rpc.ts"
import type { Message } from "./rpc.ts"
import { ClientGone, StopReason } from "./stop-reason.ts"
import type { RpcNotification, RpcRequest, RpcResponse } from "./upstream/link.ts"
import { refusalReply, stoppedRefusal } from "./verdict-reply.ts"

export interface StreamParts {
  readonly caller: Caller
  readonly backend: Backend
  readonly send: (message: JsonObject) => void
}

/** One client on one stream, of either era; requests run side by side and are answered as they end. */
export interface StreamConversation {
  receive(message: Message): void
  /** Whether as many requests are under way as may be. */
  readonly full: boolean
  /** Resolves when one more fits. */
  room(): Promise<void>
  /** Refuses everything under way, now. */
  stop(reason: string): void
  /** The client has gone. */
  end(): void
}

interface Running {
  readonly request: RpcRequest
  readonly client: ClientFacts
  readonly controller: AbortController
}

const maxQuestions = 64

/** Nothing has been said yet; the first request shows the era. */
export function openStreamConversation(
  desk: Desk,
  { caller, backend, send }: StreamParts,
): StreamConversation {
  const running = new Map<string | number, Running>()
  const questions = new Map<string, (response: RpcResponse) => void>()
  const waiters: (() => void)[] = []
  const life = new AbortController()
  let session: BackendSession | undefined
  let opening: Promise<BackendSession> | undefined
  let client: ClientFacts | undefined

  const port: ClientPort = { notify: (message) => send(message), ask: (message) => ask(message) }

  function ask(message: RpcRequest): Promise<RpcResponse> {
    if (questions.size >= maxQuestions) {
      return Promise.resolve(
        rpcError(message.id, rpcCodes.unserved, "too many questions to the client at once"),
      )
    }
    const id = `hufu-${randomUUID()}`
    return new Promise((resolve, reject) => {
      const over = (then: () => void) => {
        clearTimeout(late)
        life.signal.removeEventListener("abort", gone)
        questions.delete(id)
        then()
      }
      const late = setTimeout(
        () => over(() => reject(new Error("the client did not answer in time"))),
        desk.config.limits.inputWaitMs,
      )
      late.unref()
      const gone = () => over(() => reject(life.signal.reason))
      life.signal.addEventListener("abort", gone, { once: true })
      questions.set(id, (response) => over(() => resolve({ ...response, id: message.id })))
      send({ ...message, id })
    })
  }

  function accept(request: RpcRequest): void {
    const reading = readEra({ kind: "request", message: request }, undefined)
    if (reading.era === "none") {
      const { code, message, data } = reading.problem
      return send(rpcError(request.id, code, message, data))
    }
    if (running.has(request.id)) {
      return send(rpcError(request.id, rpcCodes.invalidRequest, "a request with this id is under way"))
    }
    const facts = reading.era === "modern" ? reading.client : (client ?? clientOf(request))
    const one: Running = { request, client: facts, controller: new AbortController() }
    running.set(request.id, one)
    void run(one, reading.era === "modern").finally(() => {
      if (running.get(request.id) === one) running.delete(request.id)
      waiters.shift()?.()
    })
  }

  async function run(one: Running, modern: boolean): Promise<void> {
    let leave = () => {}
    try {
      leave = desk.presence.enter(caller, "request", () => {})
      const response = await (modern ? serveModern(one) : serveLegacy(one))
      if (!one.controller.signal.aborted) send(response)
    } catch (error) {
      if (!one.controller.signal.aborted)
        send(failureReply({ message: one.request, client: one.client }, error))
    } finally {
      leave()
    }
  }

  function errandOf({ request, client: facts, controller }: Running, to: ClientPort) {
    const signal = controller.signal
    return { caller, server: backend.name, client: facts, message: request, port: to, signal }
  }

  function serveModern(one: Running): Promise<RpcResponse> {
    // A modern server asks nothing: it returns `input_required`.
    return backend.serve(errandOf(one, { ...port, ask: null }))
  }

  async function serveLegacy(one: Running): Promise<RpcResponse> {
    if (one.request.method === "initialize") return initialize(one.request)
    if (one.request.method === "ping") return rpcResult(one.request.id, {})
    if (opening === undefined) {
      return rpcError(one.request.id, rpcCodes.invalidRequest, "send `initialize` first")
    }
    // A client that did not wait for the answer to `initialize` still gets all of its replies.
    const opened = await opening
    return opened.serve(errandOf(one, port))
  }

  async function initialize(request: RpcRequest): Promise<RpcResponse> {
    if (client !== undefined)
      return rpcError(request.id, rpcCodes.invalidRequest, "the session is initialized already")
    client = clientOf(request)
    try {
      const events = { notification: (message: RpcNotification) => send(message), request: ask }
      opening = backend.open({ caller, client, session: `stream-${randomUUID()}`, events })
      const opened = await opening
      if (life.signal.aborted) {
        opened.end()
        throw new ClientGone()
      }
      session = opened
      return rpcResult(request.id, opened.initialized)
    } catch (error) {
      client = undefined
      opening = undefined
      throw error instanceof Failure
        ? error
        : new Failure("upstream_unavailable", "the tool server did not start; see the log", { cause: error })
    }
  }

  function notice(message: RpcNotification): void {
    if (message.method === "notifications/cancelled") {
      const id = message.params?.["requestId"]
      if (typeof id === "string" || typeof id === "number")
        running.get(id)?.controller.abort(new ClientGone())
    } else if (message.method === "notifications/roots/list_changed") {
      session?.notify(message)
    }
  }

  return {
    receive(message) {
      if (message.kind === "request") accept(message.message)
      else if (message.kind === "notification") notice(message.message)
      else if (typeof message.message.id === "string") questions.get(message.message.id)?.(message.message)
    },
    get full() {
      return running.size >= desk.config.limits.requestsPerAgent
    },
    room: () =>
      running.size < desk.config.limits.requestsPerAgent
        ? Promise.resolve()
        : new Promise((resolve) => waiters.push(resolve)),
    stop(reason) {
      for (const { request, client: facts, controller } of running.values()) {
        if (controller.signal.aborted) continue
        send(refusalReply(request, stoppedRefusal(reason), facts.era))
        controller.abort(new StopReason(reason))
      }
    },
    end() {
      life.abort(new ClientGone())
      for (const { controller } of running.values()) controller.abort(new ClientGone())
      session?.end()
    },
  }
}
