import { isJsonObject } from "@hufu/core/json/json-value"
import type { JsonObject } from "@hufu/core/json/json-value"
import { metaKeys } from "../era.ts"
import { rpcCodes, rpcError, textOf } from "../rpc.ts"
import type {
  Link,
  LinkCall,
  LinkEvents,
  RpcNotification,
  RpcRequest,
  RpcResponse,
} from "../upstream/link.ts"
import { onLinkClosed } from "../upstream/on-link-closed.ts"

const maxUris = 256

/** Filter members, the notification that each opts in to, and the capability without which it is not honoured. */
const kinds = [
  { member: "toolsListChanged", method: "notifications/tools/list_changed", capability: "tools" },
  { member: "promptsListChanged", method: "notifications/prompts/list_changed", capability: "prompts" },
  { member: "resourcesListChanged", method: "notifications/resources/list_changed", capability: "resources" },
] as const

const deaf: LinkEvents = {
  notification() {},
  request: async (message) => rpcError(message.id, rpcCodes.methodNotFound, "no client is there to be asked"),
}

/**
 * Serves `subscriptions/listen` over a legacy server: its unsolicited notifications are passed on as the filter says,
 * and the resources in it are subscribed to. Stays open until the client leaves or the link ends.
 */
export async function listenOverLegacy(
  link: Link,
  message: RpcRequest,
  call: LinkCall,
): Promise<RpcResponse> {
  call.signal.throwIfAborted()
  const filter = isJsonObject(message.params?.["notifications"]) ? message.params["notifications"] : {}
  const honoured = honour(filter, link)
  const uris = Array.isArray(honoured["resourceSubscriptions"])
    ? honoured["resourceSubscriptions"].map(String)
    : []
  const say = (method: string, params: JsonObject) =>
    call.events.notification(marked(message.id, method, params))
  call.leave()
  say("notifications/subscriptions/acknowledged", { notifications: honoured })
  const stop = link.onUnsolicited({
    request: (one) => call.events.request(one),
    notification(notice) {
      if (wants(honoured, uris, notice)) say(notice.method, notice.params ?? {})
    },
  })
  await Promise.all(uris.map((uri) => tell(link, "resources/subscribe", uri)))
  try {
    await ended(link, call.signal)
  } finally {
    stop()
    for (const uri of uris) void tell(link, "resources/unsubscribe", uri)
  }
  const result = { resultType: "complete", _meta: { [metaKeys.subscriptionId]: message.id } }
  return { jsonrpc: "2.0", id: message.id, result }
}

function honour(filter: JsonObject, link: Link): JsonObject {
  const offered = isJsonObject(link.discovered["capabilities"]) ? link.discovered["capabilities"] : {}
  const honoured: JsonObject = {}
  for (const { member, capability } of kinds) {
    const of = offered[capability]
    if (filter[member] === true && isJsonObject(of) && of["listChanged"] === true) honoured[member] = true
  }
  const resources = offered["resources"]
  const uris = filter["resourceSubscriptions"]
  if (Array.isArray(uris) && isJsonObject(resources) && resources["subscribe"] === true) {
    honoured["resourceSubscriptions"] = uris.filter((uri) => typeof uri === "string").slice(0, maxUris)
  }
  return honoured
}

function wants(honoured: JsonObject, uris: readonly string[], notice: RpcNotification): boolean {
  // An update may be of a part of what was subscribed to.
  if (notice.method === "notifications/resources/updated") {
    const uri = textOf(notice.params?.["uri"])
    return uris.some((one) => uri.startsWith(one))
  }
  return kinds.some(({ member, method }) => method === notice.method && honoured[member] === true)
}

function marked(id: string | number, method: string, params: JsonObject): RpcNotification {
  const meta = isJsonObject(params["_meta"]) ? params["_meta"] : {}
  return { jsonrpc: "2.0", method, params: { ...params, _meta: { ...meta, [metaKeys.subscriptionId]: id } } }
}

async function tell(link: Link, method: string, uri: string): Promise<void> {
  const message: RpcRequest = { jsonrpc: "2.0", id: `hufu-${method}`, method, params: { uri } }
  await link
    .request(message, { events: deaf, signal: AbortSignal.timeout(10_000), leave: () => true })
    .catch(() => {})
}

/** Resolves when the link ends; rejects when the client leaves. */
function ended(link: Link, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      unwatch()
      reject(signal.reason)
    }
    const unwatch = onLinkClosed(link, () => {
      signal.removeEventListener("abort", leave)
      resolve()
    })
    signal.addEventListener("abort", leave, { once: true })
    if (signal.aborted) leave()
  })
}
