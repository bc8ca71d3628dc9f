import { Failure } from "@hufu/core/failure"
import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import { metaOf, rpcCodes, rpcError, rpcResult } from "../rpc.ts"
import type { Message } from "../rpc.ts"
import type { LinkCall, LinkEvents, RpcNotification, RpcRequest, RpcResponse } from "./link.ts"

/** Where a stream link writes. */
export interface Wire {
  /** Failure("upstream_unavailable") when the other side does not take it. */
  send(message: JsonObject): void
}

interface Pending {
  readonly id: string | number
  readonly progressToken: JsonValue | undefined
  readonly call: LinkCall
  readonly done: (response: RpcResponse) => void
  readonly fail: (error: unknown) => void
}

const maxServerRequests = 32

/** The notifications that concern a server as a whole, never one request. */
const general = new Set([
  "notifications/tools/list_changed",
  "notifications/resources/list_changed",
  "notifications/resources/updated",
  "notifications/prompts/list_changed",
  "notifications/subscriptions/acknowledged",
  "notifications/tasks",
])

/** Requests and answers over one ordered stream of messages: ids and progress tokens are Hufu's own on the wire. */
export interface StreamPeer {
  request(message: RpcRequest, call: LinkCall): Promise<RpcResponse>
  receive(message: Message): void
  /** Fails everything under way: what left may have had its effect. */
  end(): void
  onUnsolicited(events: LinkEvents): () => void
}

/** Builds a peer that writes to `wire`. */
export function createStreamPeer(wire: Wire): StreamPeer {
  const pending = new Map<number, Pending>()
  const listeners = new Set<LinkEvents>()
  let nextId = 1
  let serverRequests = 0
  let ended = false

  function request(message: RpcRequest, call: LinkCall): Promise<RpcResponse> {
    return new Promise((resolve, reject) => {
      if (ended) throw new Failure("upstream_unavailable", "the tool server is not running; try again")
      call.signal.throwIfAborted()
      if (!call.leave()) throw new Failure("stopped", "the action was stopped before it left")
      const wireId = nextId++
      const cancel = () => {
        if (!pending.delete(wireId)) return
        trySend(wire, cancelled(wireId, call.signal.reason))
        reject(call.signal.reason)
      }
      const settle = () => {
        pending.delete(wireId)
        call.signal.removeEventListener("abort", cancel)
      }
      pending.set(wireId, {
        id: message.id,
        progressToken: metaOf(message)["progressToken"],
        call,
        done: (response) => (settle(), resolve({ ...response, id: message.id })),
        fail: (error) => (settle(), reject(error)),
      })
      call.signal.addEventListener("abort", cancel, { once: true })
      try {
        wire.send(withWireIds(message, wireId))
      } catch (error) {
        pending.get(wireId)?.fail(error)
      }
    })
  }

  function notification(message: RpcNotification): void {
    const owner = ownerOf(message)
    if (owner !== undefined) return owner.call.events.notification(withClientToken(message, owner))
    if (message.method === "notifications/progress") return
    for (const listener of listeners) listener.notification(message)
  }

  function ownerOf(message: RpcNotification): Pending | undefined {
    if (message.method === "notifications/progress")
      return pending.get(Number(message.params?.["progressToken"]))
    if (message.method === "notifications/subscriptions/acknowledged" || general.has(message.method)) {
      const id = metaOf(message)["io.modelcontextprotocol/subscriptionId"]
      return typeof id === "number" ? pending.get(id) : undefined
    }
    // A stream does not say to which request a log line belongs: with one under way there is no doubt.
    return pending.size === 1 ? pending.values().next().value : undefined
  }

  async function serverRequest(message: RpcRequest): Promise<void> {
    if (message.method === "ping") return trySend(wire, rpcResult(message.id, {}))
    if (serverRequests >= maxServerRequests) {
      return trySend(wire, rpcError(message.id, rpcCodes.unserved, "too many requests to the client at once"))
    }
    serverRequests++
    try {
      const events = [...pending.values()].at(-1)?.call.events ?? listeners.values().next().value
      const answer = await (events?.request(message) ?? noClient(message))
      trySend(wire, { ...answer, id: message.id })
    } catch {
      trySend(wire, rpcError(message.id, rpcCodes.internal, "the client could not be asked"))
    } finally {
      serverRequests--
    }
  }

  return {
    request,
    receive(message) {
      if (message.kind === "notification") return notification(message.message)
      if (message.kind === "request") return void serverRequest(message.message)
      const id = message.message.id
      if (typeof id === "number") pending.get(id)?.done(message.message)
    },
    end() {
      ended = true
      for (const one of pending.values()) {
        one.fail(new Failure("upstream_lost", "the tool server went away during the call; check what it did"))
      }
    },
    onUnsolicited(events) {
      listeners.add(events)
      return () => listeners.delete(events)
    },
  }
}

function withWireIds(message: RpcRequest, wireId: number): RpcRequest {
  const meta = metaOf(message)
  if (meta["progressToken"] === undefined) return { ...message, id: wireId }
  return { ...message, id: wireId, params: { ...message.params, _meta: { ...meta, progressToken: wireId } } }
}

function withClientToken(message: RpcNotification, owner: Pending): RpcNotification {
  const params = { ...message.params }
  if (message.method === "notifications/progress") params["progressToken"] = owner.progressToken ?? owner.id
  const meta = metaOf(message)
  if ("io.modelcontextprotocol/subscriptionId" in meta) {
    params["_meta"] = { ...meta, "io.modelcontextprotocol/subscriptionId": owner.id }
  }
  return { ...message, params }
}

function cancelled(requestId: number, reason: unknown): RpcNotification {
  const said = reason instanceof Error ? reason.message : "cancelled"
  return { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId, reason: said } }
}

function noClient(message: RpcRequest): RpcResponse {
  return rpcError(message.id, rpcCodes.methodNotFound, "no client is there to be asked")
}

function trySend(wire: Wire, message: JsonObject): void {
  try {
    wire.send(message)
  } catch {
    // The stream is gone: nobody is left to tell.
  }
}
