import { Failure } from "@hufu/core/failure"
import type { Attempt, Caller, Reason, Ruling } from "../../governor.ts"
import { ticketOf } from "../../ticket.ts"
import { memberOf, withMember } from "./group-memory.ts"
import type { GroupDesk } from "./group-parts.ts"
import type { GroupMember, GroupRow } from "./group-rows.ts"

/** Which member of which group. Codes are in their one spelling. */
export interface MemberRef {
  readonly leader: string
  readonly groupId: string
  readonly member: string
}

/** What became of a change: it is done, or why it is not. */
export type Changed =
  | { readonly kind: "done"; readonly group: GroupRow; readonly member: GroupMember }
  | {
      readonly kind: "held" | "refused"
      readonly code: string
      readonly reasons: readonly Reason[]
      readonly hold?: string
    }

/** Every change of a group is an action of its leader's, with a verdict and a receipt. */
export interface GroupChanges {
  /** Asks a partner into a group, which is there from then on. Who is in it already stays as it is. */
  invite(caller: Caller, of: MemberRef, isLedHere: boolean): Promise<Changed>
  /** What is left of an invitation: nothing more is asked, for the invitation has its verdict. */
  join(caller: Caller, of: MemberRef): Promise<Changed>
  change(caller: Caller, of: MemberRef, change: "mute" | "unmute" | "leave"): Promise<Changed>
  /** Everybody leaves, and the group is over. */
  dissolve(caller: Caller, of: Omit<MemberRef, "member">): Promise<GroupRow | undefined>
  /** What is told of a task in a group, by a member: no change of the group itself. */
  told(of: MemberRef, tasks: (known: GroupMember["tasks"]) => GroupMember["tasks"]): Promise<void>
}

type Parts = Pick<GroupDesk, "clock" | "governor" | "settings" | "who" | "taskOf" | "memory"> & {
  /** After every change, once it is in force. */
  readonly onChanged: (group: GroupRow, member: GroupMember) => void
}

const after = { mute: "muted", unmute: "joined", leave: "left", join: "joined" } as const

