import { Failure } from "@hufu/core/failure"
import { isJsonObject } from "@hufu/core/json/json-value"
import type { JsonObject } from "@hufu/core/json/json-value"
import { legacyVersions, metaKeys, modernVersion } from "../era.ts"
import type { ClientFacts } from "../era.ts"
import { metaOf, resultOf, rpcCodes, rpcError, rpcResult } from "../rpc.ts"
import { modernMeta } from "../upstream/handshake.ts"
import type {
  Link,
  LinkCall,
  LinkEvents,
  RpcNotification,
  RpcRequest,
  RpcResponse,
} from "../upstream/link.ts"

const maxRounds = 16
const maxUris = 256

/**
 * Shows a link to a modern server as a legacy one, for one session: what the server says with `input_required`
 * becomes questions to the client, and what a session says once is said with every request.
 */
export function asLegacyLink(link: Link, client: ClientFacts): Link {
  const listeners = new Set<LinkEvents>()
  const uris = new Set<string>()
  let level: string | undefined
  let listening: AbortController | undefined

  async function request(message: RpcRequest, call: LinkCall): Promise<RpcResponse> {
    const { id, params } = message
    switch (message.method) {
      case "ping":
        return rpcResult(id, {})
      case "logging/setLevel":
        level = typeof params?.["level"] === "string" ? params["level"] : level
        return rpcResult(id, {})
      case "resources/subscribe":
        return subscribe(message, call, true)
      case "resources/unsubscribe":
        return subscribe(message, call, false)
      default:
        return rounds(message, call)
    }
  }

  /** Asks, answers what the server wants to know, and asks again, until there is a result (2026-07-28, MRTR). */
  async function rounds(message: RpcRequest, call: LinkCall): Promise<RpcResponse> {
    let more: JsonObject = {}
    for (let round = 0; round < maxRounds; round++) {
      const params = { ...message.params, ...more, _meta: metaFor(message) }
      const response = await link.request({ ...message, params }, call)
      const result = resultOf(response)
      if (result?.["resultType"] !== "input_required") return plain(response)
      more = await answers(result, message, call)
    }
    throw new Failure("upstream_lost", "the tool server asked for input too many times")
  }

  async function answers(result: JsonObject, message: RpcRequest, call: LinkCall): Promise<JsonObject> {
    const wanted = isJsonObject(result["inputRequests"]) ? result["inputRequests"] : {}
    const inputResponses: JsonObject = {}
    for (const [key, one] of Object.entries(wanted)) {
      if (!isJsonObject(one) || typeof one["method"] !== "string") continue
      const params = isJsonObject(one["params"]) ? one["params"] : {}
      const question: RpcRequest = {
        jsonrpc: "2.0",
        id: `${String(message.id)}-${key}`,
        method: one["method"],
        params,
      }
      const answer = resultOf(await call.events.request(question))
      if (answer === undefined)
        throw new Failure("upstream_lost", "the client did not give the input that the tool server needs")
      inputResponses[key] = answer
    }
    const state = result["requestState"]
    return { inputResponses, ...(typeof state === "string" ? { requestState: state } : {}) }
  }

  function metaFor(message: RpcRequest): JsonObject {
    const { extensions: _, ...capabilities } = client.capabilities
    const wanted = level === undefined ? {} : { [metaKeys.logLevel]: level }
    return { ...metaOf(message), ...modernMeta(capabilities), ...wanted }
  }

  function subscribe(message: RpcRequest, call: LinkCall, on: boolean): RpcResponse {
    const uri = message.params?.["uri"]
    if (typeof uri !== "string")
      return rpcError(message.id, rpcCodes.invalidParams, "`params.uri` must be a string")
    if (!call.leave()) throw new Failure("stopped", "the action was stopped before it left")
    if (on && uris.size < maxUris) uris.add(uri)
    else if (!on) uris.delete(uri)
    listen()
    return rpcResult(message.id, {})
  }

  /** One listen stream stands for the session's subscriptions; it is opened anew when they change. */
  function listen(): void {
    listening?.abort()
    if (listeners.size === 0) return
    listening = new AbortController()
    const filter = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true }
    const notifications: JsonObject =
      uris.size === 0 ? filter : { ...filter, resourceSubscriptions: [...uris] }
    const params = { notifications, _meta: modernMeta({}) }
    const events: LinkEvents = {
      notification(message) {
        if (message.method === "notifications/subscriptions/acknowledged") return
        for (const listener of listeners) listener.notification(unmarked(message))
      },
      request: async (one) => rpcError(one.id, rpcCodes.methodNotFound, "a modern server asks nothing here"),
    }
    const call = { events, signal: listening.signal, leave: () => true }
    // A server that offers no such stream has nothing to say between requests.
    link
      .request({ jsonrpc: "2.0", id: "hufu-listen", method: "subscriptions/listen", params }, call)
      .catch(() => {})
  }

  return {
    server: link.server,
    era: "legacy",
    protocolVersion: legacyVersions[0],
    discovered: discoveredBy(link),
    request,
    notify() {}, // The modern era knows no notification of a client beside cancelling, which aborting does.
    onUnsolicited(events) {
      listeners.add(events)
      if (listeners.size === 1) listen()
      return () => {
        listeners.delete(events)
        if (listeners.size === 0) listening?.abort()
      }
    },
    closed: link.closed,
    close: () => link.close(),
  }
}

function discoveredBy(link: Link): JsonObject {
  const {
    supportedVersions: _,
    resultType: __,
    ttlMs: ___,
    cacheScope: ____,
    _meta,
    capabilities,
    ...rest
  } = link.discovered
  const info = isJsonObject(_meta) ? _meta[metaKeys.serverInfo] : undefined
  const { extensions: _____, ...kept } = isJsonObject(capabilities) ? capabilities : {}
  return {
    ...rest,
    protocolVersion: legacyVersions[0],
    capabilities: kept,
    serverInfo: info ?? { name: link.server, version: modernVersion },
  }
}

function plain(response: RpcResponse): RpcResponse {
  const result = resultOf(response)
  if (result === undefined) return response
  const { resultType: _, ttlMs: __, cacheScope: ___, ...kept } = result
  return { ...response, result: kept }
}

function unmarked(message: RpcNotification): RpcNotification {
  const { [metaKeys.subscriptionId]: _, ...meta } = metaOf(message)
  return { ...message, params: { ...message.params, _meta: meta } }
}
