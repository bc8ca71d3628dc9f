import { fromLegacy, legacyMethods, toLegacy } from "@hufu/core/a2a/legacy"
import type { A2aEvent } from "@hufu/core/a2a/a2a-content"
import { Failure } from "@hufu/core/failure"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { A2aFailure, asA2aFailure, rpcErrorOf } from "@hufu/core/a2a/a2a-failure"
import { type A2aMethod, a2aMethods, isA2aMethod } from "./a2a-methods.ts"
import { answerJson, answerStream } from "./a2a-reply.ts"
import type { A2aAnswers, A2aAsking } from "./a2a-serve.ts"
import type { A2aVisit } from "./a2a-visit.ts"

/** What a request of JSON-RPC asks for, once it is known that it is one. */
export interface A2aCall {
  readonly id: string | number | null
  readonly method: A2aMethod
  /** In the JSON of A2A 1.0. */
  readonly params: JsonObject
}

const maxIdLength = 256

/** Reads a request of JSON-RPC in the version that the client speaks. Throws A2aFailure and Failure. */
export function readCall(value: JsonValue, version: A2aVisit["version"]): A2aCall {
  if (!isJsonObject(value) || value["jsonrpc"] !== "2.0") throw notRpc()
  const { id = null, method, params } = value
  if (!isId(id) || typeof method !== "string" || method === "") throw notRpc()
  const name = version === "0.3" ? legacyMethods[method] : method
  if (name === undefined || !isA2aMethod(name)) throw unknownMethod(method)
  if (params !== undefined && !isJsonObject(params))
    throw new Failure("invalid_input", "`params` is not acceptable: give an object")
  if (params === undefined && name !== "GetExtendedAgentCard")
    throw new Failure("invalid_input", "`params` is not acceptable: this method needs some")
  return { id, method: name, params: version === "0.3" ? nowadays(name, params ?? {}) : (params ?? {}) }
}

/** The id to answer to, as far as there is one. */
export function idOf(value: JsonValue | undefined): string | number | null {
  const id = isJsonObject(value) ? value["id"] : null
  return isId(id) ? id : null
}

/** Serves one request of JSON-RPC. */
export async function serveRpc(
  { res, version }: A2aVisit,
  { id, method, params }: A2aCall,
  answers: A2aAnswers,
  asking: A2aAsking,
): Promise<void> {
  const result = (value: JsonValue): JsonObject => ({ jsonrpc: "2.0", id, result: value })
  if (method === "SendStreamingMessage" || method === "SubscribeToTask") {
    const events = answers.streams[method]({ ...asking, params })
    const failed = (error: unknown): JsonObject => rpcFailure(id, asA2aFailure(error))
    return answerStream(
      res,
      mapped(events, (event) => result(inVersion(version, event))),
      failed,
      asking.signal,
    )
  }
  const answer = await answers.answers[method]({ ...asking, params })
  answerJson(res, 200, result(version === "0.3" ? legacyAnswer(method, answer) : answer))
}

export function rpcFailure(id: string | number | null, failure: A2aFailure): JsonObject {
  return { jsonrpc: "2.0", id, error: rpcErrorOf(failure) }
}

export async function* mapped<T, U>(items: AsyncIterable<T>, each: (item: T) => U): AsyncIterable<U> {
  for await (const item of items) yield each(item)
}

function inVersion(version: A2aVisit["version"], event: A2aEvent): JsonObject {
  // An event of the schema is JSON; its optional members are absent, not undefined.
  const value = event as unknown as JsonObject
  return version === "0.3" ? toLegacy.event(value) : value
}

function nowadays(method: A2aMethod, params: JsonObject): JsonObject {
  if (method === "SendMessage" || method === "SendStreamingMessage") return fromLegacy.sendMessage(params)
  if (method === "CreateTaskPushNotificationConfig") return fromLegacy.pushConfig(params)
  if (/^(?:Get|List|Delete)TaskPush/.test(method)) return fromLegacy.pushRef(params)
  return params
}

function legacyAnswer(method: A2aMethod, answer: JsonObject | null): JsonValue {
  if (answer === null) return null
  if (method === "SendMessage") return toLegacy.event(answer)
  if (method === "GetTask" || method === "CancelTask") return toLegacy.task(answer)
  if (method === "CreateTaskPushNotificationConfig" || method === "GetTaskPushNotificationConfig")
    return toLegacy.pushConfig(answer)
  if (method !== "ListTaskPushNotificationConfigs") return answer
  const { configs } = answer
  return Array.isArray(configs) ? configs.filter(isJsonObject).map((each) => toLegacy.pushConfig(each)) : []
}

function isId(id: JsonValue | undefined): id is string | number | null {
  if (id === null) return true
  return typeof id === "string" ? id.length <= maxIdLength : Number.isSafeInteger(id)
}

function notRpc(): A2aFailure {
  return new A2aFailure({
    code: -32600,
    httpStatus: 400,
    status: "INVALID_ARGUMENT",
    message: "this is not a request of JSON-RPC 2.0",
    details: [],
  })
}

function unknownMethod(method: string): A2aFailure {
  const known = Object.keys(a2aMethods).find((each) => each === method) ?? legacyMethods[method]
  const hint = known === undefined ? "" : ": say in the header `A2A-Version` which version of A2A you speak"
  return new A2aFailure({
    code: -32601,
    httpStatus: 404,
    status: "UNIMPLEMENTED",
    message: `the method \`${method.slice(0, 100)}\` is not served${hint}`,
    details: [],
  })
}
