import { Failure, failureCodes, type FailureCode } from "@hufu/core/failure"
import { z } from "zod"
import type { Received } from "./transport.ts"

const Problem = z.looseObject({
  code: z.string().max(80),
  detail: z.string().max(4000),
  status: z.int(),
})

/** The Failure that a node's problem document tells; one that this version does not know becomes `internal`. */
export function readProblem({ status, text }: Received): Failure {
  const { success, data } = Problem.safeParse(parse(text))
  if (!success)
    return new Failure("internal", `the node answered with status ${status} and no reason: look into its log`)
  const { code, detail, ...extra } = data
  return isKnown(code)
    ? new Failure(code, detail, { extra })
    : new Failure("internal", detail, { extra: { ...extra, code } })
}

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
