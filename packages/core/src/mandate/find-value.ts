import type { Effort } from "../pattern/effort.ts"
import { findText } from "../pattern/find-text.ts"
import { anyText } from "../pattern/expression.ts"
import { allOf, languageOf } from "../pattern/language.ts"
import { minorUnitsOf } from "./amount.ts"
import { isTextLimit, type Limit, type Scalar } from "./limit.ts"
import { satisfies, touches } from "./limit-value.ts"
import { digitsOfNumbers, fewNumbers, numberCandidates } from "./number-candidates.ts"
import { coveredTexts, outside, type TextBounds, touchedTexts } from "./text-bounds.ts"
import { urlCandidates } from "./url-candidates.ts"
import { urlsOnPortsOf } from "./url-shape.ts"

/** An amount that a budget can still pay, as something that one value must be. */
export interface AmountNeed {
  readonly kind: "amount"
  readonly argument: string
  readonly decimals: number
  readonly max: number
}

/** What a value must be, or must not be. */
export type Condition =
  | { readonly must: "satisfy" | "not-satisfy"; readonly limit: Limit | AmountNeed }
  | { readonly must: "not-touch"; readonly limit: Limit }

/** `none` is proven; `unknown` means that neither a value nor a proof was found within bounds. */
export type FoundValue =
  | { readonly kind: "found"; readonly value: Scalar }
  | { readonly kind: "none" }
  | { readonly kind: "unknown" }

const everyText = languageOf(anyText)
const none: FoundValue = { kind: "none" }
const unknown: FoundValue = { kind: "unknown" }

/** Finds one value that meets all conditions; at least one of them says what it must satisfy. */
export function findValue(conditions: readonly Condition[], effort?: Effort): FoundValue {
  const needs = conditions.flatMap(({ must, limit }) => (must === "satisfy" ? [limit] : []))
  const finite = needs.flatMap((limit) => valuesOf(limit))[0]
  if (finite) return firstOf(finite, conditions) ?? none
  const areNumbers = needs.some((limit) => limit.kind === "range" || limit.kind === "amount")
  if (areNumbers) return needs.some(isTextLimit) ? none : findNumber(conditions, effort)
  return needs.some(isTextLimit) ? findTextValue(conditions, effort) : unknown
}

/** Whether a value meets a condition. */
export function meets({ must, limit }: Condition, value: unknown): boolean {
  if (must === "not-touch") return !touches(limit, value)
  return (
    (must === "satisfy") === (limit.kind === "amount" ? isPayable(limit, value) : satisfies(limit, value))
  )
}

function isPayable(need: AmountNeed, value: unknown): boolean {
  const units = minorUnitsOf(value, need.decimals)
  return units !== undefined && units <= need.max
}

function valuesOf(limit: Limit | AmountNeed): readonly (readonly Scalar[])[] {
  if (limit.kind === "equal") return [[limit.value]]
  return limit.kind === "oneOf" ? [limit.values] : []
}

function firstOf(values: Iterable<Scalar>, conditions: readonly Condition[]): FoundValue | undefined {
  for (const value of values)
    if (conditions.every((condition) => meets(condition, value))) return { kind: "found", value }
  return undefined
}

/**
 * The candidates hold one number of every stretch that the limits tell apart, unless a prohibition on texts reads the
 * digits of numbers: then nothing is proven but that it catches all such digits.
 */
function findNumber(conditions: readonly Condition[], effort: Effort | undefined): FoundValue {
  const found = firstOf(numberCandidates(conditions), conditions)
  if (found) return found
  const onDigits = conditions.filter(({ must, limit }) => must === "not-touch" && readsDigits(limit))
  const others = conditions.filter((condition) => !onDigits.includes(condition))
  if (onDigits.length === 0 || !firstOf(numberCandidates(others), others)) return none
  const needs = conditions.flatMap(({ must, limit }) => (must === "satisfy" ? [limit] : []))
  const few = fewNumbers(needs)
  if (few) return firstOf(few, conditions) ?? none
  const digits = digitsOfNumbers(needs)
  const left = findText(allOf(digits, ...onDigits.flatMap(boundsOf).map(({ most }) => most)), effort)
  return left.kind === "none" ? none : unknown
}

function readsDigits(limit: Limit | AmountNeed): boolean {
  return limit.kind === "prefix" || limit.kind === "pattern"
}

function findTextValue(conditions: readonly Condition[], effort: Effort | undefined): FoundValue {
  const onHosts = conditions.filter(({ limit }) => limit.kind === "host")
  const bounds = conditions.flatMap(boundsOf)
  if (onHosts.some(({ must }) => must === "satisfy")) {
    // INVARIANT: the candidates hold one URL of every scheme, host and port that the limits tell apart.
    const urls = [...urlCandidates(onHosts)].filter((url) => meetsAll(onHosts, url))
    const found = firstOf(urls, conditions)
    if (found ?? urls.length === 0) return found ?? none
    bounds.push({ least: everyText, most: languageOf(urlsOnPortsOf(urls.map((url) => new URL(url).host))) })
  }
  const widest = findText(allOf(...bounds.map(({ most }) => most)), effort)
  if (widest.kind === "none") return none
  if (widest.kind === "found" && meetsAll(conditions, widest.text))
    return { kind: "found", value: widest.text }
  const surest = findText(allOf(...bounds.map(({ least }) => least)), effort)
  if (surest.kind === "found" && meetsAll(conditions, surest.text))
    return { kind: "found", value: surest.text }
  return unknown
}

function meetsAll(conditions: readonly Condition[], value: Scalar): boolean {
  return conditions.every((condition) => meets(condition, value))
}

function boundsOf({ must, limit }: Condition): readonly TextBounds[] {
  if (must === "not-touch") return [outside(touchedTexts(limit))]
  // No text is an amount: not being one takes nothing.
  if (limit.kind === "amount") return []
  return [must === "satisfy" ? coveredTexts(limit) : outside(coveredTexts(limit))]
}
