import type { GroupRecord } from "@hufu/core/contract/group-operations"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { Caller } from "../gateway/governor.ts"
import type { Changed, MemberRef } from "../gateway/aip/group/change-groups.ts"
import type { GroupRow } from "../gateway/aip/group/group-rows.ts"
import type { OperationContext } from "./context.ts"
import type { Operations } from "./operations.ts"
import type { OperationParts } from "./parts.ts"

/** Groups of agents at the message broker. */
export function groupOperations(parts: OperationParts) {
  const { agents, servers, person, clock, ca } = parts

  async function groups() {
    const opened = await parts.groups()
    if (opened === undefined)
      throw new Failure(
        "not_found",
        "this node has no message broker, and without one no groups: see `interconnect.broker`",
      )
    return opened
  }

  /** INVARIANT: an agent leads its own groups alone. */
  function callerOf(asked: string | undefined, { agent: credential }: OperationContext): Caller {
    if (credential !== undefined && asked !== undefined && agents.need(asked).id !== credential.agent)
      throw new Failure("forbidden", "an agent leads its own groups alone: leave `agent` out")
    const ref = credential?.agent ?? asked
    if (ref === undefined)
      throw new Failure(
        "invalid_input",
        "say which agent: only an agent that shows its own credential need not",
      )
    const { id, version } = agents.need(ref)
    return {
      agent: id,
      version,
      principal: person.id,
      credential: credential?.id ?? null,
      door: credential === undefined ? "console" : "api",
      connection: newId("connection", clock.now()),
    }
  }

  function leaderOf({ agent }: Caller): string {
    const aic = ca.holders.find(agent)?.aic
    if (aic === undefined)
      throw new Failure("agent_unknown", "this agent has no identity code, so that it leads no group")
    return aic
  }

  async function memberRef(caller: Caller, group: string, server: string): Promise<MemberRef> {
    const leader = leaderOf(caller)
    const { name } = servers.need(server)
    const known = (await groups()).find(leader, group)?.facts.members.find((each) => each.server === name)
    if (known === undefined)
      throw new Failure("not_found", "there is no such member of such a group: invite it first")
    return { leader, groupId: group, member: known.aic }
  }

  async function changed(
    asked: { group: string; server: string; agent?: string | undefined },
    context: OperationContext,
    change: "mute" | "unmute" | "leave",
  ): Promise<GroupRecord> {
    const caller = callerOf(asked.agent, context)
    const ref = await memberRef(caller, asked.group, asked.server)
    const opened = await groups()
    return shown(ref, await opened.manage(caller, ref, change))
  }

  async function shown(of: MemberRef, result: Changed): Promise<GroupRecord> {
    if (result.kind === "refused")
      throw new Failure("forbidden", result.reasons[0]?.en ?? "the change of the group was refused", {
        extra: { reason: result.code },
      })
    const group = result.kind === "done" ? result.group : (await groups()).find(of.leader, of.groupId)
    if (group === undefined) throw new Failure("not_found", "there is no such group")
    return record(group)
  }

  function record({ id, agent, createdAt, facts }: GroupRow): GroupRecord {
    return {
      id,
      group: facts.groupId,
      agent,
      agentName: agents.records.get(agent)?.name ?? "",
      leader: facts.leader,
      isLedHere: facts.isLedHere === true,
      createdAt,
      members: facts.members.map(({ server, aic, state, since, hold }) => ({
        server,
        aic,
        state,
        since,
        hold: hold ?? null,
      })),
    }
  }

  return {
    "group.list": async ({ agent: asked }) => {
      const agent = asked === undefined ? undefined : agents.need(asked).id
      const opened = await parts.groups()
      const all = [...(opened?.all() ?? [])].filter((each) => agent === undefined || each.agent === agent)
      return { items: all.map(record) }
    },
    "group.invite": async ({ group, server, agent }, context) => {
      const caller = callerOf(agent, context)
      const leader = leaderOf(caller)
      const opened = await groups()
      const { member, invite } = parts.invitable(servers.need(server).name, caller, leader)
      const of = { leader, groupId: group, member }
      return shown(of, await opened.lead(caller, of, invite))
    },
    "group.mute": (asked, context) => changed(asked, context, "mute"),
    "group.unmute": (asked, context) => changed(asked, context, "unmute"),
    "group.remove": (asked, context) => changed(asked, context, "leave"),
    "group.dissolve": async ({ group, agent }, context) => {
      const caller = callerOf(agent, context)
      const of = { leader: leaderOf(caller), groupId: group }
      const opened = await groups()
      if (opened.find(of.leader, group) === undefined)
        throw new Failure("not_found", "there is no such group")
      const over = await opened.dissolve(caller, of)
      if (over === undefined) throw new Failure("not_found", "there is no such group")
      return record(over)
    },
  } satisfies Partial<Operations>
}
