import { randomUUID } from "node:crypto"
import { beijingTime } from "@hufu/core/aip/aip-time"
import { GroupMgmtResult } from "@hufu/core/aip/group-message"
import { mqNameOf } from "@hufu/core/aip/group-names"
import { Failure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Channel } from "amqplib"
import type { PartnerOrder } from "../../delegation/partner.ts"
import { attemptOf } from "../../delegation/order-attempt.ts"
import { type Ticket, ticketOf } from "../../ticket.ts"
import type { MemberRef } from "./change-groups.ts"
import { memberOf } from "./group-memory.ts"
import { callerAt, type GroupDesk } from "./group-parts.ts"
import { readDelivery, type Received } from "./read-delivery.ts"

/** A group that Hufu leads at the broker, in the name of an agent of this node, with partners that are there themselves. */
export interface LedGroup {
  /** Once its exchange and its leader's queue are there. */
  readonly ready: Promise<void>
  /** Gives a command to the whole group; everybody who hears it is one to whom it may be said. */
  give(command: Given): Promise<void>
  /** What a member says of a task, from now on until the signal fires. UNTRUSTED, but for who says it. */
  hear(of: Heard, signal: AbortSignal): AsyncGenerator<JsonObject>
  /** Tells a member something about the group. */
  tell(command: GroupWord, member: string, signal: AbortSignal): Promise<void>
  /** The same, and waits a little for what it answers; whether it has. */
  manage(command: GroupWord, member: string): Promise<boolean>
  /** Which tasks wait for what is said here. */
  tasks(): Iterable<Pick<Heard, "server" | "name">>
  close(): Promise<void>
}

export type GroupWord = "mute" | "unmute" | "leave-group"

export interface Given {
  readonly message: JsonObject
  readonly member: string
  readonly order: PartnerOrder
  readonly ticket: Ticket
  readonly signal: AbortSignal
}

export interface Heard {
  readonly member: string
  readonly server: string
  /** As the partner calls the task, and as the asking agent does. */
  readonly task: string
  readonly name: string
}

const answerMs = 10_000
/** So much may wait for whoever hears it; then the broker keeps the rest. */
const maxWaiting = 32

