import { validate, type ValidationError } from "@cedar-policy/cedar-wasm/nodejs"
import { type ParsedRule, sentence } from "./parse-rules.ts"
import { ruleSchema } from "./schema.ts"

/** Type-checks rules strictly; a warning, such as that a rule can never match, is a fault as well. */
export function validateRules(rules: readonly ParsedRule[]): string[] {
  const answer = validate({
    schema: ruleSchema,
    policies: { staticPolicies: Object.fromEntries(rules.map((rule) => [rule.id, rule.text])) },
    validationSettings: { mode: "strict" },
  })
  if (answer.type === "failure") return answer.errors.map((error) => sentence(error.message, error.help))
  const places = new Map(rules.map((rule) => [rule.id, rule.place]))
  const named = [...answer.validationErrors, ...answer.validationWarnings]
  const others = answer.otherWarnings.map((error) => sentence(error.message, error.help))
  return [...new Set([...named.map((problem) => faultOf(problem, places)), ...others])]
}

function faultOf({ policyId, error }: ValidationError, places: ReadonlyMap<string, string>): string {
  const reason = error.message.replace(`for policy \`${policyId}\`, `, "")
  return `${places.get(policyId) ?? policyId}: rule \`${policyId}\`: ${sentence(reason, error.help)}`
}
