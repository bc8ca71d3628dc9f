import type { Caller } from "../governor.ts"
import type { ToolServer } from "../delegation/mcp-partner.ts"
import type { ServerAuthority } from "../../authority/servers.ts"
import { isPartner } from "../server-directory.ts"
import type { AcsSource } from "./acs-of-partner.ts"

interface Parts {
  readonly servers: Pick<ServerAuthority, "find" | "secrets">
  readonly toolServer: (name: string, caller: Caller) => ToolServer | undefined
  /** Under which code Hufu answers for whatever has none of its own that is known. */
  readonly codeOf: (id: string) => string
  readonly version: string
}

/** What is known of the servers and partners of this node, as AIP describes them. */
export function partnersOfNode({ servers, toolServer, codeOf, version }: Parts) {
  return function partnerOf(name: string, caller: Caller): AcsSource | undefined {
    const server = servers.find(name)
    if (server === undefined) return undefined
    const isAgent = isPartner(server)
    return {
      aic: servers.secrets(server).aic ?? codeOf(server.id),
      name,
      description: isAgent
        ? `An agent that speaks ${server.transport.toUpperCase()}, behind Hufu.`
        : 'A tool server, behind Hufu: a tool is called by one data item {"tool": name, "arguments": {…}}.',
      changedAt: server.createdAt,
      version,
      tools: async () => (isAgent ? [] : ((await toolServer(name, caller)?.tools()) ?? [])),
    }
  }
}