export function leadGroup(desk: GroupDesk, { leader, groupId }: Omit<MemberRef, "member">): LedGroup {
  const { broker, memory, settings, clock, note } = desk
  const exchange = mqNameOf({ is: "group", leader, groupId })
  const queue = mqNameOf({ is: "seat", leader, groupId, member: leader })
  const hearing = new Set<{ readonly of: Heard; take(message: JsonObject): Promise<void> }>()
  const answering = new Set<(from: string) => void>()
  const connection = newId("connection", clock.now())

  async function declare(channel: Channel): Promise<void> {
    await channel.assertExchange(exchange, "fanout", { durable: true })
    await channel.assertQueue(queue, {
      durable: true,
      maxLength: settings.queueLength,
      arguments: { "x-overflow": "reject-publish" },
    })
    await channel.bindQueue(queue, exchange, "")
  }

  const listening = broker.hear(queue, declare, async (delivery) => {
    const received = readDelivery(delivery, settings.messageBytes)
    if (typeof received === "string") return note({ reason: received, queue })
    if (received.sender === leader) return undefined
    const group = memory.find(leader, groupId)
    const member = group && memberOf(group, received.sender)
    if (member === undefined || member.state === "left") return note({ reason: "not_member", queue })
    if (received.raw["groupId"] !== groupId) return note({ reason: "other_group", queue })
    if (received.type === "group-mgmt-result") return answered(received)
    if (member.state !== "joined") return note({ reason: member.state, queue })
    return said(received)
  })

  async function answered({ raw, sender }: Received): Promise<void> {
    const read = GroupMgmtResult.safeParse(raw)
    if (!read.success) return note({ reason: "no_result", queue })
    const caller = callerAt(desk, leader, connection)
    const of = { leader, groupId, member: sender }
    if (caller === undefined) return undefined
    if (read.data.status.connected) await desk.changes.join(caller, of)
    else await desk.changes.change(caller, of, "leave")
    for (const each of answering) each(sender)
    return undefined
  }

  async function said({ raw, sender }: Received): Promise<void> {
    for (const each of hearing)
      if (each.of.member === sender && raw["taskId"] === each.of.task) await each.take(raw)
  }

  /** INVARIANT: what is said in a group is said to everybody in it, and each of them has its verdict before anything leaves. */
  async function verdicts({ member, order }: Given): Promise<Ticket[]> {
    const caller = callerAt(desk, leader, connection)
    if (caller === undefined) throw new Failure("agent_unknown", "the leader is no agent of this node")
    const tickets: Ticket[] = []
    const { members } = memory.find(leader, groupId)?.facts ?? { members: [] }
    for (const { aic, server, state } of members) {
      if (aic === member || state === "left") continue
      const ask = {
        order: order.order,
        context: order.view.context,
        task: order.view.task,
        confirms: true,
        ...(order.said === undefined ? {} : { said: order.said }),
        ...(order.parameters === undefined ? {} : { parameters: order.parameters }),
      }
      const ruling = await desk.governor.admit(
        attemptOf(caller, { server, protocol: "aip" }, ask, order.view.task),
      )
      const ticket = ruling.kind === "go" ? ticketOf(ruling) : undefined
      if (ticket?.leave() === true) {
        tickets.push(ticket)
        continue
      }
      for (const each of tickets) each.settle({ outcome: "failed", reason: "cancelled" })
      throw new Failure(
        "forbidden",
        `\`${server}\` is in the group too, and may not hear it: say it without a group, or ask the person for a mandate`,
      )
    }
    return tickets
  }

  async function say(message: JsonObject, signal: AbortSignal): Promise<void> {
    await broker.publish({ exchange, routingKey: "", sender: leader }, { ...message, groupId }, signal)
  }

  async function tell(command: GroupWord, member: string, signal: AbortSignal): Promise<void> {
    const sentAt = beijingTime(clock.now())
    const head = { id: randomUUID(), sentAt, senderRole: "leader", senderId: leader, mentions: [member] }
    await say({ type: "group-mgmt-command", ...head, command }, signal)
  }

  return {
    ready: listening.ready,
    tell,
    async give(given) {
      const { message, member, ticket, signal } = given
      const tickets = await verdicts(given)
      if (!ticket.leave()) {
        for (const each of tickets) each.settle({ outcome: "failed", reason: "cancelled" })
        return
      }
      try {
        await say({ ...message, mentions: [member] }, signal)
        for (const each of tickets) each.settle({ outcome: "done", result: {} })
      } catch (error) {
        for (const each of tickets) each.settle({ outcome: "unknown", reason: "connection_lost" })
        // It may have come to the broker all the same.
        throw new Failure("upstream_lost", "the message broker was lost as it took the command", {
          cause: error,
        })
      }
    },
    async *hear(of, signal) {
      const waiting: JsonObject[] = []
      let wake = () => {}
      let drained = () => {}
      const entry = {
        of,
        async take(message: JsonObject) {
          if (signal.aborted) return
          waiting.push(message)
          wake()
          if (waiting.length >= maxWaiting) await new Promise<void>((resolve) => (drained = resolve))
        },
      }
      const end = () => {
        wake()
        drained()
      }
      hearing.add(entry)
      signal.addEventListener("abort", end, { once: true })
      try {
        for (;;) {
          const next = waiting.shift()
          if (next === undefined) {
            if (signal.aborted) return
            await new Promise<void>((resolve) => (wake = resolve))
          } else {
            drained()
            yield next
          }
        }
      } finally {
        signal.removeEventListener("abort", end)
        hearing.delete(entry)
        drained()
      }
    },
    async manage(command, member) {
      const soon = AbortSignal.any([AbortSignal.timeout(answerMs), desk.closing])
      const { promise, resolve } = Promise.withResolvers<boolean>()
      const heard = (from: string) => {
        if (from === member) resolve(true)
      }
      const late = () => resolve(false)
      answering.add(heard)
      soon.addEventListener("abort", late, { once: true })
      try {
        await tell(command, member, soon)
        return await promise
      } catch (error) {
        if (soon.aborted) return false
        throw error
      } finally {
        answering.delete(heard)
        soon.removeEventListener("abort", late)
      }
    },
    *tasks() {
      for (const { of } of hearing) yield of
    },
    async close() {
      await listening.stop()
    },
  }
}
