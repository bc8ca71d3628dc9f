import { Failure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import { setTimeout as sleep } from "node:timers/promises"
import { legacyVersions, modernVersion } from "../era.ts"
import { mirrorHeaders } from "../header-agreement.ts"
import type { Log } from "../log.ts"
import type { ParamHeaders } from "../param-headers.ts"
import { resultOf, rpcCodes, rpcError, rpcResult } from "../rpc.ts"
import type { Message } from "../rpc.ts"
import { shakeHands } from "./handshake.ts"
import { httpCall } from "./http-call.ts"
import type { HttpEnd } from "./http-call.ts"
import type { HttpUpstream } from "./http-upstream.ts"
import type { Era, Link, LinkCall, LinkEvents, RpcRequest, RpcResponse } from "./link.ts"

const accept = "application/json, text/event-stream"
const resumeTries = 5
const streamRetryMs = [500, 2000, 10_000, 30_000] as const

export interface HttpLinkOptions {
  readonly capabilities: JsonObject
  readonly known?: Era
  readonly timeoutMs: number
  readonly paramHeaders: ParamHeaders
}

/** Opens the conversation with an HTTP tool server; the link owns its session there, not the connections. */
export async function openHttpLink(
  server: string,
  upstream: HttpUpstream,
  log: Log,
  options: HttpLinkOptions,
): Promise<Link> {
  const link = new HttpLink(server, upstream, log, options)
  await link.open(options.capabilities, options.known)
  return link
}

/** A class because it owns a session at the tool server and the stream that listens there. */
class HttpLink implements Link {
  readonly server: string
  era: Era = "legacy"
  protocolVersion: string = legacyVersions[0]
  discovered: JsonObject = {}
  readonly closed: Promise<void>
  readonly #upstream: HttpUpstream
  readonly #log: Log
  readonly #options: HttpLinkOptions
  readonly #life = new AbortController()
  readonly #listeners = new Set<LinkEvents>()
  readonly #markClosed: () => void
  #session: string | undefined

  constructor(server: string, upstream: HttpUpstream, log: Log, options: HttpLinkOptions) {
    this.server = server
    this.#upstream = upstream
    this.#log = log
    this.#options = options
    const { promise, resolve } = Promise.withResolvers<void>()
    this.closed = promise
    this.#markClosed = resolve
  }

  async open(capabilities: JsonObject, known: Era | undefined): Promise<void> {
    const signal = this.#life.signal
    const plain = (): LinkCall => ({ events: unasked, signal, leave: () => true })
    const agreed = await shakeHands(
      {
        probe: (message) => this.#post(message, plain(), "modern").catch(onlyUnreachable),
        ask: (message) => this.#post(message, plain(), "legacy"),
        tell: (message) => this.#tell(message),
      },
      capabilities,
      known,
    )
    Object.assign(this, agreed)
    if (this.era === "legacy") void this.#listen()
  }

  async request(message: RpcRequest, call: LinkCall): Promise<RpcResponse> {
    if (this.#life.signal.aborted)
      throw new Failure("upstream_unavailable", "the tool server's session has ended; try again")
    return this.#post(message, call, this.era)
  }

  notify(message: JsonObject): void {
    this.#tell(message).catch((error: unknown) => {
      this.#log.warn({ server: this.server, error }, "a notification did not reach the tool server")
    })
  }

  onUnsolicited(events: LinkEvents): () => void {
    this.#listeners.add(events)
    return () => this.#listeners.delete(events)
  }

  async close(): Promise<void> {
    if (this.#life.signal.aborted) return
    this.#life.abort(new Failure("upstream_unavailable", "the link was closed"))
    this.#markClosed()
    if (this.#session === undefined) return
    const headers = this.#headers("legacy")
    const rest = {
      body: null,
      timeoutMs: 5000,
      signal: AbortSignal.timeout(5000),
      leave: () => true,
      message() {},
    }
    await httpCall(this.#upstream, { method: "DELETE", headers, ...rest }).catch(() => {})
  }

  #headers(era: Era): Record<string, string> {
    const headers: Record<string, string> = { accept, "content-type": "application/json" }
    headers["mcp-protocol-version"] = era === "modern" ? modernVersion : this.protocolVersion
    if (this.#session !== undefined) headers["mcp-session-id"] = this.#session
    return headers
  }

  async #post(message: RpcRequest, call: LinkCall, era: Era): Promise<RpcResponse> {
    const headers = this.#headers(era)
    if (message.method === "initialize") delete headers["mcp-protocol-version"]
    if (era === "modern") {
      const paths = this.#options.paramHeaders.of(this.server, message.params?.["name"])
      Object.assign(headers, mirrorHeaders(message, paths))
    }
    let response: RpcResponse | undefined
    const take = (one: Message) => {
      if (one.kind === "response" && one.message.id === message.id) response = one.message
      else this.#incoming(one, call.events)
    }
    const signal = AbortSignal.any([call.signal, this.#life.signal])
    const shared = { timeoutMs: this.#options.timeoutMs, signal, message: take }
    let end = await httpCall(this.#upstream, {
      ...shared,
      method: "POST",
      headers,
      body: JSON.stringify(message),
      leave: () => call.leave(),
    }).catch((error: unknown) => this.#cancelled(error, call, message, era))
    if (message.method === "initialize") this.#session = sessionOf(end)
    end = await this.#resume(end, shared, () => response !== undefined, era)
    return response ?? this.#noResponse(end, message, era)
  }

  /** A legacy server may close a stream before the response and expect to be polled (2025-11-25, Resumability). */
  async #resume(
    first: HttpEnd,
    shared: {
      timeoutMs: number
      signal: AbortSignal
      message: (one: Message, id: string | undefined) => void
    },
    done: () => boolean,
    era: Era,
  ): Promise<HttpEnd> {
    let end = first
    if (era === "modern") return end
    for (let tries = 0; tries < resumeTries && !done() && end.lastEventId !== undefined; tries++) {
      await sleep(tries === 0 ? 100 : 1000, undefined, { signal: shared.signal })
      const headers = { ...this.#headers(era), "last-event-id": end.lastEventId }
      end = await httpCall(this.#upstream, {
        ...shared,
        method: "GET",
        headers,
        body: null,
        leave: () => true,
      })
    }
    return end
  }

  #cancelled(error: unknown, call: LinkCall, message: RpcRequest, era: Era): never {
    if (call.signal.aborted && era === "legacy") {
      const params = { requestId: message.id, reason: "cancelled" }
      this.notify({ jsonrpc: "2.0", method: "notifications/cancelled", params })
    }
    if (!call.signal.aborted && this.#life.signal.aborted) {
      throw new Failure("upstream_lost", "the tool server's session ended during the call; check what it did")
    }
    throw error
  }

  #noResponse(end: HttpEnd, message: RpcRequest, era: Era): never | RpcResponse {
    if (end.status === 404 && this.#session !== undefined) {
      void this.close()
      throw new Failure("upstream_lost", "the tool server has ended its session; try again")
    }
    if (end.status === 401 || end.status === 403) {
      throw new Failure("upstream_unavailable", "the tool server does not accept the registered credential")
    }
    if (era === "modern" && end.status >= 400 && end.status < 500) {
      return rpcError(
        message.id,
        rpcCodes.invalidRequest,
        `the tool server answered with status ${end.status}`,
      )
    }
    throw new Failure("upstream_lost", `the tool server gave no response (status ${end.status})`)
  }

  #incoming(one: Message, events: LinkEvents | undefined): void {
    if (one.kind === "notification") {
      if (events !== undefined) return events.notification(one.message)
      for (const listener of this.#listeners) listener.notification(one.message)
    } else if (one.kind === "request") {
      void this.#answer(one.message, events ?? this.#listeners.values().next().value ?? unasked)
    }
  }

  async #answer(request: RpcRequest, events: LinkEvents): Promise<void> {
    const answer =
      request.method === "ping"
        ? rpcResult(request.id, {})
        : await events
            .request(request)
            .catch(() => rpcError(request.id, rpcCodes.internal, "the client could not be asked"))
    this.notify({ ...answer, id: request.id })
  }

  async #tell(message: JsonObject): Promise<void> {
    await httpCall(this.#upstream, {
      method: "POST",
      headers: this.#headers(this.era),
      body: JSON.stringify(message),
      timeoutMs: 10_000,
      signal: this.#life.signal,
      leave: () => true,
      message: () => {},
    })
  }

  /** Keeps the standalone stream open, on which a legacy server says what belongs to no request. */
  async #listen(): Promise<void> {
    const signal = this.#life.signal
    for (let tries = 0; !signal.aborted; tries++) {
      const end = await httpCall(this.#upstream, {
        method: "GET",
        headers: this.#headers("legacy"),
        body: null,
        timeoutMs: 0,
        signal,
        leave: () => true,
        message: (one) => this.#incoming(one, undefined),
      }).catch(() => undefined)
      if (end !== undefined && !end.streamed) return // No such stream is offered.
      const wait = streamRetryMs[Math.min(tries, streamRetryMs.length - 1)] ?? 30_000
      await sleep(wait, undefined, { signal, ref: false }).catch(() => {})
    }
  }
}

const unasked: LinkEvents = {
  notification() {},
  request: async (message) => rpcError(message.id, rpcCodes.methodNotFound, "no client is there to be asked"),
}

function sessionOf(end: HttpEnd): string | undefined {
  const session = end.headers["mcp-session-id"]
  return typeof session === "string" && /^[\x21-\x7e]{1,1024}$/.test(session) ? session : undefined
}

/** A reply that is no JSON-RPC shows a legacy server; one that could not be had shows nothing. */
function onlyUnreachable(error: unknown): undefined {
  if (error instanceof Failure && error.code === "upstream_unavailable") throw error
  return undefined
}

/** The result of a request, for callers that treat an error as a failure. */
export function expectResult(response: RpcResponse): JsonObject {
  const result = resultOf(response)
  if (result === undefined)
    throw new Failure("upstream_unavailable", "the tool server answered with an error")
  return result
}
