import { z } from "zod"
import { AipId, messageOf } from "./aip-message.ts"
import { AipTime } from "./aip-time.ts"
import { AnyObject } from "./data-item.ts"
import { groupIdShape } from "./group-names.ts"

/** What agents say to each other about a group (ACPs 07 §7, v02.01 and v02.02). Members that are not known pass. UNTRUSTED. */
const GroupId = z.string().regex(groupIdShape, "a group is called by at most 128 letters, digits and hyphens")
const Aic = z.string().min(1).max(64)
/** How many members one message names at most. */
const maxNamed = 256
const Protocol = z
  .string()
  .max(64)
  .regex(/^rabbitmq(:|$)/, "groups are held at RabbitMQ")

const Group = z.looseObject({
  groupId: GroupId,
  leader: z.looseObject({ aic: Aic }),
  partners: z
    .array(z.looseObject({ aic: Aic }))
    .max(maxNamed)
    .nullish(),
})
const Amqp = z.looseObject({
  exchange: z.string().max(300),
  exchangeType: z.literal("fanout").nullish(),
  routingKey: z.string().max(255).nullish(),
})

/** Into an inbox. v02.02 has the members of a message in it, too. */
export const GroupInvitation = z.looseObject({
  type: z.literal("group-invitation"),
  id: AipId.nullish(),
  senderId: AipId.nullish(),
  protocol: Protocol,
  invitationToken: z.string().max(1024).nullish(),
  expiresAt: AipTime.nullish(),
  group: Group,
  amqp: Amqp,
})
export type GroupInvitation = z.infer<typeof GroupInvitation>

/** The params of the method `group`, by which whoever has no inbox is invited. */
export const GroupJoining = z.looseObject({
  protocol: Protocol,
  group: Group,
  server: z
    .looseObject({
      host: z.string().max(255).nullish(),
      port: z.int().nullish(),
      vhost: z.string().max(255).nullish(),
    })
    .nullish(),
  amqp: Amqp,
})
export type GroupJoining = z.infer<typeof GroupJoining>

/** Into the inbox of a leader whose invitation is not taken. */
export const GroupInvitationError = z.looseObject({
  type: z.literal("group-invitation-error"),
  groupId: GroupId,
  senderId: AipId.nullish(),
  partnerAic: AipId.nullish(),
  invitationToken: z.string().max(1024).nullish(),
  error: z.looseObject({ code: z.int(), message: z.string().max(4096), data: AnyObject.nullish() }),
})

/** `disband` is the reference's own word for the dissolution of a group. */
export const groupCommands = ["get-status", "leave-group", "mute", "unmute", "disband"] as const

export const GroupMgmtCommand = z.looseObject({
  type: z.literal("group-mgmt-command"),
  ...messageOf("leader"),
  command: z.enum(groupCommands),
  groupId: GroupId,
})
export type GroupMgmtCommand = z.infer<typeof GroupMgmtCommand>

export const GroupMgmtResult = z.looseObject({
  type: z.literal("group-mgmt-result"),
  ...messageOf("partner"),
  status: z.looseObject({ connected: z.boolean(), muted: z.boolean() }),
  groupId: GroupId,
})
export type GroupMgmtResult = z.infer<typeof GroupMgmtResult>
