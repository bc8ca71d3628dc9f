import type { JsonObject } from "@hufu/core/json/json-value"
import type { Clock } from "../../../clock.ts"
import type { BrokerSettings } from "../../../config/broker-settings.ts"
import type { Caller, Governor } from "../../governor.ts"
import type { Delegations } from "../../delegation/delegations.ts"
import type { Broker } from "./broker.ts"
import type { GroupChanges } from "./change-groups.ts"
import type { GroupMemory } from "./group-memory.ts"

/** Who is who: codes are how agents know each other, names and ids how this node does. */
export interface GroupWho {
  /** The agent of this node that has a code, as whom it acts; undefined where there is none. */
  agentOf(aic: string): { readonly agent: string; readonly version: string } | undefined
  /** The partner that answers under a code, whatever it speaks. */
  partnerOf(aic: string): string | undefined
  /** Under which code a partner answers. */
  codeOf(server: string): string | undefined
  /** Every partner there is, by name. */
  partners(): readonly string[]
  readonly principal: string
}

/** What every part of the groups works with. */
export interface GroupDesk {
  readonly clock: Clock
  readonly governor: Pick<Governor, "admit" | "standing" | "visible">
  readonly delegations: Delegations
  readonly settings: BrokerSettings
  /** How long a command waits for what its partner makes of it. */
  readonly answerMs: number
  readonly who: GroupWho
  readonly taskOf: (agent: string, principal: string) => Promise<string>
  readonly memory: GroupMemory
  readonly broker: Broker
  readonly changes: GroupChanges
  /** Ends a group, with everything that it has at the broker but what its leader has not read. */
  readonly disband: (caller: Caller, of: { leader: string; groupId: string }) => Promise<void>
  /** Writes down, once for each cause, what was not taken: by ids and fixed words. */
  readonly note: (what: JsonObject & { readonly reason: string }) => void
  readonly onError: (error: unknown, doing: string) => void
  /** Fires when the node closes. */
  readonly closing: AbortSignal
}

/** As whom an agent acts that speaks at the broker. */
export function callerAt(
  { who }: Pick<GroupDesk, "who">,
  aic: string,
  connection: string,
): Caller | undefined {
  const agent = who.agentOf(aic)
  return agent && { ...agent, principal: who.principal, credential: null, door: "aip-mq", connection }
}
