import { type AipErrorKey, aipErrors } from "@hufu/core/aip/aip-error"
import { type Failure, type FailureCode, asFailure } from "@hufu/core/failure"
import type { JsonObject } from "@hufu/core/json/json-value"
import { failureWords } from "../mcp/failure-words.ts"

/** What a request is answered with that cannot be served, in AIP's own words. */
export class AipFault extends Error {
  readonly key: AipErrorKey
  readonly data: JsonObject

  constructor(key: AipErrorKey, details: string, more: JsonObject = {}) {
    super(details)
    this.name = "AipFault"
    this.key = key
    this.data = more
  }
}

/** Which error a failure is. What is not here is an internal one: it says nothing about the request. */
const keys: Partial<Record<FailureCode, AipErrorKey>> = {
  invalid_json: "parse",
  invalid_input: "invalidParams",
  too_large: "invalidRequest",
  unsupported_media_type: "contentTypeNotSupported",
  method_not_allowed: "methodNotFound",
  not_found: "taskNotFound",
  stale: "taskNotFound",
  unauthenticated: "authenticationRequired",
  signature_refused: "authenticationRequired",
  access_token_refused: "accessTokenInvalid",
  agent_suspended: "authorizationFailed",
  agent_revoked: "authorizationFailed",
  agent_unknown: "authorizationFailed",
  credential_revoked: "authorizationFailed",
  version_changed: "authorizationFailed",
  insufficient_scope: "authorizationFailed",
  token_refused: "authorizationFailed",
  forbidden: "authorizationFailed",
  foreign_origin: "authorizationFailed",
}

/** How an error of JSON-RPC says it: the protocol's code and message, and in `data` what to do next. */
export function aipErrorOf(error: unknown): { code: number; message: string; data: JsonObject } {
  if (error instanceof AipFault) {
    const { code, en } = aipErrors[error.key]
    return { code, message: en, data: { details: error.message, ...error.data } }
  }
  const failure = asFailure(error)
  const { code, en } = aipErrors[keys[failure.code] ?? "internal"]
  const message = failure.code === "stale" ? "Stream events expired" : en
  return { code, message, data: dataOf(failure) }
}

function dataOf(failure: Failure): JsonObject {
  const { lastAvailableSeq, retryAfterSeconds, scope } = failure.extra
  return {
    code: failure.code,
    details: failureWords(failure),
    ...(typeof lastAvailableSeq === "number" ? { lastAvailableSeq } : {}),
    ...(typeof retryAfterSeconds === "number" ? { retryAfterSeconds } : {}),
    ...(typeof scope === "string" ? { scope } : {}),
  }
}
