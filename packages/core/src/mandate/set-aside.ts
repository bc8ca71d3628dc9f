import type { Mandate } from "./mandate.ts"
import { toolsContain } from "./tool-pattern.ts"

/** How many calls, and how much in minor units. */
export interface Share {
  readonly count: number
  readonly amount: number
}

/**
 * What of a mandate's budget (of one grant, or of the whole: -1) is set aside for a mandate that was passed on from it: what that one may
 * still spend. What it has spent is counted in both; what has no bound is not set aside, because nothing can be.
 *
 * @param spent what was spent of each grant of the one below, and of its whole
 */
export function setAside(
  below: Mandate,
  above: Mandate,
  grant: number,
  spent: (grant: number) => Share,
): Share {
  const drawing = [...below.grants.keys()].filter((at) => mayDrawOn(below, at, above, grant))
  const whole = spent(-1)
  const calls = drawing.map((at) => rest(below.grants[at]?.budget?.count, spent(at).count))
  const inAll = rest(below.budget?.count, whole.count)
  const amounts =
    grant < 0
      ? [rest(below.budget?.amount?.max, whole.amount)]
      : drawing.map((at) => rest(below.grants[at]?.budget?.amount?.max, spent(at).amount))
  return { count: bounded(Math.min(sum(calls), inAll)), amount: bounded(sum(amounts)) }
}

/** Whether calls under a grant of the one below may be calls under that grant of the one above: rather too often than not. */
function mayDrawOn(below: Mandate, at: number, above: Mandate, grant: number): boolean {
  const [inner, outer] = [below.grants[at], above.grants[grant]]
  if (grant < 0) return true
  if (inner === undefined || outer === undefined) return false
  return (
    inner.effects.some((effect) => outer.effects.includes(effect)) &&
    inner.tools.some((tool) =>
      outer.tools.some((other) => toolsContain([other], [tool]) || toolsContain([tool], [other])),
    )
  )
}

function rest(max: number | undefined, spent: number): number {
  return max === undefined ? Infinity : Math.max(0, max - spent)
}

function sum(parts: readonly number[]): number {
  return parts.reduce((total, part) => total + part, 0)
}

function bounded(share: number): number {
  return Number.isFinite(share) ? share : 0
}
