import { aipErrorOfCode, aipErrors } from "@hufu/core/aip/aip-error"
import { EventData, StreamResult, TaskResult } from "@hufu/core/aip/aip-message"
import { Failure } from "@hufu/core/failure"
import { isSameAic } from "@hufu/core/identity/aic"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import type { z } from "zod"

/** What an answer of a partner has to be of to be believed. */
export interface Expected {
  readonly taskId: string
  /** Whoever answers; undefined where nothing tells it. */
  readonly aic: () => string | undefined
}

/** One thing that a partner said, and the very object. */
export interface Answer {
  readonly event: EventData
  readonly raw: JsonObject
  readonly seq: number | undefined
}

const longestWords = 500

/** The result of a call. UNTRUSTED: throws Failure for whatever is not AIP, not of this task or not by this partner. */
export function readResult(message: JsonValue, expected: Expected): Answer {
  const raw = resultIn(message)
  const event = fitting(TaskResult, raw, "result")
  return believed({ event, raw, seq: undefined }, expected)
}

/** One event of a stream. */
export function readEvent(message: JsonValue, expected: Expected): Answer {
  const result = resultIn(message)
  const { eventSeq, eventData } = fitting(StreamResult, result, "event")
  const raw = result["eventData"]
  if (!isJsonObject(raw)) throw misfit("event", "eventData")
  return believed({ event: eventData, raw, seq: eventSeq }, expected)
}

/** What a member of a group says of a task. */
export function readGroupMessage(raw: JsonObject, expected: Expected): Answer {
  return believed({ event: fitting(EventData, raw, "message"), raw, seq: undefined }, expected)
}

/** The answer to an invitation into a group. */
export function readJoining(message: JsonValue): void {
  if (resultIn(message)["status"] !== "joining") throw misfit("answer", "result.status")
}

function resultIn(message: JsonValue): JsonObject {
  if (!isJsonObject(message) || message["jsonrpc"] !== "2.0") throw misfit("answer", "jsonrpc")
  const { error, result } = message
  if (isJsonObject(error)) throw refusal(error)
  if (!isJsonObject(result)) throw misfit("answer", "result")
  return result
}

function fitting<T extends z.ZodType>(schema: T, value: JsonValue, what: string): z.infer<T> {
  const read = schema.safeParse(value)
  if (read.success) return read.data
  throw misfit(what, read.error.issues[0]?.path.join(".") ?? "")
}

function believed(answer: Answer, { taskId, aic }: Expected): Answer {
  const { event } = answer
  if (event.taskId !== taskId)
    throw new Failure("invalid_input", "the partner answered about another task than it was asked about")
  const known = aic()
  if (event.type !== "task-command" && known !== undefined && !isSameAic(event.senderId, known))
    throw lied(event.senderId, known)
  return answer
}

/** UNTRUSTED: what claims to be somebody else is said plainly, in AIP's own words. */
export function lied(claimed: string, known: string): Failure {
  const { code, name } = aipErrors.authorizationFailed
  return new Failure(
    "forbidden",
    `the partner is \`${known}\` and says that it is \`${claimed.slice(0, 64)}\` (${code} ${name}): check its registration`,
    { extra: { refused: "identity", aip: code } },
  )
}

function misfit(what: string, place: string): Failure {
  return new Failure(
    "invalid_input",
    `the partner's ${what} is not AIP: \`${place.slice(0, 80)}\` does not fit (ACPs 07)`,
    { extra: { aip: aipErrors.invalidAgentResponse.code } },
  )
}

/** An error that the partner answered with. Its words are bounded and shown as text. */
function refusal({ code, message, data }: JsonObject): Failure {
  const number = typeof code === "number" ? code : 0
  const key = aipErrorOfCode(number)
  const words = typeof message === "string" ? message.slice(0, longestWords) : ""
  const last = isJsonObject(data) ? data["lastAvailableSeq"] : undefined
  const said = `${number}${key === undefined ? "" : ` ${aipErrors[key].name}`}: \`${words}\``
  const extra = { aip: number, said, ...(typeof last === "number" ? { lastAvailableSeq: last } : {}) }
  if (key === "authenticationRequired" || key === "authorizationFailed" || key === "accessTokenInvalid")
    return new Failure("forbidden", `the partner does not accept who asks: it answered ${said}`, { extra })
  if (key === "taskNotFound" && typeof last === "number")
    return new Failure("stale", `the partner does not keep these events any more: it answered ${said}`, {
      extra,
    })
  if (key === "taskNotFound")
    return new Failure("not_found", `the partner does not know this task: it answered ${said}`, { extra })
  return new Failure("invalid_input", `the partner refused it: it answered ${said}`, { extra })
}

/** Which error of AIP a partner answered with; undefined for every other failure. */
export function refusedWith(error: unknown): { code: number; said: string } | undefined {
  if (!(error instanceof Failure)) return undefined
  const { aip, said } = error.extra
  return typeof aip === "number" && typeof said === "string" ? { code: aip, said } : undefined
}
