import { z } from "zod"

/**
 * The messages of AIP as ACPs 07 (v02.02 §4, §6) has them, strictly: what a conforming writer may write. Written from the specification, apart
 * from the product's own schemas.
 */
const id = z.string().min(1)
const time = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/)
  .refine((text) => !Number.isNaN(Date.parse(text)))
const anything = z.record(z.string(), z.unknown())
const base = { metadata: anything.optional() }
const DataItem = z.discriminatedUnion("type", [
  z.object({ type: z.literal("text"), text: z.string(), ...base }),
  z.object({ type: z.literal("data"), data: anything, ...base }),
  z
    .object({
      type: z.literal("file"),
      name: z.string().optional(),
      mimeType: z.string().optional(),
      uri: z.string().optional(),
      bytes: z.base64().optional(),
      ...base,
    })
    .refine(({ uri, bytes }) => (uri === undefined) !== (bytes === undefined)),
])
const message = {
  id,
  sentAt: time,
  senderId: id,
  mentions: z.union([z.literal("all"), z.array(id)]).optional(),
  dataItems: z.array(DataItem).optional(),
  groupId: id.optional(),
  sessionId: id.optional(),
}
export const states = [
  "accepted",
  "working",
  "awaiting-input",
  "awaiting-completion",
  "completed",
  "canceled",
  "failed",
  "rejected",
] as const
export const Status = z.object({
  state: z.enum(states),
  stateChangedAt: time,
  dataItems: z.array(DataItem).optional(),
})
const Product = z.object({
  id,
  name: z.string().optional(),
  description: z.string().optional(),
  dataItems: z.array(DataItem),
})
export const Command = z.object({
  type: z.literal("task-command"),
  ...message,
  senderRole: z.literal("leader"),
  command: z.enum(["get", "start", "continue", "cancel", "complete", "re-stream"]),
  commandParams: anything.optional(),
  taskId: id,
})
const ofPartner = { ...message, senderRole: z.literal("partner"), taskId: id }
export const Result = z.object({
  type: z.literal("task-result"),
  ...ofPartner,
  status: Status,
  products: z.array(Product).optional(),
  commandHistory: z.array(Command).optional(),
  statusHistory: z.array(Status).optional(),
})
export type Result = z.infer<typeof Result>
export const StreamEvent = z.object({
  eventSeq: z.int().nonnegative(),
  eventData: z.discriminatedUnion("type", [
    Result,
    z.object({ type: z.literal("task-status-update"), ...ofPartner, status: Status }),
    z.object({
      type: z.literal("product-chunk"),
      ...ofPartner,
      product: Product,
      append: z.boolean(),
      lastChunk: z.boolean(),
    }),
    Command,
  ]),
})
export type StreamEvent = z.infer<typeof StreamEvent>
export const Config = z.object({ id, url: z.string(), token: z.string(), taskId: id })
export const RpcError = z.object({ code: z.int(), message: z.string(), data: z.unknown().optional() })
export type RpcError = z.infer<typeof RpcError>
export const GroupStatus = z.object({
  type: z.literal("group-mgmt-result"),
  ...message,
  senderRole: z.literal("partner"),
  status: z.object({ connected: z.boolean(), muted: z.boolean() }),
  groupId: id,
})
export type GroupStatus = z.infer<typeof GroupStatus>
export const InvitationError = z.object({
  type: z.literal("group-invitation-error"),
  groupId: id,
  invitationToken: z.string(),
  error: z.object({ code: z.int(), message: z.string(), data: z.object({ errorType: z.string() }) }),
})
export const GroupCommand = z.object({
  type: z.literal("group-mgmt-command"),
  ...message,
  senderRole: z.literal("leader"),
  command: z.enum(["get-status", "leave-group", "mute", "unmute"]),
  groupId: id,
})
export const Invitation = z.object({
  protocol: z.string().regex(/^rabbitmq:/),
  group: z.object({
    groupId: z.string().regex(/^[a-zA-Z0-9-]{1,128}$/),
    leader: z.object({ aic: id }),
    partners: z.array(z.object({ aic: id })),
  }),
  server: z.object({ host: id, port: z.int(), vhost: z.literal("acps") }),
  amqp: z.object({ exchange: id, exchangeType: z.literal("fanout"), routingKey: z.literal("") }),
})
