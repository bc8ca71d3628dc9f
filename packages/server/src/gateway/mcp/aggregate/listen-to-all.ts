import { isJsonObject } from "@hufu/core/json/json-value"
import { metaKeys } from "../era.ts"
import type { Errand } from "../errand.ts"
import { rpcResult } from "../rpc.ts"
import type { RpcResponse } from "../upstream/link.ts"

/** One stream of what all servers say of changes; it ends when the client leaves or every server's has ended. */
export async function listenToAll(
  errand: Errand,
  servers: readonly string[],
  at: (server: string, errand: Errand) => Promise<RpcResponse>,
): Promise<RpcResponse> {
  const { message, port } = errand
  const wanted = message.params?.["notifications"]
  const meta = { [metaKeys.subscriptionId]: message.id }
  const params = { notifications: isJsonObject(wanted) ? wanted : {}, _meta: meta }
  port.notify({ jsonrpc: "2.0", method: "notifications/subscriptions/acknowledged", params })
  const quiet = {
    ask: null,
    notify(notice: Parameters<typeof port.notify>[0]) {
      // The client has been told already, once for all.
      if (notice.method !== "notifications/subscriptions/acknowledged") port.notify(notice)
    },
  }
  await Promise.all(servers.map((server) => at(server, { ...errand, server, port: quiet })))
  return rpcResult(message.id, { resultType: "complete", _meta: meta })
}
