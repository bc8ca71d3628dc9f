import type { Schema, ValidationError } from "@cedar-policy/cedar-wasm/nodejs"
import { cedar } from "./cedar.ts"
import { lineOf, type ParsedRule, sentence } from "./parse-rules.ts"

/** What rules may be about: Cedar's schema, as JSON or as text. */
export type RuleSchema = Schema

/** Type-checks rules strictly; a warning, such as that a rule can never match, is a fault as well. */
export function validateRules(rules: readonly ParsedRule[], schema: RuleSchema): string[] {
  const answer = cedar().validate({
    schema,
    policies: { staticPolicies: Object.fromEntries(rules.map((rule) => [rule.id, rule.text])) },
    validationSettings: { mode: "strict" },
  })
  if (answer.type === "failure") return answer.errors.map((error) => sentence(error.message, error.help))
  const problems = Map.groupBy(
    [...answer.validationErrors, ...answer.validationWarnings],
    ({ policyId }) => policyId,
  )
  const others = answer.otherWarnings.map((error) => sentence(error.message, error.help))
  return [...rules.flatMap((rule) => faultsOf(rule, problems.get(rule.id) ?? [])), ...others]
}

/** Cedar reports a problem once for each effect that it shows with; one of each place is enough. */
function faultsOf(rule: ParsedRule, problems: readonly ValidationError[]): string[] {
  const byPlace = new Map<number, string>()
  for (const { error } of problems) {
    const at = error.sourceLocations?.[0]?.start ?? 0
    if (byPlace.has(at)) continue
    const reason = error.message.replace(`for policy \`${rule.id}\`, `, "")
    const place = `${rule.source}:${lineOf(rule, at)}`
    byPlace.set(at, `${place}: rule \`${rule.id}\`: ${sentence(reason, error.help)}`)
  }
  return [...byPlace.values()]
}
