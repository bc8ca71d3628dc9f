import type { CompiledRule, CompiledRules } from "./compile-rules.ts"
import type { Entities } from "./entities.ts"
import type { RuleRequest } from "./evaluator.ts"
import { asBoolean, FALSE, isFault, possibilities, TRUE } from "./outcome.ts"

/** A rule that could not be evaluated, and why not. */
export interface RuleError {
  readonly rule: string
  readonly message: string
}

/** Cedar's answer to a request. */
export interface Evaluation {
  readonly decision: "allow" | "deny"
  /** The ids of the rules that decided it: permits that matched, or forbids that did. */
  readonly determining: readonly string[]
  readonly errors: readonly RuleError[]
}

/** The rules that matched a request, in the order in which they were given, and those that failed. */
export interface Matches {
  readonly matched: readonly CompiledRule[]
  readonly errors: readonly RuleError[]
}

/** Evaluates rules exactly as Cedar's authorizer does; an ask rule is a forbid here. */
export function evaluate(rules: CompiledRules, request: RuleRequest, entities: Entities): Evaluation {
  const { matched, errors } = matchRules(rules, request, entities)
  const permits = matched.filter((rule) => rule.kind === "permit")
  const forbids = matched.filter((rule) => rule.kind !== "permit")
  const decision = permits.length > 0 && forbids.length === 0 ? "allow" : "deny"
  return { decision, determining: (decision === "allow" ? permits : forbids).map((rule) => rule.id), errors }
}

/** Finds the rules that match a request. A rule that turns on an unknown fact counts as one that failed. */
export function matchRules(rules: CompiledRules, request: RuleRequest, entities: Entities): Matches {
  const matched: CompiledRule[] = []
  const failed = new Map<CompiledRule, string>()
  const environment = { ...request, entities }
  for (const rule of rules.index.find(environment)) {
    const outcome = asBoolean(rule.match(environment))
    if (outcome === false) continue
    if (outcome === true) matched.push(rule)
    else failed.set(rule, isFault(outcome) ? outcome.message : "it turns on a fact that is not known")
  }
  return {
    matched: inOrder(matched),
    errors: inOrder([...failed.keys()]).map((rule) => ({ rule: rule.id, message: failed.get(rule) ?? "" })),
  }
}

/** Whether some value of the facts that are not known could give each verdict. */
export interface Possible {
  readonly allow: boolean
  readonly ask: boolean
}

/**
 * What a request could come to once its unknown facts are known.
 * INVARIANT: never says "cannot" of a verdict that some filling of the unknowns would give. It may say "could" of
 * one that none would, because rules are looked at one by one.
 */
export function couldBe(rules: CompiledRules, request: RuleRequest, entities: Entities): Possible {
  const environment = { ...request, entities }
  const seen = { permit: false, ask: false, mustAsk: false }
  for (const rule of rules.index.find(environment)) {
    const may = possibilities(asBoolean(rule.match(environment)))
    const [canMatch, canMiss] = [(may & TRUE) !== 0, (may & FALSE) !== 0]
    // A rule that fails for certain denies, and so does a forbid that matches for certain.
    if (!canMatch && !canMiss) return { allow: false, ask: false }
    if (rule.kind === "forbid" && !canMiss) return { allow: false, ask: false }
    if (rule.kind === "permit" && canMatch) seen.permit = true
    if (rule.kind === "ask" && canMatch) seen.ask = true
    if (rule.kind === "ask" && !canMiss) seen.mustAsk = true
  }
  return { allow: seen.permit && !seen.mustAsk, ask: seen.permit && seen.ask }
}

function inOrder(rules: CompiledRule[]): CompiledRule[] {
  return rules.length < 2 ? rules : rules.sort((left, right) => left.order - right.order)
}
