import type { JsonObject } from "@hufu/core/json/json-value"
import type { Caller } from "../governor.ts"
import type { Desk } from "./desk.ts"
import type { ClientFacts } from "./era.ts"
import { asLegacyLink } from "./translate/as-legacy-link.ts"
import { asModernLink } from "./translate/as-modern-link.ts"
import { interactiveCapabilities, isInteractive } from "./upstream/link.ts"
import type { Link } from "./upstream/link.ts"
import type { LinkLease } from "./upstream/link-pool.ts"
import type { ServerDefinition } from "./upstream/server-definition.ts"

/** Who wants a link, for what. */
export interface LeaseFor {
  readonly caller: Caller
  readonly server: ServerDefinition
  readonly client: ClientFacts
  /** The session that it is for; `null` for one request of a modern client. */
  readonly session: string | null
}

/**
 * Leases a link that speaks the client's era. A client that can be asked something gets a link that no other client
 * shares, so that a question can only reach the one whose request raised it.
 */
export async function leaseFor(desk: Desk, want: LeaseFor): Promise<LinkLease> {
  const { caller, server, client, session } = want
  const capabilities = askable(client.capabilities)
  const alone = isInteractive(capabilities)
  const only = alone ? session : null
  const lease = await desk.links.lease({
    caller,
    server,
    capabilities,
    only,
    exclusive: alone && session === null,
  })
  return { link: adapted(lease.link, client, desk), release: lease.release }
}

function askable(capabilities: JsonObject): JsonObject {
  const kept: JsonObject = {}
  for (const name of interactiveCapabilities) {
    const value = capabilities[name]
    if (value !== undefined) kept[name] = value
  }
  return kept
}

/** One wrapper per link and era: it remembers what the link is subscribed to. */
const wrappers = new WeakMap<Link, Link>()

function adapted(link: Link, client: ClientFacts, desk: Desk): Link {
  if (link.era === client.era) return link
  if (client.era === "legacy") return asLegacyLink(link, client) // Its log level and subscriptions are the session's own.
  const known = wrappers.get(link)
  if (known !== undefined) return known
  const wrapper = asModernLink(link, desk.config.limits.inputWaitMs)
  wrappers.set(link, wrapper)
  return wrapper
}
