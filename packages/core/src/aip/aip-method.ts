import { z } from "zod"
import { TaskCommand } from "./aip-message.ts"
import { NotificationConfig, NotificationIdRequest } from "./notification-config.ts"
import { GroupJoining } from "./group-message.ts"

const Started = z.union([z.looseObject({ message: TaskCommand }), z.looseObject({ command: TaskCommand })])

/**
 * The methods of direct mode, and the one by which a group is joined, each at the path of its name (ACPs 07 §6), with what its params are. One that is not here does not exist.
 * `notification/start` has its command in `command` in v02.01 and in `message` in v02.02; both are read.
 */
export const aipMethods = {
  rpc: z.looseObject({ command: TaskCommand }),
  stream: z.looseObject({ message: TaskCommand }),
  "notification/set": NotificationConfig,
  "notification/get": NotificationIdRequest,
  "notification/delete": NotificationIdRequest,
  "notification/start": Started,
  group: GroupJoining,
} as const satisfies Record<string, z.ZodType>

export type AipMethod = keyof typeof aipMethods

export function isAipMethod(name: string): name is AipMethod {
  return Object.hasOwn(aipMethods, name)
}

/** The command in the params of whatever carries one, under either of its names. */
export function commandIn(
  params: { command?: TaskCommand } | { message?: TaskCommand },
): TaskCommand | undefined {
  return (
    ("message" in params ? params.message : undefined) ?? ("command" in params ? params.command : undefined)
  )
}
