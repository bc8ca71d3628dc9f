import { asFailure } from "@hufu/core/failure"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { readBody } from "../read-request.ts"
import { AdpError, adpErrorBody } from "../../registry/discovery/adp/adp-error.ts"
import type { CallLimit } from "../../registry/discovery/adp/call-limit.ts"
import { discover, type DiscoverParts } from "../../registry/discovery/adp/discover.ts"

/** Where ADP is spoken, as the reference server has it. */
export const adpBase = "/acps-adp-v2"

export interface AdpParts extends DiscoverParts {
  readonly limit: CallLimit
  readonly onError: (error: unknown) => void
}

export interface AdpCaller {
  /** The code of the certificate that the connection was opened with, where it was. */
  readonly aic: string | undefined
  /** Who counts as one caller: the code, or the address that the request came from. */
  readonly name: string
}

/** What a request is followed by through several servers. */
const traced = ["x-trace-id", "x-parent-span-id", "traceparent"]
const maxFilterDepth = 32

/** Answers a request under `/acps-adp-v2/`; undefined where there is nothing. UNTRUSTED: the request. */
export async function serveAdp(
  request: Request,
  path: string,
  caller: AdpCaller,
  parts: AdpParts,
): Promise<Response | undefined> {
  const { index, own, peers, key } = parts
  if (request.method === "GET") {
    if (path === `${adpBase}/health`) return answer(200, { status: "ok" })
    if (path === `${adpBase}/available-agents-count`) return answer(200, { count: index.size })
    if (path === `${adpBase}/forwarder-status`)
      return answer(200, { aic: own ?? null, key: key.jwk.x, peers: peers.map(({ aic }) => aic) })
  }
  if (path !== `${adpBase}/discover`) return undefined
  if (request.method !== "POST")
    return answer(405, adpErrorBody(new AdpError("InvalidRequest", "use POST here")), { allow: "POST" })
  try {
    parts.limit.admit(caller.name)
    const body = parseStrict(await readBody(request), { maxDepth: maxFilterDepth })
    const trace = traceOf(request)
    const { requestId, result } = await discover(parts, body, { aic: caller.aic, trace })
    return answer(200, { result }, { ...trace, "x-request-id": requestId })
  } catch (error) {
    const known = asAdpError(error)
    if (known.kind === "InternalError") parts.onError(error)
    const { retryAfterSeconds } = known.data ?? {}
    return answer(
      known.status,
      adpErrorBody(known),
      retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) },
    )
  }
}

function asAdpError(error: unknown): AdpError {
  if (error instanceof AdpError) return error
  const failure = asFailure(error)
  if (failure.code === "too_large") return new AdpError("RequestTooLarge", failure.message)
  if (failure.status < 500) return new AdpError("InvalidRequest", failure.message)
  return new AdpError("InternalError", "something went wrong here: ask again later")
}

function traceOf(request: Request): Record<string, string> {
  return Object.fromEntries(
    traced.flatMap((name) => {
      const value = request.headers.get(name) ?? ""
      return /^[!-~]{1,200}$/.test(value) ? [[name, value]] : []
    }),
  )
}

function answer(status: number, body: object, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(body, { status, headers: { ...headers, "cache-control": "no-store" } })
}
