import type { VerdictKind } from "../words.ts"
import type { CompiledRule, CompiledRules, Why } from "./compile-rules.ts"
import type { Entities } from "./entities.ts"
import { matchRules, type Matches, type RuleError } from "./evaluate.ts"
import type { RuleRequest } from "./evaluator.ts"

/** A rule that spoke against an action, with its reason in both languages. */
export interface Objection {
  readonly rule: string
  readonly why: Why
}

/** What a verdict rests on: `error` and `no_permit` are denials that no rule asked for by name. */
export type VerdictBasis = "permitted" | "asked" | "forbidden" | "no_permit" | "error"

export interface Verdict {
  readonly verdict: VerdictKind
  readonly basis: VerdictBasis
  /** The digest of the rules that were in force. */
  readonly policy: string
  /** The ids of the rules that decided. */
  readonly rules: readonly string[]
  /** Every ask rule that matched, also when something else denies. */
  readonly asks: readonly Objection[]
  /** Every other forbid that matched. */
  readonly denies: readonly Objection[]
  readonly errors: readonly RuleError[]
}

export interface DecideOptions {
  /** A person approved this very action: ask rules are listed and no longer count. */
  readonly lifted?: boolean
}

/**
 * The verdict on a request: ask exactly when Cedar denies, an ask rule matched, and Cedar would allow without the
 * ask rules. INVARIANT (design, 3): any rule that fails on the action denies it, which is stricter than Cedar.
 */
export function decide(
  rules: CompiledRules,
  request: RuleRequest,
  entities: Entities,
  options: DecideOptions = {},
): Verdict {
  const matches = matchRules(rules, request, entities)
  const permits = ofKind(matches, "permit")
  const asks = ofKind(matches, "ask")
  const denies = ofKind(matches, "forbid")
  const conclude = (verdict: VerdictKind, basis: VerdictBasis, deciding: readonly string[]): Verdict => ({
    verdict,
    basis,
    policy: rules.policy,
    rules: deciding,
    asks: asks.map(objection),
    denies: denies.map(objection),
    errors: matches.errors,
  })
  if (matches.errors.length > 0)
    return conclude(
      "deny",
      "error",
      matches.errors.map((error) => error.rule),
    )
  if (denies.length > 0) return conclude("deny", "forbidden", ids(denies))
  if (permits.length === 0) return conclude("deny", "no_permit", [])
  if (asks.length > 0 && options.lifted !== true) return conclude("ask", "asked", ids(asks))
  return conclude("allow", "permitted", ids(permits))
}

function ofKind({ matched }: Matches, kind: CompiledRule["kind"]): readonly CompiledRule[] {
  return matched.filter((rule) => rule.kind === kind)
}

function ids(rules: readonly CompiledRule[]): readonly string[] {
  return rules.map((rule) => rule.id)
}

function objection({ id, why }: CompiledRule): Objection {
  return { rule: id, why }
}
