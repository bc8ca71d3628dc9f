import type { JsonObject } from "../json/json-value.ts"
import { valuesAt } from "./argument.ts"
import type { AmountBudget } from "./mandate.ts"

/** What a call would spend, in minor units; undefined when that cannot be read exactly. */
export function amountOf(budget: AmountBudget, args: JsonObject): number | undefined {
  const values = valuesAt(args, budget.argument)
  return values?.length === 1 ? minorUnitsOf(values[0], budget.decimals ?? 0) : undefined
}

/** A number with so many decimals as an integer; undefined when it has more, is negative or no safe number. */
export function minorUnitsOf(value: unknown, decimals: number): number | undefined {
  if (typeof value !== "number" || !(value >= 0)) return undefined
  const units = Math.round(value * 10 ** decimals)
  return Number.isSafeInteger(units) && units / 10 ** decimals === value ? units : undefined
}
