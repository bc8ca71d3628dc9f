import { z } from "zod"
import { and, not } from "./boolean-operators.ts"
import { compileExpression } from "./compile-expression.ts"
import { compileScope } from "./compile-scope.ts"
import type { Environment, Evaluator } from "./evaluator.ts"
import { Failure, isFailure } from "../failure.ts"
import type { Outcome } from "./outcome.ts"
import { type Indexed, type RuleIndex, ruleIndex } from "./rule-index.ts"
import { conditionKeys, scopeKeys } from "./slice-key.ts"

/** A reason in both languages of the pages. */
export interface Why {
  readonly en: string
  readonly zh: string
}

/** A rule as it is given: Cedar's JSON of one static policy, under an id of our own. */
export interface RuleInput {
  readonly id: string
  readonly policy: unknown
}

/** `ask` is a forbid that an approval lifts. */
export type RuleKind = "permit" | "forbid" | "ask"

export interface CompiledRule {
  readonly id: string
  readonly kind: RuleKind
  readonly why: Why
  readonly order: number
  /** Whether the rule matches; evaluated only for rules that the index brings up. */
  readonly match: (environment: Environment) => Outcome
}

/** Rules by what they are about, so that an action meets only those that could match it. */
export interface CompiledRules {
  readonly index: RuleIndex<CompiledRule>
  readonly size: number
  /** The digest of the set, which every verdict names. */
  readonly policy: string
}

const Policy = z.object({
  effect: z.enum(["permit", "forbid"]),
  principal: z.unknown(),
  action: z.unknown(),
  resource: z.unknown(),
  conditions: z.array(z.strictObject({ kind: z.enum(["when", "unless"]), body: z.unknown() })),
  annotations: z.record(z.string(), z.string().nullable()).default({}),
})

/** Compiles rules to closures with an index; a rule that uses what is not supported is refused with its id. */
export function compileRules(inputs: readonly RuleInput[], policy: string): CompiledRules {
  return { index: ruleIndex(inputs.map(compileRule)), size: inputs.length, policy }
}

function compileRule(input: RuleInput, order: number): Indexed<CompiledRule> {
  try {
    return compilePolicy(input, order)
  } catch (error) {
    if (!isFailure(error, "rule_invalid")) throw error
    throw new Failure("rule_invalid", `rule \`${input.id}\`: ${error.message}`, { extra: { rule: input.id } })
  }
}

function compilePolicy({ id, policy }: RuleInput, order: number): Indexed<CompiledRule> {
  const parsed = Policy.safeParse(policy)
  if (!parsed.success) throw new Failure("rule_invalid", "a policy of this form is not supported")
  const { effect, conditions, annotations } = parsed.data
  const principal = compileScope("principal", parsed.data.principal)
  const action = compileScope("action", parsed.data.action)
  const resource = compileScope("resource", parsed.data.resource)
  const body = conditions
    .map(({ kind, body }) => (kind === "when" ? compileExpression(body) : not(compileExpression(body))))
    .reduceRight<Evaluator>((rest, condition) => and(condition, rest), always)
  // A rule's head is looked at before its conditions and cannot fail. Of equals the first is taken: few actions
  // share a tool, more an agent, many an effect.
  const keys = [
    ...scopeKeys("resource", resource.keys),
    ...scopeKeys("principal", principal.keys),
    ...scopeKeys("action", action.keys),
    ...conditionKeys(conditions),
  ]
  const rule: CompiledRule = {
    id,
    kind: effect === "forbid" && annotations["ask"] !== undefined ? "ask" : effect,
    why: whyOf(id, effect, annotations),
    order,
    match: (environment) =>
      principal.test(environment) &&
      action.test(environment) &&
      resource.test(environment) &&
      body(environment),
  }
  return { item: rule, keys }
}

const always: Evaluator = () => true

/** A reason in one language stands in for the other: better a foreign sentence than none. */
function whyOf(id: string, effect: string, annotations: Readonly<Record<string, string | null>>): Why {
  const en = annotations["ask"] ?? annotations["why"]
  const zh = annotations["ask_zh"] ?? annotations["why_zh"]
  return {
    en: en || zh || `rule \`${id}\` ${effect === "permit" ? "permits" : "forbids"} it`,
    zh: zh || en || `规则 \`${id}\` ${effect === "permit" ? "允许" : "禁止"}此行为`,
  }
}
