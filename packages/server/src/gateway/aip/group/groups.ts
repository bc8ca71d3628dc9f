import type { Changed, MemberRef } from "./change-groups.ts"
import type { GroupRow } from "./group-rows.ts"
import type { MqKnowledge } from "./mq-decision.ts"
import type { Caller } from "../../governor.ts"

/** Groups of agents at the broker, as the doors see them (ACPs 07 §7). */
export interface Groups {
  /** Lets a partner into a group that its leader is about to invite it to; from then on it has an inbox. */
  invite(caller: Caller, of: MemberRef): Promise<Changed>
  /** The partner joins, in its name: resolves once it is in the group. Throws Failure("upstream_unavailable") where it cannot be. */
  join(caller: Caller, of: MemberRef): Promise<Changed>
  leave(caller: Caller, of: MemberRef): Promise<Changed>
  /** Throws Failure("forbidden") where somebody may not be let go. */
  dissolve(caller: Caller, of: Omit<MemberRef, "member">): Promise<void>
  /** Ends every connection that a member, or whoever else, has of its own at the broker. */
  disconnect(of: Pick<MemberRef, "member">): Promise<void>
  find(leader: string, groupId: string): GroupRow | undefined
  /** What the broker's questions are decided by. */
  readonly known: Pick<MqKnowledge, "isGroup" | "memberState">
  close(): Promise<void>
}
