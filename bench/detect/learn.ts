import { type LinearModel, weigh as weighPart } from "@hufu/server/fence/content/injection/linear-model"
import { type Example, fit, type FitOptions } from "./fit.ts"
import type { Prepared } from "./prepare.ts"

/** Chosen by folds within the training part. */
export const detectorOptions: FitOptions = {
  epochs: 12,
  rate: 0.2,
  gramDecay: 1e-3,
  conceptDecay: 1e-3,
  gramScale: 6,
  conceptScale: 0.7,
}
/** The best of those that were tried for it, by the same folds. */
export const baselineOptions: FitOptions = { ...detectorOptions, conceptDecay: 0, conceptScale: 1 }

/** How much of a long attack is taken for one: its other parts may be harmless. */
const attackShare = 0.34
const rounds = 2

/** Learns from parts, and twice more from those parts of each attack that looked most like one. */
export function learnDetector(
  texts: readonly Prepared[],
  options: FitOptions = detectorOptions,
): LinearModel {
  const weigh = weights(texts)
  const examples = (pick: (text: Prepared) => Prepared["parts"]) =>
    texts.flatMap((text) => {
      const parts = pick(text)
      const weight = weigh(text) / Math.sqrt(parts.length)
      return parts.map((part): Example => ({ ...part, label: text.label, weight }))
    })
  let model = fit(
    examples(({ parts }) => parts),
    options,
  )
  for (let round = 0; round < rounds; round++) {
    const last = model
    model = fit(
      examples((text) => likeliest(text, last)),
      options,
    )
  }
  return model
}

function likeliest({ parts, label }: Prepared, model: LinearModel): Prepared["parts"] {
  if (label === 0 || parts.length === 1) return parts
  const sorted = parts.toSorted((a, b) => weighPart(model, b) - weighPart(model, a))
  return sorted.slice(0, Math.max(1, Math.ceil(parts.length * attackShare)))
}

/** The baseline: n-grams of whole texts and nothing else. */
export function learnBaseline(texts: readonly Prepared[]): LinearModel {
  const weigh = weights(texts)
  return fit(
    texts.map((text) => ({ ...text.whole, label: text.label, weight: weigh(text) })),
    baselineOptions,
  )
}

const evenSize = 150
const mostWeight = 3
/** What was put into results by us helps with results that were never seen, and costs elsewhere. */
const embeddedWeight = 0.2

/** A large source counts more than a small one, but not as much more as it is larger. */
function weights(texts: readonly Prepared[]): (text: Prepared) => number {
  const counts = new Map<string, number>()
  const name = ({ source, label }: Prepared) => `${source} ${label}`
  for (const text of texts) counts.set(name(text), (counts.get(name(text)) ?? 0) + 1)
  return (text) => {
    const weight = Math.min(mostWeight, Math.sqrt(evenSize / (counts.get(name(text)) ?? 1)))
    return text.source.startsWith("embedded") ? weight * embeddedWeight : weight
  }
}
