import { seeded } from "../e2e/seeded.ts"

const resamples = 4000

/** The value below which the given share of an ascending list lies. */
export function quantile(ascending: readonly number[], share: number): number {
  if (ascending.length === 0) return Number.NaN
  return ascending[Math.min(ascending.length - 1, Math.floor(share * ascending.length))] as number // clamped
}

/** The middle of a list in any order. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = quantile(sorted, 0.5)
  if (sorted.length % 2 === 1 || sorted.length === 0) return upper
  return (upper + (sorted[sorted.length / 2 - 1] as number)) / 2 // an even, non-empty list
}

/** A median and the interval that holds it with 95 % confidence. */
export interface Interval {
  median: number
  low: number
  high: number
}

/** The median of one figure per round with its percentile bootstrap interval; the seed makes it repeatable. */
export function bootstrapMedian(values: readonly number[], seed = 1): Interval {
  const random = seeded(seed)
  const medians = Array.from({ length: resamples }, () => median(values.map(() => random.pick(values))))
  medians.sort((a, b) => a - b)
  return { median: median(values), low: quantile(medians, 0.025), high: quantile(medians, 0.975) }
}
