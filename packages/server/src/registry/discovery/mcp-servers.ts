import { Failure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import { serverJson } from "@hufu/core/registration/faces/server-json"
import type { Registration } from "@hufu/core/registration/registration"
import { search, type SearchParts } from "./search.ts"
import { isServer } from "./search-index.ts"
import type { Trends } from "./trends.ts"

/** A server as the MCP registry API (v0.1) shows it, with what the registry itself says of it beside. */
export interface ListedServer {
  readonly server: JsonObject
  readonly _meta: { readonly "io.modelcontextprotocol.registry/official": JsonObject }
}

export interface ServerList {
  readonly servers: readonly ListedServer[]
  readonly metadata: { readonly nextCursor?: string; readonly count: number }
}

/** UNTRUSTED: what somebody asks for. */
export interface ServerQuery {
  readonly cursor: string
  readonly limit: number
  /** Part of a name, or words. */
  readonly search: string
  readonly updatedSince: number | undefined
  /** `latest`, which everything is that is registered, or one version. */
  readonly version: string
}

export interface McpServers {
  list(query: ServerQuery): ServerList
  /** Versions of one server, of which a registry keeps the one in force. */
  versions(name: string): ServerList
  /** Throws Failure("not_found"). */
  version(name: string, version: string, by: string): ListedServer
}

/** So many are looked at for one page; the next one goes on from there. */
const maxLooked = 500

/** Registrations that are servers of MCP, as a sub-registry lists them. */
export function mcpServers(
  parts: SearchParts & { readonly trends: Trends; readonly origin: () => string },
): McpServers {
  const { index, source, trends, origin } = parts
  const listed = (registration: Registration): ListedServer => ({
    server: serverJson.show(registration, { origin: origin() }),
    _meta: {
      "io.modelcontextprotocol.registry/official": {
        status: "active",
        publishedAt: timeOf(registration.approvedAt ?? registration.createdAt),
        updatedAt: timeOf(registration.changedAt),
        isLatest: true,
      },
    },
  })
  const fits = (registration: Registration, { updatedSince, version }: ServerQuery) =>
    source.isUsable(registration.id) &&
    (updatedSince === undefined || registration.changedAt >= updatedSince) &&
    (version === "" || version === "latest" || registration.content.version === version)

  function find(name: string): Registration {
    const found = index.record("name", name.toLowerCase())
    if (found !== undefined && isServer(found) && source.isUsable(found.id)) return found
    throw new Failure("not_found", `there is no server \`${name.slice(0, 200)}\` here`)
  }

  return {
    list(query) {
      if (query.search !== "") return searched(query)
      const servers: ListedServer[] = []
      let [after, looked] = [query.cursor, 0]
      while (servers.length < query.limit && looked < maxLooked) {
        const some = index.servers(after, Math.min(100, maxLooked - looked))
        for (const registration of some) {
          if (servers.length === query.limit) break
          after = registration.content.name
          if (fits(registration, query)) servers.push(listed(registration))
        }
        looked += some.length
        if (some.length === 0) return { servers, metadata: { count: servers.length } }
      }
      return { servers, metadata: { nextCursor: after, count: servers.length } }
    },
    versions(name) {
      return { servers: [listed(find(name))], metadata: { count: 1 } }
    },
    version(name, version, by) {
      const found = find(name)
      if (version !== "latest" && version !== found.content.version)
        throw new Failure(
          "not_found",
          `there is no version \`${version.slice(0, 100)}\` of \`${name.slice(0, 200)}\` here`,
        )
      trends.seen(found.id, by)
      return listed(found)
    },
  }

  /** By words, the best first; a cursor is then how many were shown. */
  function searched(query: ServerQuery): ServerList {
    const offset = /^\d{1,4}$/.test(query.cursor) ? Number(query.cursor) : 0
    const { hits } = search(parts, {
      text: query.search,
      accept: (registration) => isServer(registration) && fits(registration, query),
      offset,
      limit: query.limit,
    })
    const servers = hits.map(({ registration }) => listed(registration))
    const next = hits.length === query.limit ? { nextCursor: String(offset + hits.length) } : {}
    return { servers, metadata: { ...next, count: servers.length } }
  }
}

function timeOf(at: number): string {
  return new Date(at).toISOString()
}
