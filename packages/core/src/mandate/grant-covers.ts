import type { Effect } from "../words.ts"
import { amountOf } from "./amount.ts"
import { areAllNamed, scalarsAt } from "./argument.ts"
import type { Call, CallShape } from "./call.ts"
import { limitCovers, limitTouches } from "./limit-covers.ts"
import type { Grant, Mandate, Never } from "./mandate.ts"
import { toolsInclude } from "./tool-pattern.ts"

/** Why a grant for this effect and tool does not cover a call. */
export type GrantRefusal =
  | "grant_ended"
  | "not_reviewed"
  | "limit_not_met"
  | "argument_not_named"
  | "amount_not_readable"
  | "budget_exhausted"

/** Whether one grant covers a call, and what it would spend; else why not. */
export function grantCovers(mandate: Mandate, index: number, call: Call): GrantRefusal | { amount: number } {
  const grant = mandate.grants[index]
  if (!grant) return "limit_not_met"
  const refusal = shapeRefusal(mandate, index, call)
  if (refusal) return refusal
  if (!grant.limits.every((limit) => limitCovers(limit, call.args))) return "limit_not_met"
  if (grant.closed && !areAllNamed(call.args, namedBy(mandate, grant))) return "argument_not_named"
  const amount = amountSpent(mandate, grant, call)
  if (amount === undefined) return "amount_not_readable"
  const budgets = budgetsOf(mandate, index)
  const isEnough = budgets.every(
    ([budget, at]) => !budget.amount || call.budgetLeft(mandate, at).amount >= amount,
  )
  return isEnough ? { amount } : "budget_exhausted"
}

/** Why a grant covers no call of this shape, whatever its arguments. */
export function shapeRefusal(mandate: Mandate, index: number, call: CallShape): GrantRefusal | undefined {
  const grant = mandate.grants[index]
  if (!grant || call.now >= (grant.until ?? Infinity)) return "grant_ended"
  if (grant.needs === "reviewed" && !call.reviewed) return "not_reviewed"
  for (const [budget, at] of budgetsOf(mandate, index))
    // Written so that a count that is no number counts as exhausted.
    if (budget.count !== undefined && !(call.budgetLeft(mandate, at).count >= 1)) return "budget_exhausted"
  return undefined
}

/** The budgets that a call under a grant draws on, with the index under which each is counted. */
export function budgetsOf(mandate: Mandate, index: number) {
  const own = mandate.grants[index]?.budget
  const whole = mandate.budget
  return [...(own ? [[own, index] as const] : []), ...(whole ? [[whole, -1] as const] : [])]
}

/** The pointers that a closed grant allows. */
export function namedBy(mandate: { readonly budget?: Mandate["budget"] }, grant: Grant): readonly string[] {
  const amounts = [grant.budget?.amount, mandate.budget?.amount].flatMap((amount) =>
    amount ? [amount.argument] : [],
  )
  return [...grant.limits.map((limit) => limit.argument), ...amounts]
}

/**
 * What a call spends. A grant's amount must be there to be counted; a whole mandate's must be for every payment, and
 * is counted wherever else it occurs. Where both are given the larger is taken from both.
 */
function amountSpent(mandate: Mandate, grant: Grant, call: Call): number | undefined {
  const amounts: (number | undefined)[] = [0]
  if (grant.budget?.amount) amounts.push(amountOf(grant.budget.amount, call.args))
  const whole = mandate.budget?.amount
  if (whole && (call.effect === "pay" || scalarsAt(call.args, whole.argument).length > 0))
    amounts.push(amountOf(whole, call.args))
  return amounts.some((amount) => amount === undefined)
    ? undefined
    : Math.max(...amounts.map((amount) => amount ?? 0))
}

/** Whether a mandate holds at a time. */
export function isLiveAt(mandate: Mandate, now: number): boolean {
  return (mandate.from ?? -Infinity) <= now && now < mandate.until
}

/** Whether a part of a mandate is about this effect and tool at all. */
export function isAbout(
  part: { readonly effects?: readonly Effect[] | undefined; readonly tools?: readonly string[] | undefined },
  call: CallShape,
): boolean {
  return (
    (part.effects === undefined || part.effects.includes(call.effect)) &&
    toolsInclude(part.tools, call.server, call.tool)
  )
}

/** Whether a prohibition catches a call. */
export function neverFits(never: Never, call: Call): boolean {
  return isAbout(never, call) && (never.limits ?? []).every((limit) => limitTouches(limit, call.args))
}
