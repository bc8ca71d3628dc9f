import type { AmountNeed, Condition } from "./find-value.ts"
import type { Limit } from "./limit.ts"
import { charactersOf, digits } from "../pattern/code-points.ts"
import { character, literal, optional, repeat, sequence } from "../pattern/expression.ts"
import { type Language, languageOf } from "../pattern/language.ts"

type Need = Limit | AmountNeed

const maxFew = 2000

/**
 * Numbers among which there is one of every stretch that the limits tell apart: every bound and the steps of every
 * amount next to it, something between each two of these, and something beyond the ends.
 */
export function* numberCandidates(conditions: readonly Condition[]): Generator<number> {
  const limits = conditions.map(({ limit }) => limit)
  const bounds = [0, ...limits.flatMap(boundsOf)].filter(Number.isFinite)
  const steps = limits.flatMap((limit) =>
    limit.kind === "amount" ? stepsNextTo(bounds, limit.decimals) : [],
  )
  const points = [...new Set([...bounds, ...steps])].sort((a, b) => a - b)
  yield* points
  for (const bound of bounds) yield* [...around(bound, 1), ...around(bound, 0.5)]
  for (const [i, point] of points.entries()) yield between(point, points[i + 1] ?? point + reach(point))
  for (const end of [points[0] ?? 0, points.at(-1) ?? 0]) yield* around(end, reach(end))
}

function boundsOf(limit: Need): readonly number[] {
  if (limit.kind === "equal") return [Number(limit.value)]
  if (limit.kind === "oneOf") return limit.values.map(Number)
  if (limit.kind === "range") return [limit.min ?? 0, limit.max ?? 0]
  return limit.kind === "amount" ? [limit.max / 10 ** limit.decimals] : []
}

function stepsNextTo(bounds: readonly number[], decimals: number): number[] {
  const scale = 10 ** decimals
  return bounds
    .flatMap((bound) => [-1, 0, 1, 2].map((step) => (Math.floor(bound * scale) + step) / scale))
    .filter(Number.isFinite)
}

/** All numbers that the needs leave, or undefined when they are not few. */
export function fewNumbers(needs: readonly Need[]): readonly number[] | undefined {
  const low = Math.max(...needs.map((need) => (need.kind === "range" ? (need.min ?? -Infinity) : 0)))
  const high = Math.min(...needs.map(highestOf))
  if (low >= high) return low === high ? [low] : []
  const scale = 10 ** Math.min(...needs.map((need) => (need.kind === "amount" ? need.decimals : Infinity)))
  const first = Math.ceil(low * scale) - 1
  const count = Math.floor(high * scale) + 1 - first
  return count <= maxFew ? Array.from({ length: count + 1 }, (_, i) => (first + i) / scale) : undefined
}

function highestOf(need: Need): number {
  if (need.kind === "range") return need.max ?? Infinity
  return need.kind === "amount" ? need.max / 10 ** need.decimals : Infinity
}

/** How the numbers that satisfy the needs are written, and perhaps others. */
export function digitsOfNumbers(needs: readonly Need[]): Language {
  const decimals = Math.min(...needs.map((need) => (need.kind === "amount" ? need.decimals : Infinity)))
  const isNegative = needs.every((need) => need.kind === "range" && (need.min ?? -1) < 0)
  const some = repeat(character(digits), 1)
  const exponent = sequence(literal("e"), character(charactersOf("+-")), some)
  return languageOf(
    sequence(
      ...(isNegative ? [optional(literal("-"))] : []),
      some,
      ...(decimals > 0 ? [optional(sequence(literal("."), some))] : []),
      // An amount is a safe integer of minor units: with few decimals it is written without an exponent.
      ...(decimals > 6 ? [optional(exponent)] : []),
    ),
  )
}

function around(bound: number, distance: number): number[] {
  return [bound - distance, bound + distance].filter(Number.isFinite)
}

function between(low: number, high: number): number {
  return low / 2 + high / 2
}

function reach(bound: number): number {
  return Math.max(1, Math.abs(bound))
}
