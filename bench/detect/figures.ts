import type { Detector } from "@hufu/server/fence/content/detector"
import type { Source } from "./source.ts"

/** What a detector gave the texts of one source, the highest score of each. */
export interface Scored {
  readonly name: string
  readonly attacks: readonly number[]
  readonly harmless: readonly number[]
}

/** Runs one detector over every text, unbounded: the bench measures what it finds. */
export function scored(detector: Detector, { name, texts }: Source): Scored {
  const scoreOf = (text: string) =>
    detector.find(text, { left: Infinity }).reduce((most, { score }) => Math.max(most, score), 0)
  const of = (label: 0 | 1) => texts.filter((one) => one.label === label).map(({ text }) => scoreOf(text))
  return { name, attacks: of(1), harmless: of(0) }
}

/** The share of scores above a threshold; undefined when there are none. */
export function shareAbove(scores: readonly number[], threshold: number): number | undefined {
  return scores.length === 0 ? undefined : scores.filter((score) => score > threshold).length / scores.length
}

/** The least threshold above which at most one in a hundred of the scores is. */
export function onePercentThreshold(scores: readonly number[]): number {
  const sorted = scores.toSorted((a, b) => b - a)
  return sorted[Math.floor(sorted.length / 100)] ?? 0
}

/** A source with fewer harmless texts than this says nothing about one in a hundred. */
const leastHarmless = 50

/** The threshold at which every source with enough harmless texts has at most one false alarm in a hundred. */
export function strictThreshold(all: readonly Scored[]): number {
  return all
    .filter(({ harmless }) => harmless.length >= leastHarmless)
    .reduce((most, { harmless }) => Math.max(most, onePercentThreshold(harmless)), 0)
}

/** Precision and recall from counts; undefined where nothing was there or nothing was found. */
export function precisionAndRecall(counts: { found: number; wrong: number; missed: number }): {
  precision: number | undefined
  recall: number | undefined
} {
  const { found, wrong, missed } = counts
  return {
    precision: found + wrong === 0 ? undefined : found / (found + wrong),
    recall: found + missed === 0 ? undefined : found / (found + missed),
  }
}
