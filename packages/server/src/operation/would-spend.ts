import type { WouldSpend } from "@hufu/core/contract/delegation"
import type { Mandate } from "@hufu/core/mandate/mandate"
import type { Assessment } from "../gateway/assess.ts"
import type { OperationParts } from "./parts.ts"

/** What an action would take of the budgets of the mandate that covers it and of those above it, and what is left of them now. */
export function wouldSpend(
  { mandates, budgets }: Pick<OperationParts, "mandates" | "budgets">,
  { coverage }: Pick<Assessment, "coverage">,
): WouldSpend[] {
  const { mandate: id, grant, amount, above = [] } = coverage
  // What no grant covers, a person approves by itself: it draws on no budget.
  const mandate = grant === undefined || id === undefined ? undefined : mandates.find(id)
  if (mandate === undefined || grant === undefined) return []
  return [{ mandate, grant, amount }, ...above].flatMap((slice, at) =>
    [slice.grant, -1].flatMap((index) => {
      const budget = budgetOf(slice.mandate, index)
      if (budget === undefined) return []
      // Of its own mandate what it passed on is set aside; those above it count as a whole.
      const left = at === 0 ? budgets.left(slice.mandate, index) : budgets.leftInAll(slice.mandate, index)
      return [
        {
          mandate: slice.mandate.id,
          grant: index,
          amount: budget.amount === undefined ? 0 : slice.amount,
          currency: budget.amount?.currency ?? null,
          left: { count: bounded(left.count), amount: bounded(left.amount) },
        },
      ]
    }),
  )
}

function budgetOf(mandate: Mandate, grant: number) {
  return grant < 0 ? mandate.budget : mandate.grants[grant]?.budget
}

function bounded(left: number): number | null {
  return Number.isFinite(left) ? left : null
}
