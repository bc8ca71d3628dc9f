import { z } from "zod"
import { AipState } from "./aip-state.ts"
import { AipTime } from "./aip-time.ts"
import { AnyObject, DataItems } from "./data-item.ts"

/**
 * What agents say to each other in AIP (ACPs 07 v02.01 and v02.02, §4 and §6.2), in direct mode. Members that are not known pass. UNTRUSTED.
 */
export const AipId = z.string().min(1).max(256)

/** How many there are at most of whatever one message lists. */
const maxListed = 1000
const message = {
  id: AipId,
  sentAt: AipTime,
  senderId: AipId,
  mentions: z.union([z.literal("all"), z.array(z.string().max(256)).max(maxListed)]).nullish(),
  dataItems: DataItems.nullish(),
  groupId: AipId.nullish(),
  sessionId: AipId.nullish(),
}

/** What every message has, by whichever side. */
export function messageOf<const Role extends "leader" | "partner">(role: Role) {
  return { ...message, senderRole: z.literal(role) }
}
const ofLeader = messageOf("leader")
const ofPartner = messageOf("partner")

export const taskCommands = ["get", "start", "continue", "cancel", "complete", "re-stream"] as const
export const TaskCommand = z.looseObject({
  type: z.literal("task-command"),
  ...ofLeader,
  command: z.enum(taskCommands),
  commandParams: AnyObject.nullish(),
  taskId: AipId.nullish(),
})
export type TaskCommand = z.infer<typeof TaskCommand>

export const TaskStatus = z.looseObject({
  state: AipState,
  stateChangedAt: AipTime,
  dataItems: DataItems.nullish(),
})
export type TaskStatus = z.infer<typeof TaskStatus>

export const AipProduct = z.looseObject({
  id: AipId,
  name: z.string().max(4096).nullish(),
  description: z.string().max(65_536).nullish(),
  dataItems: DataItems,
})
export type AipProduct = z.infer<typeof AipProduct>

/** Counted before any is looked at. */
const listOf = <T extends z.ZodType>(item: T) =>
  z.array(z.unknown()).max(maxListed).pipe(z.array(item)).nullish()

export const TaskResult = z.looseObject({
  type: z.literal("task-result"),
  ...ofPartner,
  taskId: AipId,
  status: TaskStatus,
  products: listOf(AipProduct),
  commandHistory: listOf(TaskCommand),
  statusHistory: listOf(TaskStatus),
})
export type TaskResult = z.infer<typeof TaskResult>

export const TaskStatusUpdate = z.looseObject({
  type: z.literal("task-status-update"),
  ...ofPartner,
  taskId: AipId,
  status: TaskStatus,
})

export const ProductChunk = z.looseObject({
  type: z.literal("product-chunk"),
  ...ofPartner,
  taskId: AipId,
  product: AipProduct,
  append: z.boolean(),
  lastChunk: z.boolean(),
})

/** Whatever a stream carries. */
export const EventData = z.discriminatedUnion("type", [
  TaskResult,
  TaskStatusUpdate,
  ProductChunk,
  TaskCommand,
])
export type EventData = z.infer<typeof EventData>
export const StreamResult = z.looseObject({ eventSeq: z.int().nonnegative(), eventData: EventData })
