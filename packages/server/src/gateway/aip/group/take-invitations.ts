import { GroupInvitation } from "@hufu/core/aip/group-message"
import { beijingTime, msOf } from "@hufu/core/aip/aip-time"
import { inboxExchange, mqNameOf } from "@hufu/core/aip/group-names"
import { isFailure } from "@hufu/core/failure"
import { newId } from "@hufu/core/id"
import { randomUUID } from "node:crypto"
import type { Channel } from "amqplib"
import type { Delivery, Listening } from "./broker.ts"
import type { Changed, MemberRef } from "./change-groups.ts"
import { callerAt, type GroupDesk } from "./group-parts.ts"
import { oneSpelling, readDelivery } from "./read-delivery.ts"

/** The inboxes of this node's partners: there they are invited into groups (ACPs 07 §7). */
export interface Inboxes {
  /** Sees to it that a partner's inbox is there and heard. */
  open(server: string): Promise<void>
  close(): Promise<void>
}

const rejected = { code: -32_001, message: "Invitation rejected by partner policy" }

/** @param join takes an invitation that came */
export function takeInvitations(desk: GroupDesk, join: (of: MemberRef) => Promise<Changed>): Inboxes {
  const { broker, settings, who, clock, note } = desk
  const open = new Map<string, Listening>()

  function hear(server: string, aic: string): Listening {
    const queue = mqNameOf({ is: "inbox", aic })
    async function declare(channel: Channel): Promise<void> {
      await channel.assertQueue(queue, {
        durable: true,
        maxLength: settings.queueLength,
        arguments: { "x-overflow": "reject-publish" },
      })
      await channel.bindQueue(queue, inboxExchange, queue)
    }
    return broker.hear(queue, declare, (delivery) => take(server, aic, delivery))
  }

  async function take(server: string, aic: string, delivery: Delivery): Promise<void> {
    const queue = mqNameOf({ is: "inbox", aic })
    const received = readDelivery(delivery, settings.messageBytes)
    if (typeof received === "string") return note({ reason: received, queue })
    const read = GroupInvitation.safeParse(received.raw)
    if (!read.success) return note({ reason: "no_invitation", queue })
    const { group, amqp, expiresAt, invitationToken } = read.data
    const leader = oneSpelling(group.leader.aic)
    const { groupId } = group
    // INVARIANT: nobody invites in another's name, nor into another's exchange.
    if (leader !== received.sender || amqp.exchange !== mqNameOf({ is: "group", leader, groupId }))
      return note({ reason: "other_leader", queue })
    const expires = expiresAt == null ? undefined : msOf(expiresAt)
    if (expires !== undefined && expires <= clock.now()) return note({ reason: "expired", queue })
    if (who.codeOf(server) !== aic) return note({ reason: "other_partner", queue })
    const refusal = await refusalOf({ leader, groupId, member: aic })
    if (refusal === undefined) return undefined
    const message = {
      type: "group-invitation-error",
      id: randomUUID(),
      sentAt: beijingTime(clock.now()),
      senderRole: "partner",
      senderId: aic,
      groupId,
      partnerAic: aic,
      ...(invitationToken == null ? {} : { invitationToken }),
      error: { ...rejected, data: { errorType: "INVITATION_REJECTED", ...refusal } },
    }
    const routingKey = mqNameOf({ is: "inbox", aic: leader })
    return broker.publish({ exchange: inboxExchange, routingKey, sender: aic }, message, desk.closing)
  }

  /** Why an invitation is not taken; undefined where it is. */
  async function refusalOf(of: MemberRef): Promise<{ code: string; details: string } | undefined> {
    const caller = callerAt(desk, of.leader, newId("connection", clock.now()))
    if (caller === undefined) return { code: "agent_unknown", details: "the leader is no agent of this node" }
    try {
      const invited = await desk.changes.invite(caller, of, false)
      const changed = invited.kind === "done" ? await join(of) : invited
      if (changed.kind === "done") return undefined
      const [why] = changed.reasons
      return { code: changed.code, details: why?.en ?? changed.code }
    } catch (error) {
      if (!isFailure(error) || error.code === "store_unavailable" || error.code === "internal") throw error
      return { code: error.code, details: error.message }
    }
  }

  return {
    async open(server) {
      const aic = who.codeOf(server)
      if (aic === undefined) return
      const known = open.get(aic) ?? hear(server, aic)
      open.set(aic, known)
      await known.ready
    },
    async close() {
      await Promise.all([...open.values()].map((each) => each.stop()))
    },
  }
}
