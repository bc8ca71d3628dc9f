import { textOf } from "../rpc.ts"
import type { JsonObject } from "@hufu/core/json/json-value"

const maxUris = 20_000
const maxTemplates = 2000

/** Knows which server a resource is from: addresses are the servers' own, and two may use the same. */
export interface ResourceOwners {
  /** Takes what a server lists; returns what it is the owner of. The first server to list an address keeps it. */
  claim(server: string, resources: readonly JsonObject[]): JsonObject[]
  claimTemplates(server: string, templates: readonly JsonObject[]): JsonObject[]
  of(uri: string): string | undefined
  /** Frees what a server that is gone has claimed. */
  release(server: string): void
}

/** Nothing claimed yet. */
export function createResourceOwners(): ResourceOwners {
  const uris = new Map<string, string>()
  const templates = new Map<string, string>()

  function claimIn(map: Map<string, string>, key: string, server: string, max: number): boolean {
    const owner = map.get(key)
    if (owner !== undefined) return owner === server
    if (key === "" || map.size >= max) return false
    map.set(key, server)
    return true
  }

  return {
    claim: (server, resources) =>
      resources.filter((one) => claimIn(uris, textOf(one["uri"]), server, maxUris)),
    claimTemplates: (server, all) =>
      all.filter((one) => claimIn(templates, textOf(one["uriTemplate"]), server, maxTemplates)),
    of(uri) {
      const owner = uris.get(uri) ?? templates.get(uri)
      if (owner !== undefined) return owner
      const fitting = [...templates]
        .map(([template, server]) => ({ start: template.split("{", 1)[0] ?? "", server }))
        .filter(({ start }) => start !== "" && uri.startsWith(start))
        .sort((one, other) => other.start.length - one.start.length)
      return fitting[0]?.server
    },
    release(server) {
      for (const map of [uris, templates]) {
        for (const [key, owner] of map) if (owner === server) map.delete(key)
      }
    },
  }
}
