import type { Effort } from "../pattern/effort.ts"
import { limitsImply } from "./limit-contains.ts"
import { namedBy } from "./grant-covers.ts"
import type { AmountBudget, Budget, Grant, Mandate } from "./mandate.ts"
import { sayLimit, sayTime } from "./say.ts"
import { effectWords } from "./sayings.ts"
import { toolsContain } from "./tool-pattern.ts"

/** One way in which a mandate would be wider, in a plain sentence. */
export interface Difference {
  readonly en: string
  readonly zh: string
}

/** A grant with the mandate that it stands in. */
export interface GrantOf {
  readonly mandate: Mandate
  readonly grant: Grant
}

/**
 * What the inner grant allows and the outer one does not, apart from the values of arguments; counts are compared
 * where all grants are known.
 */
export function plainDifferences(inner: GrantOf, outer: GrantOf): readonly Difference[] {
  return [
    ...effectDifferences(inner.grant, outer.grant),
    ...toolDifferences(inner.grant, outer.grant),
    ...argumentDifferences(inner, outer),
    ...standingDifferences(inner, outer),
    ...amountDifferences(inner.grant.budget?.amount, outer.grant.budget?.amount),
  ]
}

function effectDifferences(inner: Grant, outer: Grant): Difference[] {
  const added = inner.effects
    .filter((effect) => !outer.effects.includes(effect))
    .map((effect) => effectWords[effect])
  if (added.length === 0) return []
  const en = added.map((word) => word.en).join(", ")
  return [{ en: `it may also ${en}`, zh: `还可${added.map((word) => word.zh).join("、")}` }]
}

function toolDifferences(inner: Grant, outer: Grant): Difference[] {
  const added = inner.tools.filter((tool) => !toolsContain(outer.tools, [tool])).map((tool) => `\`${tool}\``)
  return added.length === 0
    ? []
    : [{ en: `it may also use ${added.join(", ")}`, zh: `还可使用 ${added.join("、")}` }]
}

/** Which limits of the outer grant the inner one does not keep to. */
export function limitDifferences(inner: Grant, outer: Grant, effort: Effort): Difference[] {
  const widened = outer.limits.filter((limit) => !limitsImply(inner.limits, limit, effort))
  return widened.map((limit) => ({
    en: `it does not keep to: ${sayLimit(limit, "en")}`,
    zh: `不再限于：${sayLimit(limit, "zh")}`,
  }))
}

function argumentDifferences(inner: GrantOf, outer: GrantOf): Difference[] {
  if (!outer.grant.closed) return []
  const named = namedBy(outer.mandate, outer.grant)
  if (inner.grant.closed && namedBy(inner.mandate, inner.grant).every((argument) => named.includes(argument)))
    return []
  return [{ en: "it allows arguments that were not named", zh: "允许未列明的参数" }]
}

function standingDifferences(inner: GrantOf, outer: GrantOf): Difference[] {
  const found: Difference[] = []
  if (inner.grant.mode === "auto" && outer.grant.mode === "ask")
    found.push({ en: "it no longer asks each time", zh: "不再每次询问" })
  if (outer.grant.needs && !inner.grant.needs)
    found.push({ en: "it no longer needs a reviewed tool", zh: "不再要求工具经过审核" })
  const until = Math.min(outer.grant.until ?? Infinity, outer.mandate.until)
  if (Math.min(inner.grant.until ?? Infinity, inner.mandate.until) > until)
    found.push({ en: `it lasts beyond ${sayTime(until)}`, zh: `有效期超过 ${sayTime(until)}` })
  return found
}

/** What an inner amount would allow beyond an outer one. */
export function amountDifferences(
  inner: AmountBudget | undefined,
  outer: AmountBudget | undefined,
): Difference[] {
  if (!outer) return []
  const isSame =
    inner !== undefined &&
    inner.argument === outer.argument &&
    (inner.decimals ?? 0) === (outer.decimals ?? 0) &&
    (outer.currency === undefined || inner.currency === outer.currency)
  if (isSame && inner.max <= outer.max) return []
  return [
    {
      en: `it may spend more than ${outer.max} minor units of \`${outer.argument}\``,
      zh: `\`${outer.argument}\` 的累计金额可超过 ${outer.max} 最小货币单位`,
    },
  ]
}

/** Whether budgets that are drawn on together never take more than another one holds. */
export function fitTogether(
  inner: readonly (Budget | undefined)[],
  whole: Budget | undefined,
  outer: Budget,
): boolean {
  return (
    isAtMost(
      outer.count,
      whole?.count,
      inner.map((budget) => budget?.count),
    ) &&
    // Amounts of whole mandates do not count every call of a grant.
    isAtMost(
      outer.amount?.max,
      undefined,
      inner.map((budget) => budget?.amount?.max),
    )
  )
}

function isAtMost(
  most: number | undefined,
  whole: number | undefined,
  parts: readonly (number | undefined)[],
): boolean {
  if (most === undefined) return true
  const sum = parts.reduce<number>((total, part) => total + Math.min(part ?? Infinity, whole ?? Infinity), 0)
  return Math.min(sum, whole ?? Infinity) <= most
}
