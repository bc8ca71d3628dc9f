import type { Budgets } from "../authority/budgets.ts"
import type { MandateAuthority } from "../authority/mandates.ts"
import type { Mandate } from "@hufu/core/mandate/mandate"
import { type Assessment, assess, type AssessParts, type Question } from "./assess.ts"

/**
 * Why a call that was allowed may not leave after all: between the verdict and the first byte a mandate was revoked,
 * narrowed or added, and what holds now would not let it go (INVARIANT 6).
 *
 * @param then the agent's mandates on which the verdict rested; the list is another one after every change
 */
export function lostAuthority(
  parts: AssessParts,
  then: readonly Mandate[],
  { coverage, asked, facts }: Assessment,
  question: Question,
): string | undefined {
  const { above = [] } = coverage
  // What holds above a mandate that was passed on, and for those that asked, changes without the agent's own mandates.
  const isAlone = coverage.above === undefined && question.under === undefined
  if (isAlone && parts.mandates.ofAgent(question.caller.agent) === then) return undefined
  // What this call has reserved for itself is not missing for it.
  const taken = new Map([
    [coverage.mandate, coverage.amount],
    ...[...above, ...asked].map((slice) => [slice.mandate.id, slice.amount] as const),
  ])
  const giveBack =
    (left: Budgets["left"]): Budgets["left"] =>
    (mandate, grant) => {
      const { count, amount } = left(mandate, grant)
      const own = taken.get(mandate.id)
      return own === undefined ? { count, amount } : { count: count + 1, amount: amount + own }
    }
  const budgets: Budgets = {
    ...parts.budgets,
    left: giveBack((mandate, grant) => parts.budgets.left(mandate, grant)),
    leftInAll: giveBack((mandate, grant) => parts.budgets.leftInAll(mandate, grant)),
  }
  const { person, session } = facts.context
  // What it has used itself does not count against it.
  const people: AssessParts["people"] =
    person && session ? { ...parts.people, factsOf: () => ({ person, session }) } : parts.people
  const now = assess(
    { ...parts, budgets, people, mandates: onlyGranting(parts.mandates, { coverage, asked }) },
    question,
  )
  return now.verdict.verdict === "allow" ? undefined : "mandate_revoked"
}

/**
 * INVARIANT: what leaves is covered by the mandate that its intent names and draws on, and for those that asked by theirs. Another one that would cover it has had nothing
 * reserved; what the others forbid holds as ever.
 */
function onlyGranting(
  mandates: MandateAuthority,
  { coverage: { mandate, grant }, asked }: Pick<Assessment, "coverage" | "asked">,
): MandateAuthority {
  if (grant === undefined) return mandates
  const granting = new Set([mandate, ...asked.map((slice) => slice.mandate.id)])
  return {
    ...mandates,
    live: (agent, task, presented) =>
      mandates
        .live(agent, task, presented)
        .map((each) => (granting.has(each.id) ? each : { ...each, grants: [] })),
  }
}
