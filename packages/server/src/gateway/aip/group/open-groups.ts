import { groupVhost, mqNameOf } from "@hufu/core/aip/group-names"
import { Failure, isFailure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Store } from "../../../store/store.ts"
import type { Caller } from "../../governor.ts"
import { type Broker, connectBroker } from "./broker.ts"
import { type Changed, changeGroups, type MemberRef } from "./change-groups.ts"
import { memberOf, openGroupMemory } from "./group-memory.ts"
import { callerAt, type GroupDesk } from "./group-parts.ts"
import { type GroupSeat, sitInGroup } from "./group-seat.ts"
import type { GroupMember, GroupRow } from "./group-rows.ts"
import type { Groups } from "./groups.ts"
import { type LedGroup, leadGroup } from "./led-group.ts"
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
  const leading = new Map<string, LedGroup>()
  const retiring = new Set<Promise<void>>()
  const noted = new Set<string>()
  const memory = openGroupMemory(store, clock)
  const startedAt = clock.now()
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
          .disconnectBefore(startedAt)
          .catch((error: unknown) => onError(error, "end old connections at the broker"))
      isNew = false
      noted.clear()
    },
    onAway: () => void tellAway().catch((error: unknown) => onError(error, "say that the broker is away")),
    onError,
  })
  const changes = changeGroups({ ...parts, memory, onChanged })
  const disband: GroupDesk["disband"] = async (caller, of) => void (await dissolve(caller, of, false))
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
    const before = seats.get(keyOf(of))
    if (before !== undefined && broker.isUp() && !before.isHeard()) {
      // Its group was taken away at the broker, and is there again.
      seats.delete(keyOf(of))
      await before.close()
    }
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

  function ledOf({ leader, groupId }: Omit<MemberRef, "member">): LedGroup {
    const key = `${leader}\n${groupId}`
    const group = leading.get(key) ?? leadGroup(desk, { leader, groupId })
    leading.set(key, group)
    return group
  }

  async function lead(...[caller, of, invite]: Parameters<Groups["lead"]>): Promise<Changed> {
    const { leader, groupId } = of
    const changed = await changes.invite(caller, of, true)
    if (changed.kind !== "done" || changed.member.state !== "invited") return changed
    try {
      await within(ledOf(of).ready)
      const url = new URL(settings.url)
      const partners = changed.group.facts.members.filter(({ state }) => state !== "left")
      await invite(
        {
          protocol: "rabbitmq:3.10",
          group: { groupId, leader: { aic: leader }, partners: partners.map(({ aic }) => ({ aic })) },
          server: {
            host: url.hostname,
            port: Number(url.port || (url.protocol === "amqps:" ? 5671 : 5672)),
            vhost: groupVhost,
          },
          amqp: {
            exchange: mqNameOf({ is: "group", leader, groupId }),
            exchangeType: "fanout",
            routingKey: "",
          },
        },
        AbortSignal.any([ends.signal, AbortSignal.timeout(joinMs)]),
      )
      return changed
    } catch (error) {
      // Who does not join is let in nowhere.
      await changes.change(caller, of, "leave")
      throw error
    }
  }

  /** What a member is told it does by itself; what it then may do is decided here, whether it answered or not. */
  async function manage(...[caller, of, change]: Parameters<Groups["manage"]>): Promise<Changed> {
    const isLedHere = memory.find(of.leader, of.groupId)?.facts.isLedHere === true
    if (!isLedHere) return changes.change(caller, of, change)
    const group = ledOf(of)
    if (change === "unmute") {
      const changed = await changes.change(caller, of, change)
      // It may have to come back first: it hears of it from its queue.
      if (changed.kind === "done")
        await group.tell(change, of.member, AbortSignal.any([ends.signal, AbortSignal.timeout(joinMs)]))
      return changed
    }
    const isAnswered = await group.manage(change === "leave" ? "leave-group" : change, of.member)
    const changed = await settledChange(caller, of, change)
    // The broker remembers what it was told of an open connection.
    if (changed.kind === "done" && (!isAnswered || change === "mute")) await broker.disconnect(of.member)
    if (changed.kind === "done" && change === "leave") await removeQueue(of)
    return changed
  }

  /** A member that has said that it leaves has left already. */
  async function settledChange(...[caller, of, change]: Parameters<Groups["manage"]>): Promise<Changed> {
    const group = memory.find(of.leader, of.groupId)
    const known = group && memberOf(group, of.member)
    if (group !== undefined && known !== undefined && change === "leave" && known.state === "left")
      return { kind: "done", group, member: known }
    return changes.change(caller, of, change)
  }

  async function removeQueue({ leader, groupId, member }: MemberRef): Promise<void> {
    const queue = mqNameOf({ is: "seat", leader, groupId, member })
    const signal = AbortSignal.any([ends.signal, AbortSignal.timeout(joinMs)])
    await broker
      .arrange((channel) => channel.deleteQueue(queue), signal)
      .catch((error: unknown) => onError(error, `take the queue ${queue} away`))
  }

  async function dissolve(
    caller: Caller,
    { leader, groupId }: Omit<MemberRef, "member">,
    isForced: boolean,
  ): Promise<GroupRow | undefined> {
    const was = memory.find(leader, groupId)
    if (was?.facts.isLedHere === true)
      for (const { aic, state } of was.facts.members)
        if (state !== "left") await manage(caller, { leader, groupId, member: aic }, "leave")
    const over = await changes.dissolve(caller, { leader, groupId })
    await leading.get(`${leader}\n${groupId}`)?.close()
    leading.delete(`${leader}\n${groupId}`)
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
    return over
  }

  /** The principal is told where a task stands still because nobody can be told of it. */
  async function tellAway(): Promise<void> {
    for (const { facts } of memory.all()) {
      const led = leading.get(`${facts.leader}\n${facts.groupId}`)?.tasks() ?? []
      const seated = facts.members.flatMap(({ server, tasks }) => tasks.map(({ name }) => ({ server, name })))
      for (const { server, name } of [...seated, ...led]) {
        const caller = callerAt(desk, facts.leader, newId("connection", clock.now()))
        if (caller === undefined) continue
        try {
          await parts.delegations.remark(caller, { server, task: name }, brokerAway)
        } catch (error) {
          if (!isFailure(error)) throw error
        }
      }
    }
  }

  broker.begin()
  for (const { facts } of memory.all()) if (facts.isLedHere === true) ledOf(facts)
  for (const { facts } of memory.all())
    for (const { aic, server, state } of facts.isLedHere === true ? [] : facts.members)
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
      const changed = await changes.invite(caller, of, false)
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
    leave: (caller, of) => manage(caller, of, "leave"),
    lead,
    manage,
    led(leader, groupId, server) {
      const group = memory.find(leader, groupId)
      const member = group?.facts.members.find((each) => each.server === server && each.state === "joined")
      if (group?.facts.isLedHere !== true || member === undefined) return undefined
      return { group: ledOf({ leader, groupId }), member: member.aic }
    },
    all: () => memory.all(),
    dissolve: (caller, of) => dissolve(caller, of, true),
    async disconnect({ member }) {
      await broker.disconnect(member)
    },
    find: (leader, groupId) => memory.find(leader, groupId),
    known: {
      groupOf(leader, groupId) {
        const group = memory.find(leader, groupId)
        return group && { isLedHere: group.facts.isLedHere === true }
      },
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
