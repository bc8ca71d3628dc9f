import { readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import type { FoundRegistrations, SearchRegistrations } from "@hufu/core/contract/discovery"
import { Failure } from "@hufu/core/failure"
import type { Clock } from "../../clock.ts"
import type { Config } from "../../config.ts"
import type { ReachOptions } from "../../gateway/mcp/upstream/reachable-address.ts"
import type { Store } from "../../store/store.ts"
import type { PeerTls } from "../fetch-peer.ts"
import { type CallLimit, openCallLimit } from "./adp/call-limit.ts"
import type { DiscoverParts } from "./adp/discover.ts"
import { forwardKey } from "./adp/forward-chain.ts"
import { type Ard, ard } from "./ard.ts"
import { type FacetFilter, facetNames, facetValues } from "./facet-word.ts"
import { followSource } from "./follow-source.ts"
import { type McpServers, mcpServers } from "./mcp-servers.ts"
import type { RegistrationSource } from "./registration-source.ts"
import { type RankedByMeaning, searchByMeaning } from "./search-by-meaning.ts"
import { openSearchIndex } from "./search-index.ts"
import { openMeaning } from "./meaning.ts"
import { openTrends } from "./trends.ts"

/** Finding agents among the approved registrations of a node, by its own search and by the protocols of others. */
export interface Discovery {
  /** Throws Failure("invalid_input"). UNTRUSTED: the input. */
  find(input: SearchRegistrations): Promise<FoundRegistrations>
  adp(): DiscoverParts & { readonly limit: CallLimit }
  ard(): Ard
  servers(): McpServers
  /** Resolves when what is registered so far can be found. */
  caughtUp(): Promise<void>
  close(): Promise<void>
}

export interface DiscoveryOptions {
  readonly store: Pick<Store, "folder" | "keyFor">
  readonly source: RegistrationSource
  readonly settings: Config["discovery"]
  readonly clock: Clock
  readonly reach: ReachOptions
  readonly origin: () => string
  readonly onError: (error: unknown) => void
}

/** Opens its index when there is something to find or somebody asks: a node without registrations has none. */
export function openDiscovery(options: DiscoveryOptions): Discovery {
  const { source, onError } = options
  let opened: ReturnType<typeof openParts> | undefined
  let closed = false
  const parts = () => {
    if (closed) throw new Failure("node_unavailable", "the node is closing: ask again once it runs")
    return (opened ??= openParts(options))
  }
  const stop = source.onChange(() => {
    try {
      if (opened === undefined && !closed) parts()
    } catch (error) {
      onError(error)
    }
  })
  if (source.versions("", 1).length > 0) parts()
  return {
    find: async (input) => parts().find(input),
    adp: () => parts().adp,
    ard: () => parts().ard,
    servers: () => parts().servers,
    caughtUp: () => parts().follower.caughtUp(),
    async close() {
      closed = true
      stop()
      await opened?.follower.close()
      opened?.index.close()
    },
  }
}

function openParts({ store, source, settings, clock, reach, origin, onError }: DiscoveryOptions) {
  const index = openSearchIndex(join(store.folder.path, "discovery.db"))
  const follower = followSource(index, source, onError)
  const trends = openTrends(() => clock.now())
  const { embeddings } = settings
  const meaningOf =
    embeddings &&
    openMeaning({
      ...embeddings,
      key: readKey(embeddings.keyFile),
      timeoutMs: embeddings.timeoutSeconds * 1000,
    })
  const common = { index, source, trends, origin }
  const found = ({
    registration,
    score,
    reasons,
    meaning,
  }: RankedByMeaning): FoundRegistrations["items"][number] => {
    const { id, aic, grade, mirror, content } = registration
    const { name, title, description, version, developer, interfaces, skills, price } = content
    return {
      id,
      name,
      title,
      description: description.slice(0, 500),
      aic,
      version,
      developer: developer.name,
      protocols: [...new Set(interfaces.map(({ protocol }) => protocol))],
      skills: skills.slice(0, 8).map((skill) => ({ id: skill.id, name: skill.name })),
      grade,
      price: price?.model ?? null,
      origin: mirror?.registry ?? null,
      alive: source.liveness?.(id)?.alive ?? null,
      credit: source.credit?.(id) ?? null,
      score,
      meaning,
      reasons: reasons.map(({ field, words }) => ({ field, words: [...words] })),
    }
  }
  return {
    index,
    follower,
    adp: {
      ...common,
      meaning: meaningOf,
      own: settings.aic,
      peers: settings.peers.map((peer) => ({
        ...peer,
        key: { kty: "OKP" as const, crv: "Ed25519" as const, x: peer.key },
      })),
      key: forwardKey(store.keyFor("discovery-forward")),
      reach,
      tls: certificateReader(settings.certificate, store.folder.path),
      monotonic: () => clock.monotonic(),
      limit: openCallLimit(settings.perMinute, () => clock.monotonic()),
    },
    ard: ard(common),
    servers: mcpServers(common),
    async find(input: SearchRegistrations): Promise<FoundRegistrations> {
      const { text, alive, credit, offset, limit } = input
      // An empty answer would say that no agent has so much.
      if (credit !== undefined && source.credit === undefined)
        throw new Failure(
          "invalid_input",
          "nothing gives agents a credit here, so that nothing is found by it: leave `credit` out",
        )
      const { hits, total, complete, counts } = await searchByMeaning(
        { index, source },
        { text, facets: facetsOf(input), alive: alive === "yes", credit, offset, limit, count: true },
        meaningOf,
      )
      return { items: hits.map(found), total, complete, facets: counts?.counted() ?? [], indexed: index.size }
    },
  }
}

/** Looked for when discovery is opened, so that what is missing is said at once; read anew whenever it is shown. */
function certificateReader(
  files: Config["discovery"]["certificate"],
  dataFolder: string,
): (() => PeerTls) | undefined {
  if (files === undefined) return undefined
  const { certFile, keyFile, caFile } = files
  const text = (file: string) => readFileSync(resolve(dataFolder, file), "utf8")
  const read = () => ({
    cert: text(certFile),
    key: text(keyFile),
    ...(caFile === undefined ? {} : { ca: text(caFile) }),
  })
  try {
    read()
  } catch (cause) {
    throw new Failure(
      "invalid_input",
      "a file of `discovery.certificate` cannot be read: correct it in the settings",
      { cause },
    )
  }
  return read
}

/** Read when discovery is opened; a file that is not there is refused with a sentence. */
function readKey(file: string | undefined): string | undefined {
  if (file === undefined) return undefined
  try {
    return readFileSync(file, "utf8").trim()
  } catch (cause) {
    throw new Failure(
      "invalid_input",
      "`discovery.embeddings.keyFile` cannot be read: correct it in the settings",
      {
        cause,
      },
    )
  }
}

function facetsOf(input: SearchRegistrations): FacetFilter {
  return Object.fromEntries(
    facetNames.flatMap((name) => {
      const values = input[name]?.split(",")
      const unknown = values?.find((value) => !facetValues(name).includes(value))
      if (unknown !== undefined)
        throw new Failure(
          "invalid_input",
          `\`${unknown.slice(0, 40)}\` is no ${name} by which agents can be found`,
        )
      return values === undefined ? [] : [[name, values]]
    }),
  )
}
