import { z } from "zod"
import { AnyJson, Base64, protoEnum, protoMessage, Struct } from "./proto-json.ts"

/**
 * What agents say to each other in A2A 1.0 (`lf.a2a.v1`), in ProtoJSON. UNTRUSTED: whoever reads it bounds the bytes that it came in.
 * An empty text where the protocol has a default is an absent one.
 */
export const a2aStates = [
  "TASK_STATE_UNSPECIFIED",
  "TASK_STATE_SUBMITTED",
  "TASK_STATE_WORKING",
  "TASK_STATE_COMPLETED",
  "TASK_STATE_FAILED",
  "TASK_STATE_CANCELED",
  "TASK_STATE_INPUT_REQUIRED",
  "TASK_STATE_REJECTED",
  "TASK_STATE_AUTH_REQUIRED",
] as const
export const A2aState = protoEnum(a2aStates)
export type A2aState = (typeof a2aStates)[number]

export const A2aRole = protoEnum(["ROLE_UNSPECIFIED", "ROLE_USER", "ROLE_AGENT"] as const)

/** The most parts that a message or an artifact may have. */
export const maxA2aParts = 1000
const maxNames = 256

/** A text whose default, the empty one, says the same as its absence. */
const text = (max: number) =>
  z
    .string()
    .max(max)
    .transform((value) => (value === "" ? undefined : value))
    .optional()
const id = z.string().min(1).max(256)
const names = z.array(z.string().max(2048)).max(maxNames).optional()

export const A2aPart = protoMessage(
  {
    text: z.string().optional(),
    raw: Base64.optional(),
    url: z.string().max(65_536).optional(),
    data: AnyJson.optional(),
    metadata: Struct.optional(),
    filename: text(1024),
    mediaType: text(256),
  },
  ["data"],
).refine(
  (part) => ["text", "raw", "url", "data"].filter((kind) => Object.hasOwn(part, kind)).length === 1,
  "a part is exactly one of `text`, `raw`, `url` and `data`",
)
export type A2aPart = z.infer<typeof A2aPart>

export const A2aMessage = protoMessage({
  messageId: id,
  contextId: text(256),
  taskId: text(256),
  role: A2aRole,
  parts: z.array(A2aPart).min(1).max(maxA2aParts),
  metadata: Struct.optional(),
  extensions: names,
  referenceTaskIds: names,
})
export type A2aMessage = z.infer<typeof A2aMessage>

export const A2aArtifact = protoMessage({
  artifactId: id,
  name: text(4096),
  description: text(65_536),
  parts: z.array(A2aPart).max(maxA2aParts).default([]),
  metadata: Struct.optional(),
  extensions: names,
})
export type A2aArtifact = z.infer<typeof A2aArtifact>

export const A2aStatus = protoMessage({
  state: A2aState,
  message: A2aMessage.optional(),
  timestamp: text(64),
})
export type A2aStatus = z.infer<typeof A2aStatus>

export const A2aTask = protoMessage({
  id,
  contextId: text(256),
  status: A2aStatus,
  artifacts: z.array(A2aArtifact).max(1000).optional(),
  history: z.array(A2aMessage).max(10_000).optional(),
  metadata: Struct.optional(),
})
export type A2aTask = z.infer<typeof A2aTask>

export const A2aStatusUpdate = protoMessage({
  taskId: id,
  contextId: text(256),
  status: A2aStatus,
  metadata: Struct.optional(),
})
export type A2aStatusUpdate = z.infer<typeof A2aStatusUpdate>

export const A2aArtifactUpdate = protoMessage({
  taskId: id,
  contextId: text(256),
  artifact: A2aArtifact,
  append: z.boolean().optional(),
  lastChunk: z.boolean().optional(),
  metadata: Struct.optional(),
})
export type A2aArtifactUpdate = z.infer<typeof A2aArtifactUpdate>

/** One event of a stream, the answer to a message, and what a webhook is told: exactly one of the four. */
export const A2aEvent = protoMessage({
  task: A2aTask.optional(),
  message: A2aMessage.optional(),
  statusUpdate: A2aStatusUpdate.optional(),
  artifactUpdate: A2aArtifactUpdate.optional(),
}).refine(
  (event) => Object.values(event).filter((each) => each !== undefined).length === 1,
  "an event is exactly one of `task`, `message`, `statusUpdate` and `artifactUpdate`",
)
export type A2aEvent = z.infer<typeof A2aEvent>
