import type { CallId } from "@hufu/core/contract/contract"
import type { Operation } from "@hufu/core/contract/operation"
import { Failure } from "@hufu/core/failure"
import { isJsonObject } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { z } from "zod"
import type { OperationContext } from "../operation/context.ts"
import type { Operations } from "../operation/operations.ts"
import type { Route } from "./route-table.ts"

/** UNTRUSTED parts of one request. */
export interface RawInput {
  readonly parameters: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly body: string
}

const maxFaults = 20

/** Validates the input of a row of the contract and calls its operation. */
export async function callOperation(
  operations: Operations,
  route: Route,
  raw: RawInput,
  context: OperationContext,
): Promise<unknown> {
  const input = readInput(route.operation, raw)
  // A stream is not called; and the route's input has just been parsed by the route's own schema.
  const call = operations[route.id as CallId] as (
    input: unknown,
    context: OperationContext,
  ) => Promise<unknown>
  return call(input, context)
}

/** The input of a row, validated. */
export function readInput(operation: Operation, { parameters, query, body }: RawInput): unknown {
  const given = operation.method === "GET" || operation.method === "DELETE" ? query : readObject(body)
  const clash = Object.keys(parameters).find((name) => Object.hasOwn(given, name))
  if (clash !== undefined)
    throw new Failure("invalid_input", `\`${clash}\` is in the path already: leave it out of the rest`)
  const schema = operation.input instanceof z.ZodObject ? operation.input.strict() : operation.input
  const parsed = schema.safeParse({ ...given, ...parameters })
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.slice(0, maxFaults).map(faultOf)
  throw new Failure("invalid_input", faults[0]?.message ?? "the input does not fit", { extra: { faults } })
}

/** Where and what, in one sentence that repeats little of what was sent. */
function faultOf(issue: z.core.$ZodIssue): { at: string; message: string } {
  const at = issue.path.join("/").slice(0, 200)
  if (issue.code === "unrecognized_keys") {
    const name = issue.keys[0]?.slice(0, 80) ?? ""
    return { at, message: `\`${at === "" ? name : `${at}/${name}`}\` is not known here: leave it out` }
  }
  const what = issue.message.slice(0, 300)
  return {
    at,
    message: `correct \`${at === "" ? "the input" : at}\`: ${what.charAt(0).toLowerCase()}${what.slice(1)}`,
  }
}

function readObject(body: string): Record<string, unknown> {
  if (body.trim() === "") return {}
  const value = parseStrict(body)
  if (!isJsonObject(value)) throw new Failure("invalid_input", "send the input as one JSON object")
  return value
}
