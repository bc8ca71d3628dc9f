import { aipStateOf, type AipState } from "@hufu/core/aip/aip-state"
import type { TaskCommand } from "@hufu/core/aip/aip-message"
import type { NotificationConfig, NotificationIdRequest } from "@hufu/core/aip/notification-config"
import { type DelegationState, delegationStates } from "@hufu/core/delegation/delegation-state"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { z } from "zod"
import type { Notice } from "../delegation/delegations.ts"
import { AipFault } from "./aip-fault.ts"
import { type AipDesk, type AipVisit, envelopeOf } from "./aip-visit.ts"
import { type Given, giveCommand, notificationStart } from "./give-command.ts"
import { taskResult } from "./task-view.ts"

type IdRequest = z.infer<typeof NotificationIdRequest>

/** Makes or changes where a leader is told of a task (ACPs 07 §6.3.1); also before there is the task. */
export async function setNotification(
  { delegations }: AipDesk,
  { caller, server, partnerAic }: AipVisit,
  { id, url, token, taskId }: NotificationConfig,
): Promise<JsonObject> {
  const ref = { server, task: taskId }
  const known = id == null ? undefined : needNotice(delegations.notices.list(caller, ref), id)
  const states = known?.states ?? []
  const notice = { url, token, states, protocol: "aip" as const, about: { senderId: partnerAic } }
  return configOf(await delegations.notices.set(caller, ref, id == null ? notice : { ...notice, id }), taskId)
}

export function getNotifications(
  { delegations }: AipDesk,
  { caller, server }: AipVisit,
  { taskId, notificationConfigId: id }: IdRequest,
): JsonObject[] {
  const all = delegations.notices
    .list(caller, { server, task: taskId })
    .filter(({ protocol }) => protocol === "aip")
  return (id == null ? all : [needNotice(all, id)]).map((each) => configOf(each, taskId))
}

export async function deleteNotification(
  { delegations }: AipDesk,
  { caller, server }: AipVisit,
  { taskId, notificationConfigId: id }: IdRequest,
): Promise<JsonObject> {
  const ref = { server, task: taskId }
  if (id != null) needNotice(delegations.notices.list(caller, ref), id)
  await delegations.notices.remove(caller, ref, id ?? undefined)
  return { success: true }
}

/** Starts a task of which one address is told, from its first state on (ACPs 07 §6.3.4). */
export async function startNotified(
  desk: AipDesk,
  visit: AipVisit,
  given: Given & { command: TaskCommand },
): Promise<JsonObject> {
  const { command, task } = given
  const { notificationConfigId, notifyOnStates } = notificationStart(command)
  const known = needNotice(
    desk.delegations.notices.list(visit.caller, { server: visit.server, task }),
    notificationConfigId,
  )
  const { sessionId } = command
  const notice: Notice = {
    ...known,
    states: (notifyOnStates ?? []).flatMap(statesOf),
    about: { ...known.about, ...(sessionId == null ? {} : { sessionId }) },
  }
  // Before the start, so that nothing of it is missed; under its id it takes the place of what it was.
  await desk.delegations.notices.set(visit.caller, { server: visit.server, task }, notice)
  const now = await giveCommand(desk, visit, given)
  return taskResult(now, envelopeOf(visit, task, sessionId), desk.clock.now())
}

function statesOf(state: AipState): DelegationState[] {
  return delegationStates.filter((each) => aipStateOf(each) === state)
}

function needNotice(notices: readonly Notice[], id: string): Notice {
  const found = notices.find((each) => each.id === id)
  if (found !== undefined) return found
  throw new AipFault("invalidParams", "there is no such notification of this task: set it first", {
    code: "not_found",
    field: "notificationConfigId",
  })
}

function configOf({ id, url, token }: Notice, taskId: string): JsonObject {
  return { id, url, token: token ?? "", taskId }
}
