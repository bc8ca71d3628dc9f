import type { ServerRecord } from "@hufu/core/contract/records"
import type { ServerSecrets } from "../../authority/servers.ts"
import type { Clock } from "../../clock.ts"
import type { InterconnectSettings } from "../../config/interconnect-settings.ts"
import type { Store } from "../../store/store.ts"
import type { Caller, Governor } from "../governor.ts"
import type { ReachOptions } from "../mcp/upstream/reachable-address.ts"
import type { DelegationChanges } from "./delegation-changes.ts"
import type { Notice, WriteNotice } from "./delegations.ts"
import type { Interconnect } from "./interconnect-door.ts"
import { mcpPartner, type ToolServer } from "./mcp-partner.ts"
import type { DelegationParts, Driven } from "./hub.ts"
import { openDelegations } from "./open-delegations.ts"
import type { Partner } from "./partner.ts"
import { sendNotices } from "./send-notices.ts"

/** An agent elsewhere: where it is, and what it takes to be let in there. */
export interface PartnerDefinition {
  readonly name: string
  readonly url: string
  readonly headers: ServerSecrets["headers"]
  /** Its identity code, where whoever registered it knows it. */
  readonly aic: string | undefined
  /** Whether that is the code of an agent of this node. */
  readonly isOwnAgent: boolean
}

export interface InterconnectParts {
  readonly store: Store
  readonly clock: Clock
  readonly governor: Pick<Governor, "admit" | "awaitHold" | "withdraw" | "standing" | "visible" | "onStop">
  readonly settings: InterconnectSettings
  readonly orders: DelegationParts["orders"]
  /** The registered servers and partners by name, live ones only. */
  readonly server: (name: string) => ServerRecord | undefined
  readonly secrets: (server: ServerRecord) => ServerSecrets
  readonly toolServer: (name: string, caller: Caller) => ToolServer | undefined
  /** An agent's identity code, where it has one here. */
  readonly aicOf: (agent: string) => string | undefined
  /** Whether a code is that of an agent of this node. */
  readonly isOwnAgent: (aic: string) => boolean
  readonly taskOf: (agent: string, principal: string) => Promise<string>
  readonly conversations: DelegationParts["conversations"]
  readonly reach: ReachOptions
  readonly isOwn: (url: string) => boolean
  readonly changes: Pick<DelegationChanges, "tell">
  readonly onError: (error: unknown, doing: string) => void
}

/** How agents elsewhere are spoken with, by what they speak, and how they are told of what happens. */
export interface Protocols {
  readonly partners: Readonly<
    Partial<Record<ServerRecord["transport"], (definition: PartnerDefinition) => Partner>>
  >
  readonly notices: Readonly<Partial<Record<Notice["protocol"], () => Promise<WriteNotice>>>>
}

/** Opens what agents ask of each other: with tool servers, and with partners in whatever protocol is known here. */
export function openInterconnect(parts: InterconnectParts, { partners, notices }: Protocols): Interconnect {
  const { store, clock, governor, settings, orders, aicOf, taskOf, onError } = parts
  /** One for each definition, so that an adapter remembers what it knows of its partner. */
  const known = new Map<string, { readonly server: ServerRecord; readonly driven: Driven }>()

  function partner(name: string, caller: Caller): Driven | undefined {
    const server = parts.server(name)
    if (server === undefined) return undefined
    const open = partners[server.transport]
    if (open === undefined || server.url === null) {
      const tools = parts.toolServer(name, caller)
      return tools && mcpPartner(tools)
    }
    const before = known.get(name)
    if (before?.server === server) return before.driven
    const { headers, aic } = parts.secrets(server)
    const driven: Driven = {
      partner: open({
        name,
        url: server.url,
        headers,
        aic,
        isOwnAgent: aic !== undefined && parts.isOwnAgent(aic),
      }),
      isInspected: false,
    }
    known.set(name, { server, driven })
    return driven
  }

  return openDelegations({
    store,
    clock,
    governor,
    settings,
    orders,
    partner,
    aicOf,
    taskOf,
    conversations: parts.conversations,
    changes: parts.changes,
    notices: sendNotices({
      reach: parts.reach,
      isOwn: parts.isOwn,
      write: notices,
      onError: (error) => onError(error, "tell of a delegation"),
    }),
    onError,
  })
}
