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
  { coverage }: Assessment,
  question: Question,
): string | undefined {
  if (parts.mandates.ofAgent(question.caller.agent) === then) return undefined
  // What this call has reserved for itself is not missing for it.
  const left: AssessParts["budgets"]["left"] = (mandate, grant) => {
    const { count, amount } = parts.budgets.left(mandate, grant)
    return mandate.id === coverage.mandate
      ? { count: count + 1, amount: amount + coverage.amount }
      : { count, amount }
  }
  const now = assess({ ...parts, budgets: { ...parts.budgets, left } }, question)
  return now.verdict.verdict === "allow" ? undefined : "mandate_revoked"
}
