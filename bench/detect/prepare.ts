import { foldText } from "@hufu/server/fence/content/fold-text"
import { findConcepts } from "@hufu/server/fence/content/injection/concept-finder"
import { featuresOf, grams, type TextFeatures } from "@hufu/server/fence/content/injection/text-features"
import { partsOf } from "@hufu/server/fence/content/injection/text-parts"
import { wholeSizes } from "@hufu/server/fence/content/injection/whole-text"
import type { LabelledText, Source } from "./source.ts"

/** A text with the features of its parts and, for the baseline, of the whole. */
export interface Prepared extends LabelledText {
  readonly source: string
  readonly parts: readonly TextFeatures[]
  readonly whole: TextFeatures
}

const unbounded = { left: Infinity }

/** Computes the features of every text of the sources once. */
export function prepare(sources: readonly Source[]): Prepared[] {
  return sources.flatMap(({ name, texts }) => texts.map((text) => prepareText(name, text)))
}

function prepareText(source: string, labelled: LabelledText): Prepared {
  const folded = foldText(labelled.text, unbounded).text
  const found = findConcepts(folded, unbounded)
  return {
    ...labelled,
    source,
    parts: partsOf(folded).map((part) => featuresOf(folded, part, found, unbounded)),
    whole: { grams: grams(folded, 0, folded.length, wholeSizes), concepts: [] },
  }
}
