import { mqNameOf } from "@hufu/core/aip/group-names"
import { Failure, isFailure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Store } from "../../../store/store.ts"
import type { Caller } from "../../governor.ts"
import { type Broker, connectBroker } from "./broker.ts"
import { changeGroups, type MemberRef } from "./change-groups.ts"
import { memberOf, openGroupMemory } from "./group-memory.ts"
import { callerAt, type GroupDesk } from "./group-parts.ts"
import { type GroupSeat, sitInGroup } from "./group-seat.ts"
import type { GroupMember, GroupRow } from "./group-rows.ts"
import type { Groups } from "./groups.ts"
import { takeInvitations } from "./take-invitations.ts"

export interface GroupsParts extends Omit<
  GroupDesk,
  "memory" | "broker" | "changes" | "disband" | "note" | "closing"
> {
  readonly store: Store
  /** As whom the node comes to the broker, and what shows that it does. */
  readonly user: string
  readonly password: string
  readonly roots: () => readonly string[]
  readonly log: (what: JsonObject) => void
}

const joinMs = 10_000
const dayMs = 86_400_000
const keepDays = 30
const hourMs = 3_600_000
const maxNoted = 1000

/**
 * Opens the groups of this node's partners, and goes on with those that there were.
 *
 * INVARIANT: who is in a group is written down before anything of it happens at the broker, so that a restart finds what there should be
 * and makes it again.
 */
