import { a2aErrorDomain, a2aErrors, type A2aErrorName, errorInfoType } from "./a2a-errors.ts"
import { Failure, type FailureCode, isFailure } from "../failure.ts"
import type { JsonObject, JsonValue } from "../json/json-value.ts"

/** What a client of A2A is told in place of a result. */
export class A2aFailure extends Error {
  /** Of JSON-RPC. */
  readonly code: number
  readonly httpStatus: number
  /** The word of `google.rpc.Code`. */
  readonly status: string
  /** Messages of `google.rpc`, or what a partner gave in their place. */
  readonly details: JsonValue

  constructor(said: Pick<A2aFailure, "code" | "httpStatus" | "status" | "details" | "message">) {
    super(said.message)
    this.code = said.code
    this.httpStatus = said.httpStatus
    this.status = said.status
    this.details = said.details
  }
}

/** An error of the protocol, with Hufu's own code beside its reason. */
export function a2aFailure(
  name: A2aErrorName,
  message: string,
  { code, metadata }: { code?: FailureCode; metadata?: JsonObject } = {},
): A2aFailure {
  const { rpc, http, status, reason } = a2aErrors[name]
  return new A2aFailure({
    code: rpc,
    httpStatus: http,
    status,
    message,
    details: [info(reason, a2aErrorDomain, metadata), ...(code === undefined ? [] : [ownInfo(code)])],
  })
}

const rpcCode: Readonly<Partial<Record<FailureCode, number>>> = {
  invalid_json: -32700,
  invalid_input: -32602,
}
const words: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  405: "UNIMPLEMENTED",
  409: "FAILED_PRECONDITION",
  413: "INVALID_ARGUMENT",
  429: "RESOURCE_EXHAUSTED",
  502: "UNAVAILABLE",
  503: "UNAVAILABLE",
}

/** Any caught value as what a client is told. UNTRUSTED: what is not a Failure is said to nobody but the log. */
export function asA2aFailure(error: unknown): A2aFailure {
  if (error instanceof A2aFailure) return error
  const failure = isFailure(error)
    ? error
    : new Failure(
        "internal",
        "something went wrong inside Hufu: try again, and tell its operator if it stays",
      )
  if (failure.code === "unsupported_media_type")
    return a2aFailure("ContentTypeNotSupported", failure.message, { code: failure.code })
  const { refused, scope, hold } = failure.extra
  return new A2aFailure({
    code: rpcCode[failure.code] ?? -32603,
    httpStatus: failure.status,
    status: words[failure.status] ?? "INTERNAL",
    message: failure.message,
    details: [
      ownInfo(failure.code, {
        ...(typeof refused === "string" ? { refused } : {}),
        ...(typeof scope === "string" ? { scope } : {}),
        // What has to be approved before it is asked for again.
        ...(typeof hold === "string" ? { hold } : {}),
      }),
    ],
  })
}

/** An error that a partner answered with, as it came. */
export function partnerFailure({ code, message, data }: JsonObject): A2aFailure {
  const rpc = typeof code === "number" ? code : -32603
  const known = Object.values(a2aErrors).find((each) => each.rpc === rpc)
  const isClients = rpc === -32602 || rpc === -32600
  return new A2aFailure({
    code: rpc,
    httpStatus: known?.http ?? (isClients ? 400 : 500),
    status: known?.status ?? (isClients ? "INVALID_ARGUMENT" : "INTERNAL"),
    message: typeof message === "string" ? message : "",
    details: data ?? [],
  })
}

/** As JSON-RPC has it (A2A 1.0 §9.5). */
export function rpcErrorOf({ code, message, details }: A2aFailure): JsonObject {
  const isEmpty = Array.isArray(details) && details.length === 0
  return { code, message, ...(isEmpty ? {} : { data: details }) }
}

/** As the HTTP binding has it: `google.rpc.Status` in JSON (A2A 1.0 §11.6). */
export function restErrorOf({ httpStatus, status, message, details }: A2aFailure): JsonObject {
  return { error: { code: httpStatus, status, message, details: Array.isArray(details) ? details : [] } }
}

function info(reason: string, domain: string, metadata: JsonObject = {}): JsonObject {
  return {
    "@type": errorInfoType,
    reason,
    domain,
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
  }
}

function ownInfo(code: FailureCode, metadata?: JsonObject): JsonObject {
  return info(code.toUpperCase(), "hufu.dev", { code, ...metadata })
}
