import type { TaskCommand } from "@hufu/core/aip/aip-message"
import { NotificationStartParameters, StartParameters } from "@hufu/core/aip/aip-parameters"
import { saidOf } from "@hufu/core/aip/from-aip"
import { withoutUnder } from "@hufu/core/aip/authority-member"
import { isEnd, type DelegationOrder } from "@hufu/core/delegation/delegation-state"
import { isFailure } from "@hufu/core/failure"
import { isSameAic } from "@hufu/core/identity/aic"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { z } from "zod"
import type { Delegation } from "../delegation/delegations.ts"
import { AipFault } from "./aip-fault.ts"
import type { AipArrival, AipDesk } from "./aip-visit.ts"

/** What a command needs beside what its schema says. */
export interface Given {
  readonly command: TaskCommand
  readonly raw: JsonObject
  readonly task: string
}

/** UNTRUSTED: who says that they send it has to be who does (ACPs 07 §6.0), and every command is about a task. */
export function checkCommand({ aic }: AipArrival, command: TaskCommand, raw: JsonObject): Given {
  if (aic !== undefined && !isSameAic(command.senderId, aic))
    throw new AipFault(
      "authorizationFailed",
      `\`senderId\` has to be the code of the agent that sends it, \`${aic}\``,
      { code: "forbidden", field: "senderId" },
    )
  if (command.taskId == null)
    throw new AipFault("invalidParams", "`taskId` is missing: a leader names its tasks", {
      code: "invalid_input",
    })
  return { command, raw, task: command.taskId }
}

/**
 * Gives an order, and waits for what the partner makes of it, as far as that comes soon: a task that is rejected was never accepted, and
 * whoever cancels one is told that it is canceled (ACPs 07 §4.5, §6.1.3). What does not fit the task's state changes nothing, and is answered
 * with the task as it stands.
 */
export async function giveCommand(desk: AipDesk, visit: AipArrival, given: Given): Promise<Delegation> {
  const { delegations, answerMs } = desk
  const { caller, server, signal } = visit
  const order = orderOf(given.command)
  const ref = { server, task: given.task }
  const before = await known(desk, visit, given.task)
  const now = await give(desk, visit, given)
  if (before?.lastSeq === now.lastSeq || isAnswered(order, before, now)) return now
  const soon = AbortSignal.any([signal, AbortSignal.timeout(answerMs)])
  for await (const { happening } of delegations.follow(caller, ref, now.lastSeq, "end", soon))
    if (happening.kind === "state" && (goesOn(order) || isEnd(happening.state))) break
  return delegations.look(caller, ref)
}

async function known(
  { delegations }: AipDesk,
  { caller, server }: AipArrival,
  task: string,
): Promise<Delegation | undefined> {
  try {
    return await delegations.look(caller, { server, task })
  } catch (error) {
    if (isFailure(error, "not_found")) return undefined
    throw error
  }
}

const goesOn = (order: DelegationOrder) => order === "start" || order === "continue"

/** Whether the task as it stands tells what became of an order. */
function isAnswered(order: DelegationOrder, before: Delegation | undefined, now: Delegation): boolean {
  if (isEnd(now.state) || now.ruled !== undefined) return true
  if (order === "start") return now.state !== "submitted" || now.original !== undefined
  return order === "continue" && before?.stateAt !== now.stateAt
}

/** Gives an order, and waits for its verdict alone. */
export function give(
  { delegations }: Pick<AipDesk, "delegations">,
  { caller, server }: Pick<AipArrival, "caller" | "server">,
  { command, raw: came, task }: Given,
): Promise<Delegation> {
  const order = orderOf(command)
  const { raw, under } = withoutUnder(came)
  const parameters = parametersOf(command)
  const { timeout, maxProductsBytes } =
    order === "start" ? readParameters(StartParameters, command.commandParams) : {}
  return delegations.ask(caller, server, {
    order,
    said: saidOf(command, raw),
    ...(under === undefined ? {} : { under }),
    // A task that belongs to no session is a conversation of its own.
    context: command.sessionId ?? task,
    task,
    confirms: true,
    // Kept by Hufu, too: not every partner can be told of them.
    limits: { timeoutMs: timeout ?? undefined, productBytes: maxProductsBytes ?? undefined },
    ...(parameters === undefined ? {} : { parameters: { commandParams: parameters } }),
  })
}

function orderOf({ command }: TaskCommand): DelegationOrder {
  if (command !== "get" && command !== "re-stream") return command
  throw new AipFault("unsupportedOperation", `\`${command}\` is not given in this way`, {
    code: "method_not_allowed",
  })
}

/** What a partner is told; what Hufu itself keeps to stays here. */
function parametersOf({ commandParams }: TaskCommand): JsonObject | undefined {
  if (commandParams == null) return undefined
  const { notificationConfigId: _id, notifyOnStates: _states, ...rest } = commandParams
  return Object.keys(rest).length === 0 ? undefined : rest
}

export function readParameters<T extends z.ZodType>(
  schema: T,
  params: JsonObject | null | undefined,
): z.infer<T> {
  const read = schema.safeParse(params ?? {})
  if (read.success) return read.data
  const place = ["commandParams", ...(read.error.issues[0]?.path ?? [])].join(".")
  throw new AipFault(
    "invalidParams",
    `\`${place.slice(0, 80)}\` does not fit: ${read.error.issues[0]?.message}`,
    {
      code: "invalid_input",
    },
  )
}

export function notificationStart(command: TaskCommand): z.infer<typeof NotificationStartParameters> {
  if (command.command !== "start")
    throw new AipFault("invalidParams", "`notification/start` takes the command `start`", {
      code: "invalid_input",
    })
  return readParameters(NotificationStartParameters, command.commandParams)
}
