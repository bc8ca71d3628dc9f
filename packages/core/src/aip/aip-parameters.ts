import { z } from "zod"
import { AipId } from "./aip-message.ts"
import { AipState } from "./aip-state.ts"
import { AipTime } from "./aip-time.ts"

/** What stands in `commandParams` of the commands that have some (ACPs 07 §4.4, §6.2.5, §6.3.4). */
export const StartParameters = z.looseObject({
  /** Milliseconds. */
  timeout: z.int().positive().nullish(),
  maxProductsBytes: z.int().nonnegative().nullish(),
})

export const GetParameters = z.looseObject({
  /** Of the commands, only those that were sent after it. */
  lastCommandSentAt: AipTime.nullish(),
  /** Of the states, only those that changed after it. */
  lastStateChangedAt: AipTime.nullish(),
})

export const RestreamParameters = z.looseObject({ lastEventSeq: z.int().nonnegative().nullish() })

export const NotificationStartParameters = z.looseObject({
  notificationConfigId: AipId,
  /** All states where it is absent or empty. */
  notifyOnStates: z.array(AipState).max(64).nullish(),
})
