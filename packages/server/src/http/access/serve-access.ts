import { Failure } from "@hufu/core/failure"
import type { JsonValue } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { type AccessAnswers, refuseNobody, type SearchKind } from "../../access/answer-access.ts"
import type { OperationContext } from "../../operation/context.ts"
import { readBody } from "../read-request.ts"

/** Where the AuthZEN 1.0 Authorization API is, by the member of its metadata. */
export const accessPaths = {
  access_evaluation_endpoint: "/access/v1/evaluation",
  access_evaluations_endpoint: "/access/v1/evaluations",
  search_subject_endpoint: "/access/v1/search/subject",
  search_resource_endpoint: "/access/v1/search/resource",
  search_action_endpoint: "/access/v1/search/action",
} as const

export const accessMetadataPath = "/.well-known/authzen-configuration"

const longestRequestId = 1024

/** The answer to a request of the Authorization API; undefined where there is nothing. */
export async function answerAccess(
  request: Request,
  path: string,
  { answers, admit }: { answers: AccessAnswers; admit: () => OperationContext },
): Promise<object | undefined> {
  const asked = askedAt(path)
  if (asked === undefined) return undefined
  if (request.method !== "POST") throw new Failure("method_not_allowed", "use POST here")
  const context = admit()
  refuseNobody(context)
  const body = await readJson(request)
  if (asked === "evaluation") return answers.evaluation(body, context)
  return asked === "evaluations" ? answers.evaluations(body, context) : answers.search(asked, body, context)
}

/** What the Authorization API says of itself. */
export function accessMetadata(origin: string): Readonly<Record<string, string>> {
  const endpoints = Object.entries(accessPaths).map(([name, path]) => [name, `${origin}${path}`])
  return { policy_decision_point: origin, ...Object.fromEntries(endpoints) }
}

/** The id that a caller gave to its request, to be given back as it is. */
export function requestIdOf(given: string | undefined): string | undefined {
  if (given !== undefined && given.length > longestRequestId)
    throw new Failure("invalid_input", `keep \`X-Request-ID\` to ${longestRequestId} characters`)
  return given
}

function askedAt(path: string): "evaluation" | "evaluations" | SearchKind | undefined {
  if (path === accessPaths.access_evaluation_endpoint) return "evaluation"
  if (path === accessPaths.access_evaluations_endpoint) return "evaluations"
  return (["subject", "resource", "action"] as const).find((kind) => path === `/access/v1/search/${kind}`)
}

async function readJson(request: Request): Promise<JsonValue> {
  const text = await readBody(request).catch((error: unknown) => {
    // The Authorization API has one status for whatever is not well formed.
    if (error instanceof Failure && error.code === "unsupported_media_type")
      throw new Failure("invalid_input", error.message)
    throw error
  })
  if (text.trim() === "") throw new Failure("invalid_json", "the body is empty: send the request as JSON")
  return parseStrict(text)
}