export function openGroups(parts: GroupsParts): Groups {
  const { store, clock, settings, who, onError } = parts
  const ends = new AbortController()
  const seats = new Map<string, GroupSeat>()
  const retiring = new Set<Promise<void>>()
  const noted = new Set<string>()
  const memory = openGroupMemory(store, clock)
  let isNew = true
  const broker: Broker = connectBroker({
    settings,
    user: parts.user,
    password: parts.password,
    roots: parts.roots,
    onUp() {
      // Whom the node before this one let in may have been stopped meanwhile.
      if (isNew)
        broker
          .disconnect(undefined)
          .catch((error: unknown) => onError(error, "end old connections at the broker"))
      isNew = false
      noted.clear()
    },
    onAway: () => void tellAway().catch((error: unknown) => onError(error, "say that the broker is away")),
    onError,
  })
  const changes = changeGroups({ ...parts, memory, onChanged })
  const disband: GroupDesk["disband"] = (caller, of) => dissolve(caller, of, false)
  const desk: GroupDesk = { ...parts, memory, broker, changes, disband, note, closing: ends.signal }
  const inboxes = takeInvitations(desk, async (of) => {
    const caller = callerAt(desk, of.leader, newId("connection", clock.now()))
    if (caller === undefined) throw new Failure("agent_unknown", "the leader is no agent of this node")
    return join(caller, of)
  })

  const keyOf = ({ leader, groupId, member }: MemberRef) => `${leader}\n${groupId}\n${member}`

  function note(what: JsonObject & { readonly reason: string }): void {
    const text = JSON.stringify(what)
    if (noted.has(text) || noted.size >= maxNoted) return
    noted.add(text)
    parts.log(what)
  }

  function seatOf(of: MemberRef, server: string): GroupSeat {
    const key = keyOf(of)
    const seat = seats.get(key) ?? sitInGroup(desk, of, server)
    seats.set(key, seat)
    return seat
  }

  function onChanged(group: GroupRow, member: GroupMember): void {
    const of = { leader: group.facts.leader, groupId: group.facts.groupId, member: member.aic }
    const seat = seats.get(keyOf(of))
    if (member.state === "left") retire(of)
    else seat?.changed(member)
  }

  /** Who has left says so, and then what it has at the broker is taken away. */
  function retire(of: MemberRef): void {
    const seat = seats.get(keyOf(of))
    seats.delete(keyOf(of))
    if (seat === undefined) return
    const mine = (async () => {
      if (broker.isUp()) await seat.tellStatus(false)
      await seat.leave()
    })()
      .catch((error: unknown) => onError(error, "leave a group"))
      .finally(() => retiring.delete(mine))
    retiring.add(mine)
  }

  async function join(...[caller, of]: Parameters<Groups["join"]>) {
    const group = memory.find(of.leader, of.groupId)
    const known = group && memberOf(group, of.member)
    if (known === undefined || known.state === "left")
      throw new Failure("not_found", "there is no such member of such a group: invite it first")
    const seat = seatOf(of, known.server)
    try {
      await within(seat.ready)
    } catch (error) {
      seats.delete(keyOf(of))
      await seat.close()
      throw new Failure(
        "upstream_unavailable",
        "the group cannot be joined: its exchange is not at the broker of this node, or the broker is away",
        { cause: error },
      )
    }
    const changed = await changes.join(caller, of)
    if (changed.kind === "done" && changed.member.state !== "left") await seat.tellStatus(true)
    return changed
  }

  async function dissolve(
    caller: Caller,
    { leader, groupId }: Omit<MemberRef, "member">,
    isForced: boolean,
  ): Promise<void> {
    await changes.dissolve(caller, { leader, groupId })
    if (memory.find(leader, groupId) !== undefined)
      throw new Failure("forbidden", "somebody in the group may not be let go: the ledger has the reasons")
    await Promise.allSettled(retiring)
    const signal = AbortSignal.any([ends.signal, AbortSignal.timeout(joinMs)])
    const exchange = mqNameOf({ is: "group", leader, groupId })
    const queue = mqNameOf({ is: "seat", leader, groupId, member: leader })
    await broker.arrange(async (channel) => {
      if (isForced) await channel.deleteQueue(queue)
      await channel.deleteExchange(exchange)
    }, signal)
  }

  /** The principal is told where a task stands still because nobody can be told of it. */
  async function tellAway(): Promise<void> {
    for (const { facts } of memory.all())
      for (const { server, tasks } of facts.members)
        for (const { name } of tasks) {
          const caller = callerAt(desk, facts.leader, newId("connection", clock.now()))
          if (caller === undefined) continue
          try {
            await parts.delegations.remark(caller, { server, task: name }, brokerAway)
          } catch (error) {
            if (!isFailure(error)) throw error
          }
        }
  }

  broker.begin()
  for (const { facts } of memory.all())
    for (const { aic, server, state } of facts.members)
      if (state === "joined" || state === "muted")
        seatOf({ leader: facts.leader, groupId: facts.groupId, member: aic }, server)
  for (const server of who.partners())
    inboxes.open(server).catch((error: unknown) => onError(error, `open the inbox of ${server}`))

  const pruning = setInterval(() => {
    memory
      .prune(clock.now() - keepDays * dayMs)
      .catch((error: unknown) => onError(error, "forget groups of long ago"))
  }, hourMs)
  pruning.unref()

  return {
    async invite(caller, of) {
      const changed = await changes.invite(caller, of)
      if (changed.kind !== "done") return changed
      try {
        await within(inboxes.open(changed.member.server))
      } catch (cause) {
        throw new Failure(
          "upstream_unavailable",
          "the message broker of this node is away: try again later",
          {
            cause,
          },
        )
      }
      return changed
    },
    join,
    leave: (caller, of) => changes.change(caller, of, "leave"),
    dissolve: (caller, of) => dissolve(caller, of, true),
    async disconnect({ member }) {
      await broker.disconnect(member)
    },
    find: (leader, groupId) => memory.find(leader, groupId),
    known: {
      isGroup: (leader, groupId) => memory.find(leader, groupId) !== undefined,
      memberState(leader, groupId, member) {
        const group = memory.find(leader, groupId)
        return group && memberOf(group, member)?.state
      },
    },
    async close() {
      clearInterval(pruning)
      ends.abort(new Error("Hufu is closing"))
      await Promise.allSettled([...retiring, ...[...seats.values()].map((seat) => seat.close())])
      await inboxes.close()
      await broker.close()
    },
  }
}

const brokerAway = {
  rule: "group/broker-away",
  en: "the message broker of its group is away: the task goes on, and the group is told once it is back",
  zh: "群组所用的消息 broker 暂不可达：任务继续进行，待其恢复后再告知群组",
}

function within(ready: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error("it took too long")), joinMs)
  return Promise.race([ready, promise]).finally(() => clearTimeout(timer))
}
