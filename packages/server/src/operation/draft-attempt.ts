import type { DelegationDraft } from "@hufu/core/contract/delegation"
import type { ServerRecord } from "@hufu/core/contract/records"
import type { Said } from "@hufu/core/delegation/happening"
import { Failure } from "@hufu/core/failure"
import type { Attempt, Caller } from "../gateway/governor.ts"
import type { Ask } from "../gateway/delegation/delegations.ts"
import { attemptOf, toolCallIn } from "../gateway/delegation/order-attempt.ts"
import { isPartner } from "../gateway/server-directory.ts"

/** The order that a draft is. All of it follows from the draft, so that what is tried is what is sent. */
export function askOf(server: ServerRecord, { name, text, tool, arguments: given }: DelegationDraft): Ask {
  if ((text === undefined) === (tool === undefined) || (tool === undefined && given !== undefined))
    throw new Failure("invalid_input", "say either a `text`, or a `tool` with its `arguments`")
  if (tool === undefined && !isPartner(server))
    throw new Failure(
      "invalid_input",
      `\`${server.name}\` is a tool server: say which \`tool\` to call, and with which \`arguments\``,
    )
  const said: Said = {
    id: `${name}-1`,
    parts: [
      tool === undefined
        ? { kind: "text", text: text ?? "" }
        : { kind: "data", data: { tool, arguments: given ?? {} } },
    ],
  }
  return { order: "start", said, context: name, task: name, confirms: false, anyTime: true }
}

/** What that order attempts, as the pipeline will see it. */
export function draftAttempt(caller: Caller, { name, transport }: ServerRecord, ask: Ask): Attempt {
  if (transport === "a2a" || transport === "aip")
    return attemptOf(caller, { server: name, protocol: transport }, ask, ask.task ?? "")
  const call = toolCallIn(ask.said)
  if (call === undefined) throw new Failure("invalid_input", "a tool has a name of 1 to 256 characters")
  return { caller, server: name, ...call }
}
