import type { ServerRecord } from "@hufu/core/contract/records"
import type { ServerAuthority } from "../authority/servers.ts"
import type { ServerDefinition, ServerDirectory } from "./mcp/upstream/server-definition.ts"

/** The registered tool servers as the doors reach them, secrets included. */
export function serverDirectory(servers: ServerAuthority): ServerDirectory & { changed(name: string): void } {
  const listeners = new Set<(name: string) => void>()
  return {
    get(name) {
      const server = servers.find(name)
      return server && definitionOf(server, servers)
    },
    list: () => servers.live().flatMap((server) => definitionOf(server, servers) ?? []),
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    changed(name) {
      for (const listener of listeners) listener(name)
    },
  }
}

/** An agent elsewhere; no tool server. */
export function isPartner({ transport }: Pick<ServerRecord, "transport">): boolean {
  return transport === "a2a" || transport === "aip"
}

function definitionOf(server: ServerRecord, servers: ServerAuthority): ServerDefinition | undefined {
  if (isPartner(server)) return undefined
  const { environment, headers, folder } = servers.secrets(server)
  if (server.url !== null) return { name: server.name, transport: "http", url: server.url, headers }
  const [command, ...args] = server.command ?? []
  return command === undefined
    ? undefined
    : { name: server.name, transport: "stdio", command, args, env: environment, cwd: folder }
}
