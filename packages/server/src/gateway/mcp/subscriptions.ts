import { logLevels } from "./translate/log-levels.ts"
import { rpcCodes, rpcError, rpcResult, textOf } from "./rpc.ts"
import type { Link, LinkCall, LinkEvents, RpcNotification, RpcRequest, RpcResponse } from "./upstream/link.ts"

/** What one session has asked a link for that outlasts a request: it gets its own share of a link that others use too. */
export interface Subscriptions {
  /** The link, as this session is to use it. */
  readonly through: Link
  wants(message: RpcNotification): boolean
  end(): void
}

interface Shared {
  readonly uris: Map<string, number>
  level: number
}

const shares = new WeakMap<Link, Shared>()
const maxUris = 256

/** Nothing subscribed to yet. */
export function openSubscriptions(link: Link): Subscriptions {
  const shared = shares.get(link) ?? { uris: new Map<string, number>(), level: logLevels.length }
  shares.set(link, shared)
  const mine = new Set<string>()
  let level: number | undefined

  async function request(message: RpcRequest, call: LinkCall): Promise<RpcResponse> {
    const uri = message.params?.["uri"]
    if (message.method === "resources/subscribe" && typeof uri === "string")
      return subscribe(message, uri, call)
    if (message.method === "resources/unsubscribe" && typeof uri === "string")
      return unsubscribe(message, uri, call)
    if (message.method === "logging/setLevel") return setLevel(message, call)
    return link.request(message, call)
  }

  async function subscribe(message: RpcRequest, uri: string, call: LinkCall): Promise<RpcResponse> {
    if (mine.size >= maxUris) return rpcError(message.id, rpcCodes.unserved, "too many subscriptions")
    const response = await link.request(message, call)
    if ("result" in response && !mine.has(uri)) {
      mine.add(uri)
      shared.uris.set(uri, (shared.uris.get(uri) ?? 0) + 1)
    }
    return response
  }

  async function unsubscribe(message: RpcRequest, uri: string, call: LinkCall): Promise<RpcResponse> {
    const last = drop(uri)
    return last ? link.request(message, call) : rpcResult(message.id, {})
  }

  /** Whether nobody else wants to hear of it. */
  function drop(uri: string): boolean {
    if (!mine.delete(uri)) return (shared.uris.get(uri) ?? 0) === 0
    const left = (shared.uris.get(uri) ?? 1) - 1
    if (left > 0) shared.uris.set(uri, left)
    else shared.uris.delete(uri)
    return left <= 0
  }

  /** The link is as talkative as its most talkative session; the others are spared the rest. */
  async function setLevel(message: RpcRequest, call: LinkCall): Promise<RpcResponse> {
    const wanted = logLevels.indexOf(textOf(message.params?.["level"]))
    if (wanted !== -1 && wanted >= shared.level) {
      level = wanted
      return rpcResult(message.id, {})
    }
    const response = await link.request(message, call)
    if ("result" in response && wanted !== -1) {
      level = wanted
      shared.level = wanted
    }
    return response
  }

  return {
    through: { ...bound(link), request },
    wants(message) {
      if (message.method === "notifications/message") {
        return level === undefined || logLevels.indexOf(textOf(message.params?.["level"])) >= level
      }
      if (message.method !== "notifications/resources/updated") return true
      // An update may be of a part of what was subscribed to.
      const uri = textOf(message.params?.["uri"])
      return [...mine].some((one) => uri.startsWith(one))
    },
    end() {
      for (const uri of mine) if (drop(uri)) void tellOff(link, uri)
    },
  }
}

/** A link whose methods still find it when they are copied. */
function bound(link: Link): Link {
  return {
    server: link.server,
    era: link.era,
    protocolVersion: link.protocolVersion,
    discovered: link.discovered,
    request: (message, call) => link.request(message, call),
    notify: (message) => link.notify(message),
    onUnsolicited: (events) => link.onUnsolicited(events),
    closed: link.closed,
    close: () => link.close(),
  }
}

const deaf: LinkEvents = {
  notification() {},
  request: async (message) => rpcError(message.id, rpcCodes.methodNotFound, "no client is there to be asked"),
}

async function tellOff(link: Link, uri: string): Promise<void> {
  const message: RpcRequest = {
    jsonrpc: "2.0",
    id: "hufu-unsubscribe",
    method: "resources/unsubscribe",
    params: { uri },
  }
  await link
    .request(message, { events: deaf, signal: AbortSignal.timeout(10_000), leave: () => true })
    .catch(() => {})
}
