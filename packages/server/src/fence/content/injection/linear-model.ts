import { conceptFeatures, gramBuckets, type TextFeatures } from "./text-features.ts"

/** A linear model over features that are there or not: a weight each, kept in eight bits. */
export interface LinearModel {
  readonly bias: number
  /** How much the n-grams of a text weigh together, whatever their number. */
  readonly grams: Int8Array
  readonly gramScale: number
  readonly concepts: Int8Array
  readonly conceptScale: number
}

/** A model as its weight file has it. */
export interface WrittenModel {
  readonly bias: number
  readonly gramScale: number
  readonly grams: string
  readonly conceptScale: number
  readonly concepts: string
}

/** Reads a model from base64; throws when it was made for other features. */
export function readModel(written: WrittenModel): LinearModel {
  const grams = fromBase64(written.grams)
  const concepts = fromBase64(written.concepts)
  if (grams.length !== gramBuckets || (concepts.length !== conceptFeatures && concepts.length !== 0))
    throw new Error("the weights were made for other features; run `npm run train:detect` again")
  return { ...written, grams, concepts }
}

function fromBase64(text: string): Int8Array {
  return Int8Array.from(atob(text), (character) => character.charCodeAt(0))
}

/** How strongly the model takes a part of a text for what it was trained on, as log odds. */
export function weigh(model: LinearModel, features: TextFeatures): number {
  let grams = 0
  for (const gram of features.grams) grams += model.grams[gram] ?? 0
  let concepts = 0
  for (const concept of features.concepts) concepts += model.concepts[concept] ?? 0
  const norm = Math.sqrt(Math.max(1, features.grams.length))
  return model.bias + (grams * model.gramScale) / norm + concepts * model.conceptScale
}

/** Log odds as a score between 0 and 1. */
export function logistic(value: number): number {
  return 1 / (1 + Math.exp(-value))
}
