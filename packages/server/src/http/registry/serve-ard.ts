import { createHash } from "node:crypto"
import { asFailure, Failure } from "@hufu/core/failure"
import { parseStrict } from "@hufu/core/json/strict-parse"
import type { Ard } from "../../registry/discovery/ard.ts"
import { readBody } from "../read-request.ts"

/** The base of the registry interface of ARD 0.91 here. */
export const ardBase = "/ard"

export interface ArdParts {
  readonly ard: Ard
  /** Who counts as one who asks. */
  readonly by: string
  readonly onError: (error: unknown) => void
}

/** Answers a request under `/ard/`; undefined where there is nothing. UNTRUSTED: the request. */
export async function serveArd(
  request: Request,
  path: string,
  { ard, by, onError }: ArdParts,
): Promise<Response | undefined> {
  try {
    if (path === `${ardBase}/search`) {
      refuseOther(request, "POST")
      return Response.json(ard.search(parseStrict(await readBody(request), { maxDepth: 16 })), uncached)
    }
    // Both are optional, and answered so by whoever does not have them.
    if (path === `${ardBase}/explore` || path === `${ardBase}/agents`)
      return refusal(501, "UNIMPLEMENTED", "this registry answers POST /search and GET /agents/{identifier}")
    const named = path.startsWith(`${ardBase}/agents/`) ? path.slice(`${ardBase}/agents/`.length) : undefined
    if (named === undefined || named.includes("/")) return undefined
    refuseOther(request, "GET")
    return entryAnswer(request, ard.entry(decoded(named), by))
  } catch (error) {
    const failure = asFailure(error)
    if (failure.status >= 500) onError(error)
    const code =
      { 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 500: "INTERNAL" }[failure.status] ?? "INVALID_ARGUMENT"
    return refusal(
      failure.status,
      code,
      failure.status >= 500 ? "something went wrong here" : failure.message,
    )
  }
}

/** What was stopped is not shown out of a cache: every use of an entry asks again, which costs little while it is the same. */
function entryAnswer(request: Request, entry: object): Response {
  const body = JSON.stringify(entry)
  const etag = `"${createHash("sha256").update(body).digest("base64url")}"`
  const headers = { etag, "cache-control": "no-cache", "content-type": "application/json" }
  if (request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers })
  return new Response(body, { headers })
}

function decoded(named: string): string {
  try {
    return decodeURIComponent(named)
  } catch (cause) {
    throw new Failure("invalid_input", "encode the whole identifier as one segment", { cause })
  }
}

function refuseOther(request: Request, method: "GET" | "POST"): void {
  if (request.method !== method) throw new Failure("method_not_allowed", `use ${method} here`)
}

const uncached = { headers: { "cache-control": "no-store" } }

function refusal(status: number, errorCode: string, message: string): Response {
  return Response.json({ errorCode, message }, { status, ...uncached })
}
