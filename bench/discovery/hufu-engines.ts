import { createSecretKey, randomBytes } from "node:crypto"
import { setImmediate } from "node:timers/promises"
import type { Registration } from "@hufu/core/registration/registration"
import { discover } from "@hufu/server/registry/discovery/adp/discover"
import { forwardKey } from "@hufu/server/registry/discovery/adp/forward-chain"
import { search } from "@hufu/server/registry/discovery/search"
import { type IndexChange, openSearchIndex } from "@hufu/server/registry/discovery/search-index"
import { openTrends } from "@hufu/server/registry/discovery/trends"
import { anyUsable as source } from "./any-usable.ts"
import type { Engine } from "./engine.ts"

const batch = 2000

/** The index of a node, asked by its own search and by ADP. */
export async function loadHufu(
  file: string,
  agents: Iterable<Registration>,
): Promise<{ own: Engine; adp: Engine; adpFilter: Engine }> {
  const index = openSearchIndex(file)
  let some: IndexChange[] = []
  const take = async () => {
    index.apply(some)
    some = []
    await setImmediate()
  }
  for (const registration of agents) {
    some.push({ id: registration.id, registration })
    if (some.length === batch) await take()
  }
  await take()
  while (index.tidy()) await setImmediate()
  const parts = {
    index,
    source,
    trends: openTrends(() => 0),
    own: undefined,
    peers: [],
    key: forwardKey(createSecretKey(randomBytes(32))),
    reach: { ownPort: () => 1 },
    origin: () => "https://registry.example",
    monotonic: () => performance.now(),
  }
  const discovered = async (body: object) => {
    // It is written as it would be sent.
    const { result } = await discover(parts, JSON.parse(JSON.stringify(body)), { aic: undefined, trace: {} })
    return JSON.stringify(result).length > 60 ? Object.keys(result.acsMap).length : 0
  }
  let turn = 0
  return {
    own: {
      name: "hufu search, with facets",
      ask: (text) => search({ index, source }, { text, limit: 10, count: true }).hits.length,
      close: () => index.close(),
    },
    adp: { name: "hufu ADP", ask: (query) => discovered({ type: "explicit", query, limit: 10 }) },
    adpFilter: {
      name: "hufu ADP, with filters",
      ask: (query) => discovered(filtered(query, (turn += 1))),
    },
  }
}

/** Filters as the specification's examples have them. */
function filtered(query: string, turn: number): object {
  const streaming = { field: "capabilities.streaming", op: "eq", value: true }
  const transport = { field: "endPoints.transport", op: "in", value: ["JSONRPC"] }
  const country = { field: "provider.countryCode", op: "in", value: ["CN", "DE"] }
  const tag = { field: "skills.tags", op: "anyOf", value: ["北京", "Berlin"] }
  switch (turn % 5) {
    case 0:
      return { type: "explicit", query, limit: 10, filter: { conditions: [streaming, country] } }
    case 1:
      return { type: "filtered", limit: 10, filter: { conditions: [streaming, transport, tag] } }
    case 2:
      return {
        type: "explicit",
        query,
        limit: 10,
        filter: { conditions: [{ field: "version", op: "gte", value: "2.0.0" }] },
      }
    case 3:
      return {
        type: "filtered",
        limit: 10,
        filter: {
          logic: "or",
          groups: [
            { conditions: [streaming, { field: "provider.organization", op: "contains", value: "大学" }] },
            { conditions: [tag] },
          ],
        },
      }
    default:
      return { type: "explicit", query, limit: 10, filter: { logic: "not", conditions: [streaming] } }
  }
}
