import { Failure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { A2aMethod } from "./a2a-methods.ts"
import { asA2aFailure, restErrorOf } from "@hufu/core/a2a/a2a-failure"
import { answerJson, answerStream } from "./a2a-reply.ts"
import { mapped } from "./a2a-rpc.ts"
import type { A2aAnswers, A2aAsking } from "./a2a-serve.ts"
import type { A2aVisit } from "./a2a-visit.ts"

/** What an address below a name asks for (A2A 1.0 §11.3). */
export interface A2aRoute {
  readonly method: A2aMethod
  /** What the address itself says; it wins over the body. */
  readonly params: JsonObject
  readonly hasBody: boolean
  readonly status: number
}

const mediaType = { "content-type": "application/a2a+json" }
/** In queries everything is text; these are not. */
const numbers = new Set(["historyLength", "pageSize"])

/** Reads the address below a name; undefined where nothing is. A tenant may stand before it; there is one here, and it is ignored. */
export function routeOf(verb: string, below: string, query: URLSearchParams): A2aRoute | undefined {
  const segments = below.split("/").slice(1).map(decoded)
  const found = find(verb, segments) ?? (segments.length > 1 ? find(verb, segments.slice(1)) : undefined)
  if (found === undefined || found.hasBody) return found
  return { ...found, params: { ...readQuery(query), ...found.params } }
}

function find(verb: string, segments: readonly string[]): A2aRoute | undefined {
  const [first = "", second, third, fourth] = segments
  if (segments.length === 1) {
    if (verb === "POST" && first === "message:send") return route("SendMessage", {}, true)
    if (verb === "POST" && first === "message:stream") return route("SendStreamingMessage", {}, true)
    if (verb === "GET" && first === "tasks") return route("ListTasks", {})
    if (verb === "GET" && first === "extendedAgentCard") return route("GetExtendedAgentCard", {})
    return undefined
  }
  if (first !== "tasks" || second === undefined || second === "") return undefined
  if (segments.length === 2) {
    const [, id, deed] = /^(.+):(cancel|subscribe)$/.exec(second) ?? []
    if (verb === "POST" && deed === "cancel" && id !== undefined) return route("CancelTask", { id }, true)
    // The table of the specification says POST where its interface definition says GET.
    if (deed === "subscribe" && id !== undefined && (verb === "GET" || verb === "POST"))
      return route("SubscribeToTask", { id })
    return verb === "GET" && deed === undefined ? route("GetTask", { id: second }) : undefined
  }
  if (third !== "pushNotificationConfigs") return undefined
  const taskId = second
  if (segments.length === 3) {
    if (verb === "POST")
      return { ...route("CreateTaskPushNotificationConfig", { taskId }, true), status: 201 }
    return verb === "GET" ? route("ListTaskPushNotificationConfigs", { taskId }) : undefined
  }
  if (segments.length !== 4 || fourth === undefined || fourth === "") return undefined
  if (verb === "GET") return route("GetTaskPushNotificationConfig", { taskId, id: fourth })
  return verb === "DELETE"
    ? { ...route("DeleteTaskPushNotificationConfig", { taskId, id: fourth }), status: 204 }
    : undefined
}

function route(method: A2aMethod, params: JsonObject, hasBody = false): A2aRoute {
  return { method, params, hasBody, status: 200 }
}

/** Serves one request of the HTTP binding. */
export async function serveRest(
  { res }: A2aVisit,
  { method, params, status }: A2aRoute,
  answers: A2aAnswers,
  asking: A2aAsking,
): Promise<void> {
  if (method === "SendStreamingMessage" || method === "SubscribeToTask") {
    const events = answers.streams[method]({ ...asking, params })
    const failed = (error: unknown): JsonObject => restErrorOf(asA2aFailure(error))
    // An event of the schema is JSON; its optional members are absent, not undefined.
    return answerStream(
      res,
      mapped(events, (event) => event as unknown as JsonObject),
      failed,
      asking.signal,
    )
  }
  const answer = await answers.answers[method]({ ...asking, params })
  if (answer === null) return void res.writeHead(status).end()
  answerJson(res, status, answer, mediaType)
}

export function restFailure(
  res: A2aVisit["res"],
  error: unknown,
  headers: Readonly<Record<string, string>>,
): void {
  const failure = asA2aFailure(error)
  answerJson(res, failure.httpStatus, restErrorOf(failure), { ...mediaType, ...headers })
}

function readQuery(query: URLSearchParams): JsonObject {
  const params: JsonObject = {}
  for (const [name, value] of query) {
    if (value === "" || Object.hasOwn(params, name)) continue
    if (numbers.has(name)) params[name] = readNumber(name, value)
    else if (name === "includeArtifacts") params[name] = readBoolean(value)
    else params[name] = value
  }
  return params
}

function readNumber(name: string, value: string): number {
  if (!/^-?\d{1,9}$/.test(value))
    throw new Failure("invalid_input", `\`${name}\` is not acceptable: give a whole number`)
  return Number(value)
}

function readBoolean(value: string): boolean {
  if (value !== "true" && value !== "false")
    throw new Failure("invalid_input", "`includeArtifacts` is not acceptable: say `true` or `false`")
  return value === "true"
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return ""
  }
}
