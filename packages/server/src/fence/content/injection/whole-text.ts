import { type LinearModel, readModel, weigh } from "./linear-model.ts"
import { ngramWeights } from "./ngram-weights.ts"
import { grams } from "./text-features.ts"

/** The n-grams of a whole text: three to five units. */
export const wholeSizes: { readonly shortest: number; readonly longest: number } = { shortest: 3, longest: 5 }

let model: LinearModel | undefined

/** What the characters of a whole folded text say, as log odds. */
export function weighWhole(folded: string): number {
  model ??= readModel(ngramWeights)
  return weigh(model, { grams: grams(folded, 0, folded.length, wholeSizes), concepts: [] })
}

/** How many steps that takes. */
export function wholeSteps(folded: string): number {
  return folded.length * wholeSizes.longest
}

const wholeShare = 0.4
const leastWhole = -3

/** How much the whole text counts beside a part; however harmless it looks, it outweighs no part that does not. */
export function shareOfWhole(logOdds: number): number {
  return wholeShare * Math.max(leastWhole, logOdds)
}
