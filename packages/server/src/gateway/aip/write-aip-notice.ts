import { notificationTokenHeader } from "@hufu/core/aip/notification-config"
import type { WriteNotice } from "../delegation/delegations.ts"
import { taskResult } from "./task-view.ts"

/**
 * A notice as AIP has it: the task as it stands, with the token of whoever wants to be told (ACPs 07 §6.3.5). Of products nobody is told by
 * themselves: they come with the next state.
 */
export const writeAipNotice: WriteNotice = ({ token, about }, delegation, { at, happening }) => {
  if (happening.kind === "product") return undefined
  const { senderId, sessionId } = about
  const shown =
    happening.kind === "state"
      ? { ...delegation, state: happening.state, stateAt: at, said: happening.said }
      : delegation
  const body = taskResult(
    shown,
    {
      senderId: typeof senderId === "string" ? senderId : delegation.server,
      taskId: delegation.task,
      sessionId: typeof sessionId === "string" ? sessionId : undefined,
    },
    at,
  )
  return {
    headers: {
      "content-type": "application/json",
      ...(token === undefined ? {} : { [notificationTokenHeader]: token }),
    },
    body: JSON.stringify(body),
  }
}
