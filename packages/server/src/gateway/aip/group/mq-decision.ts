import { groupVhost, inboxExchange, readMqName } from "@hufu/core/aip/group-names"
import type { MemberState } from "./group-rows.ts"

/** What RabbitMQ asks of whoever decides for it (its HTTP backend), apart from who somebody is. UNTRUSTED: names are what a client chose. */
export type MqQuestion =
  | { readonly about: "vhost"; readonly user: string; readonly vhost: string }
  | {
      readonly about: "resource"
      readonly user: string
      readonly vhost: string
      readonly resource: string
      readonly name: string
      readonly permission: string
    }
  | {
      readonly about: "topic"
      readonly user: string
      readonly vhost: string
      readonly name: string
      readonly permission: string
      readonly routingKey: string
    }

/** What is known of groups and inboxes at this moment. */
export interface MqKnowledge {
  /** The node itself, which acts for its partners and keeps what they have at the broker. */
  isNode(user: string): boolean
  /** Whether whoever is let in as this code still is. */
  isLive(user: string): boolean
  /** Whether there is such a group, and who leads it at the broker: its leader itself, or this node for it. */
  groupOf(leader: string, groupId: string): { readonly isLedHere: boolean } | undefined
  memberState(leader: string, groupId: string, member: string): MemberState | undefined
  /** Whether one may write into the other's inbox. */
  mayWriteTo(user: string, inbox: string): boolean
}

/** Why something is refused, in a fixed word; undefined where it is allowed. */
export type MqRefusal =
  | "unknown_user"
  | "other_vhost"
  | "other_name"
  | "not_owner"
  | "not_leader"
  | "not_member"
  | "muted"
  | "may_not_ask"
  | undefined

/** The decisions of mq-auth (ACPs 07 §7): nothing is allowed that does not stand here. */
export function decideMq(question: MqQuestion, known: MqKnowledge): MqRefusal {
  const { user } = question
  const isNode = known.isNode(user)
  if (!isNode && !known.isLive(user)) return "unknown_user"
  if (question.vhost !== groupVhost) return "other_vhost"
  if (question.about === "vhost") return undefined
  if (question.about === "topic") return topic(question, known, isNode)
  if (question.resource === "exchange") return exchange(question, known, isNode)
  return question.resource === "queue" ? queue(question, known, isNode) : "other_name"
}

type Resource = Extract<MqQuestion, { about: "resource" }>

function exchange({ user, name, permission }: Resource, known: MqKnowledge, isNode: boolean): MqRefusal {
  // Whoever could declare it could delete it, and everybody's inbox with it.
  if (name === inboxExchange) return isNode || permission !== "configure" ? undefined : "not_owner"
  const of = readMqName(name)
  if (of?.is !== "group") return "other_name"
  if (isNode) return undefined
  const { leader, groupId } = of
  const group = known.groupOf(leader, groupId)
  if (group === undefined) return user === leader ? "not_leader" : "not_member"
  // What an agent says in a group that this node leads for it has its verdict first.
  if (user === leader) return group.isLedHere ? "not_leader" : undefined
  if (permission === "configure") return "not_leader"
  const state = known.memberState(leader, groupId, user)
  if (state === undefined || state === "left") return "not_member"
  return state === "muted" && permission === "write" ? "muted" : undefined
}

function queue({ user, name, permission }: Resource, known: MqKnowledge, isNode: boolean): MqRefusal {
  const of = readMqName(name)
  if (of === undefined || of.is === "group") return "other_name"
  if (isNode) return undefined
  if (of.is === "inbox") return of.aic === user ? undefined : "not_owner"
  const { leader, groupId, member } = of
  const group = known.groupOf(leader, groupId)
  if (group === undefined) return "not_member"
  if (user === leader && group.isLedHere) return "not_leader"
  // A leader takes the queue of whoever has left away, and reads nobody's but its own.
  if (user === leader) return permission === "read" && member !== leader ? "not_owner" : undefined
  if (user !== member) return "not_owner"
  const state = known.memberState(leader, groupId, user)
  return state === undefined || state === "left" ? "not_member" : undefined
}

function topic(
  { user, name, permission, routingKey }: Extract<MqQuestion, { about: "topic" }>,
  known: MqKnowledge,
  isNode: boolean,
): MqRefusal {
  const inbox = readMqName(routingKey)
  if (name !== inboxExchange || inbox?.is !== "inbox") return "other_name"
  if (isNode) return undefined
  if (permission === "read") return inbox.aic === user ? undefined : "not_owner"
  if (permission !== "write") return "other_name"
  return known.mayWriteTo(user, inbox.aic) ? undefined : "may_not_ask"
}
