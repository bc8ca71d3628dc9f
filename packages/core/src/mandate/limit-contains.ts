import type { Effort } from "../pattern/effort.ts"
import { findText } from "../pattern/find-text.ts"
import { allOf } from "../pattern/language.ts"
import { findValue } from "./find-value.ts"
import type { Limit, Scalar } from "./limit.ts"
import { outside, touchedTexts } from "./text-bounds.ts"

/** Whether every value that satisfies `inner` satisfies `outer`; both name the same argument. */
export function limitContains(outer: Limit, inner: Limit): boolean {
  return limitsImply([inner], outer)
}

/**
 * Whether values that satisfy all limits on an argument satisfy one more. False where it cannot be shown within
 * bounds: what is not provably narrower is not narrower.
 */
export function limitsImply(inner: readonly Limit[], outer: Limit, effort?: Effort): boolean {
  const same = inner.filter((limit) => limit.argument === outer.argument)
  if (same.length === 0) return false
  if (same.some((limit) => isSame(limit, outer))) return true
  const needs = same.map((limit) => ({ must: "satisfy", limit }) as const)
  return findValue([...needs, { must: "not-satisfy", limit: outer }], effort).kind === "none"
}

/** Whether a prohibition on `outer` catches everything that one on `inner` catches. Both name the same argument. */
export function prohibitionContains(outer: Limit, inner: Limit, effort?: Effort): boolean {
  if (outer.argument !== inner.argument) return false
  if (isSame(outer, inner)) return true
  const innerValues = valuesOf(inner)
  const outerValues = valuesOf(outer)
  if (innerValues && outerValues) return innerValues.every((value) => outerValues.includes(value))
  if (inner.kind === "range" && outer.kind === "range") return limitsImply([inner], outer, effort)
  if (inner.kind === "host" && outer.kind === "host") return limitsImply([inner], outer, effort)
  // Of the same kind, texts that cannot be read and numbers are caught alike; across kinds that is not so.
  if (inner.kind !== outer.kind || innerValues) return false
  return findText(allOf(touchedTexts(inner).most, outside(touchedTexts(outer)).most), effort).kind === "none"
}

function isSame(one: Limit, other: Limit): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

function valuesOf(limit: Limit): readonly Scalar[] | undefined {
  if (limit.kind === "equal") return [limit.value]
  return limit.kind === "oneOf" ? limit.values : undefined
}
