import type { Changed, MemberRef } from "./change-groups.ts"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { LedGroup } from "./led-group.ts"
import type { GroupRow } from "./group-rows.ts"
import type { MqKnowledge } from "./mq-decision.ts"
import type { Caller } from "../../governor.ts"

/** Gives a partner the request by which it is invited; throws Failure where it does not join. */
export type Invite = (params: JsonObject, signal: AbortSignal) => Promise<void>

/** Groups of agents at the broker, as the doors see them (ACPs 07 §7). */
export interface Groups {
  /** Lets a partner into a group that its leader is about to invite it to; from then on it has an inbox. */
  invite(caller: Caller, of: MemberRef): Promise<Changed>
  /** The partner joins, in its name: resolves once it is in the group. Throws Failure("upstream_unavailable") where it cannot be. */
  join(caller: Caller, of: MemberRef): Promise<Changed>
  leave(caller: Caller, of: MemberRef): Promise<Changed>
  /** Throws Failure("forbidden") where somebody may not be let go. */
  dissolve(caller: Caller, of: Omit<MemberRef, "member">): Promise<GroupRow | undefined>
  /** Ends every connection that a member, or whoever else, has of its own at the broker. */
  disconnect(of: Pick<MemberRef, "member">): Promise<void>
  /** Hufu leads a group in an agent's name, and invites a partner that is at the broker itself. */
  lead(caller: Caller, of: MemberRef, invite: Invite): Promise<Changed>
  manage(caller: Caller, of: MemberRef, change: "mute" | "unmute" | "leave"): Promise<Changed>
  /** The group that this node leads for an agent, where a partner is in it. */
  led(
    leader: string,
    groupId: string,
    server: string,
  ): { readonly group: LedGroup; readonly member: string } | undefined
  all(): Iterable<GroupRow>
  find(leader: string, groupId: string): GroupRow | undefined
  /** What the broker's questions are decided by. */
  readonly known: Pick<MqKnowledge, "groupOf" | "memberState">
  close(): Promise<void>
}
