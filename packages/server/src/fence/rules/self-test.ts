import { Failure } from "@hufu/core/failure"
import { effects } from "@hufu/core/words"
import { harmlessFacts } from "./harmless-facts.ts"
import type { RuleSet } from "./load.ts"
import type { RuleFacts } from "./schema.ts"

type Context = RuleFacts["context"]
type Target = Context["targets"][number]

function withContext(facts: RuleFacts, change: Partial<Context>): RuleFacts {
  return { ...facts, context: { ...facts.context, ...change } }
}

function withMandate(facts: RuleFacts, change: Partial<Context["mandate"]>): RuleFacts {
  return withContext(facts, { mandate: { ...facts.context.mandate, ...change } })
}

const ownTarget: Target = { kind: "path", value: "/hufu/data", path: "/hufu/data", own: true }
const otherTarget: Target = { kind: "path", value: "/elsewhere", path: "/elsewhere", own: false }

const nowhere: NonNullable<Context["place"]> = {
  restriction: "none",
  unknown: "none",
  classes: [],
  owners: [],
  ids: [],
  trust: "none",
}

interface KnownBad {
  readonly name: string
  /** What a person's approval may lift; everything else stays denied even then. */
  readonly liftable?: true
  readonly of: (facts: RuleFacts) => RuleFacts
}

const knownBad: readonly KnownBad[] = [
  { name: "an action without a mandate", of: (facts) => withMandate(facts, { live: false, covers: false }) },
  { name: "an action under a lapsed mandate", of: (facts) => withMandate(facts, { live: false }) },
  { name: "an action that the mandate forbids", of: (facts) => withMandate(facts, { forbids: true }) },
  {
    name: "an action that is not covered where the mandate denies the rest",
    of: (facts) => withMandate(facts, { covers: false, otherwise: "deny" }),
  },
  {
    name: "an action that is not covered",
    liftable: true,
    of: (facts) => withMandate(facts, { covers: false }),
  },
  {
    name: "an action of a suspended agent",
    of: (facts) => ({ ...facts, principal: { ...facts.principal, suspended: true } }),
  },
  { name: "an action out of service", of: (facts) => withContext(facts, { standing: { live: false } }) },
  { name: "an action on Hufu's own data", of: (facts) => withContext(facts, { targets: [ownTarget] }) },
  {
    name: "an action on Hufu's own data among others",
    of: (facts) => withContext(facts, { targets: [otherTarget, ownTarget] }),
  },
  {
    name: "an action in a place that prohibits it",
    of: (facts) => withContext(facts, { place: { ...nowhere, restriction: "prohibited" } }),
  },
  {
    name: "an action that a special place speaks of, nobody knows where",
    of: (facts) => withContext(facts, { place: { ...nowhere, unknown: "special" } }),
  },
  {
    name: "an action in a place that asks for authorisation",
    liftable: true,
    of: (facts) => withContext(facts, { place: { ...nowhere, restriction: "authorization" } }),
  },
  {
    name: "an action that only the person may decide",
    liftable: true,
    of: (facts) => withContext(facts, { mode: "user-only" }),
  },
]

/**
 * Shows a rule set actions that no rules may let through, and throws when it does: a gateway calls this at start
 * and does not open otherwise (INVARIANT 3 of the design).
 */
export function selfTest(rules: Pick<RuleSet, "decide">): void {
  for (const effect of effects) {
    for (const bad of knownBad) {
      const facts = bad.of(harmlessFacts(effect))
      refuseAllowed(rules, facts, `${bad.name} (${effect})`, false)
      if (bad.liftable !== true) refuseAllowed(rules, facts, `${bad.name} (${effect}, approved)`, true)
    }
  }
}

function refuseAllowed(
  rules: Pick<RuleSet, "decide">,
  facts: RuleFacts,
  what: string,
  lifted: boolean,
): void {
  const { verdict, rules: deciding } = rules.decide(facts, { lifted })
  if (verdict === "deny" || (verdict === "ask" && !lifted)) return
  const by = deciding.map((id) => `\`${id}\``).join(", ")
  throw new Failure("rules_self_test_failed", `correct the rules: they allow ${what} by ${by}`, {
    extra: { action: what, rules: deciding },
  })
}
