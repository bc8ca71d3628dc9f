import { isFailure } from "@hufu/core/failure"
import { compileRules, type CompiledRules } from "@hufu/core/policy/compile-rules"
import type { Entities } from "@hufu/core/policy/entities"
import { evaluate } from "@hufu/core/policy/evaluate"
import { entitiesFromJson, recordFromJson, uidFromJson } from "@hufu/core/policy/from-json"
import { splitPolicies } from "@hufu/server/fence/rules/split-policies"
import { z } from "zod"
import { exactPolicy } from "./exact-policy.ts"

const Request = z.object({
  principal: z.unknown(),
  action: z.unknown(),
  resource: z.unknown(),
  context: z.record(z.string(), z.unknown()),
  decision: z.enum(["allow", "deny"]),
  reason: z.array(z.string()),
  errors: z.array(z.string()),
})
type Request = z.infer<typeof Request>

/** One case of Cedar's corpus: a policy set, entities, and requests with the answers that Cedar gives. */
export const Case = z.object({
  name: z.string(),
  policies: z.string(),
  entities: z.unknown(),
  requests: z.array(Request),
})
export type Case = z.infer<typeof Case>

/** What became of a case: how many requests agreed, which did not, or why it could not be run. */
export type CaseResult =
  | { readonly kind: "run"; readonly agreed: number; readonly mismatches: readonly string[] }
  | { readonly kind: "unsupported"; readonly reason: string }

/** Runs one case against Hufu's evaluator: decision, determining policies and failing policies must all agree. */
export function runCase({ name, policies, entities, requests }: Case): CaseResult {
  let rules: CompiledRules
  try {
    rules = compileRules(splitPolicies(policies).map(policyInput), "")
  } catch (error) {
    if (!isFailure(error, "rule_invalid")) throw error
    return { kind: "unsupported", reason: error.message.replace(/^rule `\w+`: /, "") }
  }
  const store = entitiesFromJson(entities)
  const mismatches = requests.flatMap((request, index) => {
    const problem = compare(rules, store, request)
    return problem === undefined ? [] : [`${name} request ${index}: ${problem}`]
  })
  return { kind: "run", agreed: requests.length - mismatches.length, mismatches }
}

function policyInput({ text }: { readonly text: string }, index: number) {
  return { id: `policy${index}`, policy: exactPolicy(text) }
}

function compare(rules: CompiledRules, entities: Entities, request: Request): string | undefined {
  const found = evaluate(
    rules,
    {
      principal: uidFromJson(request.principal),
      action: uidFromJson(request.action),
      resource: uidFromJson(request.resource),
      context: recordFromJson(request.context),
    },
    entities,
  )
  const errors = found.errors.map((error) => error.rule)
  const ours = JSON.stringify([found.decision, found.determining.toSorted(), errors.toSorted()])
  const theirs = JSON.stringify([request.decision, request.reason.toSorted(), request.errors.toSorted()])
  return ours === theirs ? undefined : `expected ${theirs}, found ${ours}`
}
