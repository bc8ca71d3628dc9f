import { Failure, failureCodes, type FailureCode } from "@hufu/core/failure"
import type { Received } from "./transport.ts"

interface Problem {
  readonly code: string
  readonly detail: string
  readonly status: number
  readonly [member: string]: unknown
}

/** The Failure that a node's problem document tells; one that this version does not know becomes `internal`. */
export function readProblem({ status, text }: Received): Failure {
  const problem = parse(text)
  if (!isProblem(problem))
    return new Failure("internal", `the node answered with status ${status} and no reason: look into its log`)
  const { code, detail, ...extra } = problem
  return isKnown(code)
    ? new Failure(code, detail, { extra })
    : new Failure("internal", detail, { extra: { ...extra, code } })
}

/** UNTRUSTED: something that is no node may answer. Without zod, so that a page needs no schemas to know what it may do. */
function isProblem(value: unknown): value is Problem {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false
  const { code, detail, status } = value as Partial<Problem> // each is looked at below
  return isShort(code, 80) && isShort(detail, 4000) && Number.isSafeInteger(status)
}

const isShort = (value: unknown, most: number) => typeof value === "string" && value.length <= most

function isKnown(code: string): code is FailureCode {
  return Object.hasOwn(failureCodes, code)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