export function changeGroups(parts: Parts): GroupChanges {
  const { clock, governor, settings, who, memory } = parts

  function need({ leader, groupId, member }: MemberRef): { group: GroupRow; known: GroupMember } {
    const group = memory.find(leader, groupId)
    const known = group && memberOf(group, member)
    if (group === undefined || known === undefined || known.state === "left")
      throw new Failure("not_found", "there is no such member of such a group: invite it first")
    return { group, known }
  }

  /** INVARIANT 1: the verdict and the durable intent come first, then the change. */
  async function governed(
    attempt: Attempt,
    apply: () => Promise<Extract<Changed, { kind: "done" }>>,
  ): Promise<{ changed: Changed; ruling: Ruling }> {
    const ruling = await governor.admit(attempt)
    if (ruling.kind === "refused")
      return { ruling, changed: { kind: "refused", code: ruling.code, reasons: ruling.reasons } }
    if (ruling.kind === "held") {
      const { hold, reasons } = ruling
      return { ruling, changed: { kind: "held", code: "approval_required", reasons, hold } }
    }
    const ticket = ticketOf(ruling)
    if (!ticket.leave()) return { ruling, changed: { kind: "refused", code: "stopped", reasons: [] } }
    try {
      const changed = await apply()
      ticket.settle({ outcome: "done", result: {} })
      return { ruling, changed }
    } catch (error) {
      ticket.settle({ outcome: "failed", reason: "not_written" })
      throw error
    }
  }

  async function write(row: GroupRow, member: GroupMember, isNarrowing: boolean) {
    const group = withMember(row, member)
    await memory.write(group, isNarrowing)
    parts.onChanged(group, member)
    return { kind: "done" as const, group, member }
  }

  function attempted(caller: Caller, of: MemberRef, server: string, tool: string): Attempt {
    const { leader, groupId } = of
    return { caller, server, tool, arguments: { to: server, group: groupId, leader } }
  }

  async function begun(
    caller: Caller,
    { leader, groupId }: MemberRef,
    isLedHere: boolean,
  ): Promise<GroupRow> {
    if (memory.countOf(caller.agent) >= settings.groupsPerAgent)
      throw new Failure(
        "too_many",
        `this agent leads ${settings.groupsPerAgent} groups: dissolve some before it begins another`,
      )
    const { version, principal, credential, door } = caller
    return memory.begin({
      agent: caller.agent,
      task: await parts.taskOf(caller.agent, principal),
      facts: {
        leader,
        groupId,
        caller: { version, principal, credential, door },
        ...(isLedHere ? { isLedHere } : {}),
        members: [],
      },
    })
  }

  async function invite(caller: Caller, of: MemberRef, isLedHere: boolean): Promise<Changed> {
    governor.standing(caller)
    const server = who.partnerOf(of.member)
    if (server === undefined)
      throw new Failure(
        "not_found",
        "no partner here has this code: register it first (`hufu server add NAME --url … --aic …`)",
      )
    return memory.inTurn(of.leader, of.groupId, async () => {
      const group = memory.find(of.leader, of.groupId) ?? (await begun(caller, of, isLedHere))
      if ((group.facts.isLedHere ?? false) !== isLedHere)
        throw new Failure("forbidden", "this group is led by somebody else: Hufu, or the agent at the broker")
      const known = memberOf(group, of.member)
      if (known !== undefined && known.state !== "left" && known.hold === undefined)
        return { kind: "done", group, member: known }
      const others = group.facts.members.filter(({ state, aic }) => state !== "left" && aic !== of.member)
      if (others.length >= settings.membersPerGroup)
        throw new Failure("too_many", `a group has at most ${settings.membersPerGroup} members`)
      const base = { server, aic: of.member, since: clock.now(), tasks: known?.tasks ?? [] }
      const attempt = attempted(caller, of, server, "group/invite")
      const { changed } = await governed(
        known?.hold === undefined ? attempt : { ...attempt, hold: known.hold },
        () => write(group, { ...base, state: "invited" }, false),
      )
      // Whoever asks again asks for the same approval. A member is none before it is given.
      if (changed.kind === "held" && changed.hold !== undefined)
        await memory.write(withMember(group, { ...base, state: "left", hold: changed.hold }), true)
      else if (changed.kind === "refused" && known?.hold !== undefined)
        await memory.write(withMember(group, { ...base, state: "left" }), true)
      return changed
    })
  }

  return {
    invite,
    join: (caller, of) =>
      memory.inTurn(of.leader, of.groupId, async () => {
        governor.standing(caller)
        const { group, known } = need(of)
        if (known.state !== "invited") return { kind: "done", group, member: known }
        const { changed } = await governed(
          { ...attempted(caller, of, known.server, "group/join"), answers: true },
          () => write(group, { ...known, state: after.join, since: clock.now() }, false),
        )
        return changed
      }),
    change: (caller, of, change) =>
      memory.inTurn(of.leader, of.groupId, async () => {
        governor.standing(caller)
        const { group, known } = need(of)
        const state = after[change]
        if (known.state === state || (known.state === "invited" && change !== "leave"))
          return { kind: "done", group, member: known }
        const attempt = attempted(caller, of, known.server, `group/${change}`)
        const isNarrowing = change !== "unmute"
        const { changed } = await governed(isNarrowing ? { ...attempt, answers: true } : attempt, () =>
          write(group, { ...known, state, since: clock.now() }, isNarrowing),
        )
        return changed
      }),
    async dissolve(caller, { leader, groupId }) {
      governor.standing(caller)
      const members = memory.find(leader, groupId)?.facts.members ?? []
      for (const { aic, state } of members)
        if (state !== "left") await this.change(caller, { leader, groupId, member: aic }, "leave")
      return memory.inTurn(leader, groupId, async () => {
        const group = memory.find(leader, groupId)
        if (group === undefined || group.facts.members.some(({ state }) => state !== "left")) return undefined
        const over = { ...group, isDissolved: true }
        await memory.write(over, true)
        return over
      })
    },
    told: (of, tasks) =>
      memory.inTurn(of.leader, of.groupId, async () => {
        const group = memory.find(of.leader, of.groupId)
        const known = group && memberOf(group, of.member)
        if (group === undefined || known === undefined) return
        await memory.write(withMember(group, { ...known, tasks: tasks(known.tasks) }), true)
      }),
  }
}
