import type { TextFeatures } from "@hufu/server/fence/content/injection/text-features"
import { conceptFeatures, gramBuckets } from "@hufu/server/fence/content/injection/text-features"
import type { LinearModel } from "@hufu/server/fence/content/injection/linear-model"

/** One part of a text to learn from. */
export interface Example extends TextFeatures {
  readonly label: 0 | 1
  readonly weight: number
}

export interface FitOptions {
  readonly epochs: number
  readonly rate: number
  /** How strongly weights are drawn to zero: n-grams fit one corpus, concepts say what is general. */
  readonly gramDecay: number
  readonly conceptDecay: number
  readonly gramScale: number
  readonly conceptScale: number
}

/** Weights before they are rounded. */
interface Weights {
  readonly bias: number
  readonly grams: Float64Array
  readonly concepts: Float64Array
}

const seeds = [20261129, 45438, 9421]

/**
 * Logistic regression by Adagrad, the mean of three orders of the examples, which are always the same: the same texts
 * give the same weights. Every weight is rounded to eight bits at the end.
 */
export function fit(examples: readonly Example[], options: FitOptions): LinearModel {
  const all = seeds.map((seed) => fitOnce(examples, options, seed))
  const mean = (of: (one: Weights) => number) => all.reduce((sum, one) => sum + of(one), 0) / all.length
  const grams = Float64Array.from({ length: gramBuckets }, (_, i) => mean((one) => one.grams[i] ?? 0))
  const concepts = Float64Array.from({ length: conceptFeatures }, (_, i) =>
    mean((one) => one.concepts[i] ?? 0),
  )
  const [roundGrams, gramScale] = rounded(grams, options.gramScale)
  const [roundConcepts, conceptScale] = rounded(concepts, options.conceptScale)
  return {
    bias: mean(({ bias }) => bias),
    grams: roundGrams,
    gramScale,
    concepts: roundConcepts,
    conceptScale,
  }
}

function fitOnce(examples: readonly Example[], options: FitOptions, seed: number): Weights {
  const grams = new Float64Array(gramBuckets)
  const concepts = new Float64Array(conceptFeatures)
  const gramSums = new Float64Array(gramBuckets).fill(0.01)
  const conceptSums = new Float64Array(conceptFeatures).fill(0.01)
  let bias = 0
  let biasSum = 0.01
  const random = generator(seed)
  const order = examples.map((_, i) => i)
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    shuffle(order, random)
    for (const index of order) {
      const example = examples[index]
      if (!example) continue
      const gram = options.gramScale / Math.sqrt(Math.max(1, example.grams.length))
      const concept = options.conceptScale
      let value = bias
      for (const feature of example.grams) value += (grams[feature] ?? 0) * gram
      for (const feature of example.concepts) value += (concepts[feature] ?? 0) * concept
      const gradient = (1 / (1 + Math.exp(-value)) - example.label) * example.weight
      biasSum += gradient * gradient
      bias -= (options.rate / Math.sqrt(biasSum)) * gradient
      step(grams, gramSums, example.grams, gradient * gram, options.gramDecay * example.weight, options.rate)
      step(
        concepts,
        conceptSums,
        example.concepts,
        gradient * concept,
        options.conceptDecay * example.weight,
        options.rate,
      )
    }
  }
  return { bias, grams, concepts }
}

function shuffle(order: number[], random: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const kept = order[i] ?? 0
    order[i] = order[j] ?? 0
    order[j] = kept
  }
}

function step(
  weights: Float64Array,
  sums: Float64Array,
  features: readonly number[],
  gradient: number,
  decay: number,
  rate: number,
): void {
  for (const feature of features) {
    const slope = gradient + decay * (weights[feature] ?? 0)
    const sum = (sums[feature] ?? 0) + slope * slope
    sums[feature] = sum
    weights[feature] = (weights[feature] ?? 0) - (rate / Math.sqrt(sum)) * slope
  }
}

function rounded(weights: Float64Array, scale: number): [Int8Array, number] {
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0)
  const unit = largest === 0 ? 1 : largest / 127
  return [Int8Array.from(weights, (weight) => Math.round(weight / unit)), unit * scale]
}

/** A small generator of numbers, so that no run differs from another. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
