import type { JsonObject } from "@hufu/core/json/json-value"
import { clear } from "./clearance.ts"
import type { Desk } from "./desk.ts"
import { ClientGone } from "./stop-reason.ts"
import type { Errand } from "./errand.ts"
import { failureReply } from "./failure-reply.ts"
import { exchangeByLink } from "./link-exchange.ts"
import { filterList, toolsOf } from "./list-filter.ts"
import { treatmentOfRequest } from "./method-table.ts"
import { withTasks } from "./offered-capabilities.ts"
import { resultOf, rpcCodes, rpcError } from "./rpc.ts"
import { modernMeta } from "./upstream/handshake.ts"
import type { Link, RpcRequest, RpcResponse } from "./upstream/link.ts"
import type { LinkLease } from "./upstream/link-pool.ts"

const maxPages = 64

/** Serves one request of a client over a link to its server. Never throws: what fails is answered. */
export async function serveByLink(
  desk: Desk,
  errand: Errand,
  lease: () => Promise<LinkLease>,
): Promise<RpcResponse> {
  try {
    return await serve(desk, errand, lease)
  } catch (error) {
    if (!(error instanceof ClientGone))
      desk.log.warn({ error, server: errand.server }, "a request could not be served")
    return failureReply(errand, error)
  }
}

async function serve(desk: Desk, errand: Errand, lease: () => Promise<LinkLease>): Promise<RpcResponse> {
  const { message, client, caller, server } = errand
  const treatment = treatmentOfRequest(message, client.era)
  if (desk.tasks.owns(message)) return desk.tasks.answer(errand)
  if (treatment === "governed") return governed(desk, errand, lease)
  if (treatment !== "relayed" && treatment !== "filtered") {
    return rpcError(message.id, rpcCodes.methodNotFound, "this method is not served")
  }
  const response = await exchangeByLink(desk, errand, { lease: await lease(), ticket: null, message })
  if (treatment === "filtered") return filterList(desk, caller, server, message.method, response)
  return message.method === "server/discover" ? withTasks(response) : response
}

async function governed(desk: Desk, errand: Errand, lease: () => Promise<LinkLease>): Promise<RpcResponse> {
  await observeFirst(desk, errand, lease)
  const cleared = await clear(desk, errand)
  if (cleared.kind === "reply") return cleared.response
  const { ticket, message, resumed } = cleared
  if (resumed?.link) {
    const again = { link: resumed.link, release: () => resumed.release() }
    return exchangeByLink(desk, errand, { lease: again, ticket, message })
  }
  let held: LinkLease
  try {
    held = await lease()
  } catch (error) {
    ticket.settle({ outcome: "failed", reason: "connection_lost" })
    throw error
  }
  return exchangeByLink(desk, errand, { lease: held, ticket, message })
}

/** Shows the server's tools to the pipeline before it decides about one of them for the first time. */
async function observeFirst(desk: Desk, errand: Errand, lease: () => Promise<LinkLease>): Promise<void> {
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
    desk.log.warn({ error, server: errand.server }, "the tools of a server could not be listed")
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

const silent = {
  notification() {},
  request: async (message: RpcRequest) =>
    rpcError(message.id, rpcCodes.methodNotFound, "no client is there to be asked"),
}
