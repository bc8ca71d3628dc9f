import type { Caller } from "../governor.ts"
import type { ToolServer } from "../delegation/mcp-partner.ts"
import { nobody } from "./client-port.ts"
import type { Desk } from "./desk.ts"
import { legacyVersions } from "./era.ts"
import type { Errand } from "./errand.ts"
import { leaseFor } from "./lease-for.ts"
import { exchangeByLink } from "./link-exchange.ts"
import { toolsOf } from "./list-filter.ts"
import { listTools, observeFirst } from "./observe-first.ts"
import { textOf } from "./rpc.ts"
import type { RpcRequest } from "./upstream/link.ts"

/** A client that speaks the old era, cannot be asked anything, and belongs to no session. */
const client = { era: "legacy", protocolVersion: legacyVersions[0], capabilities: {} } as const

/** A tool server as an agent reaches it that came through another door than MCP's. */
export function toolServerFor(desk: Desk, name: string, caller: Caller): ToolServer | undefined {
  const server = desk.servers.get(name)
  if (server === undefined) return undefined
  const lease = () => leaseFor(desk, { caller, server, client, session: null })

  function errandOf(message: RpcRequest, signal: AbortSignal): Errand {
    return { caller, server: name, client, message, port: nobody, signal }
  }

  return {
    name,
    observe: () =>
      observeFirst(
        desk,
        errandOf({ jsonrpc: "2.0", id: 0, method: "tools/call" }, new AbortController().signal),
        lease,
      ),
    async tools() {
      const { link, release } = await lease()
      try {
        const tools = toolsOf(await listTools(link, desk.config.limits.listTimeoutMs))
        await desk.observer.saw(name, tools)
        const visible = desk.governor.visible(
          caller,
          name,
          tools.map((tool) => textOf(tool["name"])),
        )
        return tools.filter((tool) => visible.has(textOf(tool["name"])))
      } finally {
        release()
      }
    },
    async call({ tool, arguments: args, ticket, signal }) {
      const message: RpcRequest = {
        jsonrpc: "2.0",
        id: ticket.permit.action,
        method: "tools/call",
        params: { name: tool, arguments: args },
      }
      return exchangeByLink(desk, errandOf(message, signal), { lease: await lease(), ticket, message })
    },
  }
}
