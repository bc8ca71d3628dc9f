import { z } from "zod"
import { A2aMessage, A2aState } from "./a2a-content.ts"
import { Int32, protoMessage, Struct } from "./proto-json.ts"

/** What clients of A2A 1.0 ask for, in ProtoJSON. */
const tenant = z.string().max(256).optional()
const id = z
  .string()
  .max(256)
  .refine((value) => value.trim() !== "", "it is empty")
const historyLength = Int32.pipe(z.int().min(0)).optional()

export const PushConfig = protoMessage({
  tenant,
  id: z
    .string()
    .max(256)
    .transform((value) => (value === "" ? undefined : value))
    .optional(),
  taskId: z.string().max(256).optional(),
  url: z.string().min(1).max(4096),
  token: z.string().max(4096).optional(),
  authentication: protoMessage({
    scheme: z
      .string()
      .max(64)
      .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/),
    credentials: z
      .string()
      .max(4096)
      .regex(/^[\t -~]*$/)
      .optional(),
  }).optional(),
})
export type PushConfig = z.infer<typeof PushConfig>

export const SendMessage = protoMessage({
  tenant,
  message: A2aMessage,
  configuration: protoMessage({
    acceptedOutputModes: z.array(z.string().max(256)).max(256).optional(),
    taskPushNotificationConfig: PushConfig.optional(),
    historyLength,
    returnImmediately: z.boolean().optional(),
  }).optional(),
  metadata: Struct.optional(),
})
export type SendMessage = z.infer<typeof SendMessage>

export const GetTask = protoMessage({ tenant, id, historyLength })
export const CancelTask = protoMessage({ tenant, id, metadata: Struct.optional() })
export const SubscribeToTask = protoMessage({ tenant, id })

/** The most tasks on one page, as the protocol has it, and how many there are where nothing is said. */
export const taskPage = { most: 100, usual: 50 } as const

export const ListTasks = protoMessage({
  tenant,
  contextId: z.string().max(256).optional(),
  status: A2aState.optional(),
  pageSize: Int32.pipe(z.int().min(1).max(taskPage.most)).optional(),
  pageToken: z.string().max(256).optional(),
  historyLength,
  statusTimestampAfter: z
    .string()
    .max(64)
    .refine((value) => /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value)), "it is no time")
    .optional(),
  includeArtifacts: z.boolean().optional(),
})
export type ListTasks = z.infer<typeof ListTasks>

export const OnePushConfig = protoMessage({ tenant, taskId: id, id })
export const ListPushConfigs = protoMessage({
  tenant,
  taskId: id,
  pageSize: Int32.optional(),
  pageToken: z.string().max(256).optional(),
})
