import type { JsonObject } from "@hufu/core/json/json-value"
import type { Desk } from "./desk.ts"
import type { Errand } from "./errand.ts"
import { toolsOf } from "./list-filter.ts"
import { resultOf, rpcCodes, rpcError } from "./rpc.ts"
import { modernMeta } from "./upstream/handshake.ts"
import type { Link, LinkEvents, RpcRequest } from "./upstream/link.ts"
import type { LinkLease } from "./upstream/link-pool.ts"

const maxPages = 64

const silent: LinkEvents = {
  notification() {},
  request: async (message) => rpcError(message.id, rpcCodes.methodNotFound, "no client is there to be asked"),
}

/** Shows a server's tools to the pipeline before it decides about one of them for the first time. */
export async function observeFirst(
  desk: Desk,
  errand: Errand,
  lease: () => Promise<LinkLease>,
): Promise<void> {
  if (errand.message.method !== "tools/call" || desk.observer.isKnown(errand.server)) return
  try {
    await desk.observer.ensure(errand.server, async () => {
      const { link, release } = await lease()
      try {
        return await listTools(link, desk.config.limits.listTimeoutMs)
      } finally {
        release()
      }
    })
  } catch (error) {
    // The pipeline then decides on what it knows: an unknown tool asks.
    desk.log.warn({ err: error, server: errand.server }, "the tools of a server could not be listed")
  }
}

/** All tools of a server, over all pages. */
export async function listTools(link: Link, timeoutMs: number): Promise<JsonObject[]> {
  const signal = AbortSignal.timeout(timeoutMs)
  const tools: JsonObject[] = []
  const meta: JsonObject = link.era === "modern" ? { _meta: modernMeta({}) } : {}
  let params = meta
  for (let page = 0; page < maxPages; page++) {
    const message: RpcRequest = { jsonrpc: "2.0", id: `hufu-list-${page}`, method: "tools/list", params }
    const response = await link.request(message, { events: silent, signal, leave: () => true })
    const result = resultOf(response) ?? {}
    tools.push(...toolsOf(result["tools"]))
    if (typeof result["nextCursor"] !== "string") return tools
    params = { ...meta, cursor: result["nextCursor"] }
  }
  return tools
}
