import { z } from "zod"
import { AipId } from "./aip-message.ts"

/** Where a leader wants to be told of a task (ACPs 07 §6.3.1). UNTRUSTED: whoever tells it looks where the address leads. */
export const NotificationConfig = z.looseObject({
  /** Given by the partner; absent to make a new one. */
  id: AipId.nullish(),
  url: z.url({ protocol: /^https?$/ }).max(2048),
  /** It goes into a header: what would end the header is none. */
  token: z.string().regex(/^[\x21-\x7e]{1,2048}$/, "give a token of 1 to 2048 visible characters of ASCII"),
  taskId: AipId,
})
export type NotificationConfig = z.infer<typeof NotificationConfig>

export const NotificationIdRequest = z.looseObject({
  taskId: AipId,
  /** All of the task where it is absent. */
  notificationConfigId: AipId.nullish(),
})

/** Header names have no case: v02.01 writes `X-ACPS-…`, v02.02 `X-ACPs-…`. */
export const notificationTokenHeader = "x-acps-aip-notification-token"
