import { clear } from "./clearance.ts"
import type { Desk } from "./desk.ts"
import { ClientGone } from "./stop-reason.ts"
import type { Errand } from "./errand.ts"
import { failureReply } from "./failure-reply.ts"
import { exchangeByLink } from "./link-exchange.ts"
import { filterList } from "./list-filter.ts"
import { treatmentOfRequest } from "./method-table.ts"
import { observeFirst } from "./observe-first.ts"
import { withTasks } from "./offered-capabilities.ts"
import { rpcCodes, rpcError } from "./rpc.ts"
import type { RpcResponse } from "./upstream/link.ts"
import type { LinkLease } from "./upstream/link-pool.ts"

/** Serves one request of a client over a link to its server. What fails is answered. */
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
