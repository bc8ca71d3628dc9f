import type { Effort } from "@hufu/core/pattern/effort"
import type { Detector, Finding } from "../detector.ts"
import { type FoldedText, foldText } from "../fold-text.ts"
import type { FoundPhrase } from "../phrase-finder.ts"
import { findConcepts } from "./concept-finder.ts"
import { injectionWeights } from "./injection-weights.ts"
import { type LinearModel, logistic, readModel, weigh } from "./linear-model.ts"
import { featuresOf } from "./text-features.ts"
import { partsOf, type TextPart } from "./text-parts.ts"
import { shareOfWhole, weighWhole, wholeSteps } from "./whole-text.ts"

/**
 * Texts that instruct the agent: to drop what it was told, to play a part without rules, to give away its prompt or a
 * secret, or to act for somebody else. Which words of instructing follow which, in some twenty languages, and the
 * letters of the text are weighed by a linear model. Words that say the same in other ways pass.
 */
export const promptInjection: Detector = {
  name: "prompt-injection",
  version: "1",
  kinds: ["prompt_injection"],
  point: 0.97,
  stepsPerUnit: 60,
  find(text, effort) {
    const folded = foldText(text, effort)
    const found = findConcepts(folded.text, effort)
    const judged = judgeParts(folded, found, effort)
    return merged(judged, folded)
  },
}

interface Judged extends TextPart {
  readonly score: number
}

let model: LinearModel | undefined

function judgeParts(folded: FoldedText, found: readonly FoundPhrase<number>[], effort: Effort): Judged[] {
  model ??= readModel(injectionWeights)
  effort.left -= wholeSteps(folded.text)
  if (effort.left < 0) return []
  const whole = shareOfWhole(weighWhole(folded.text))
  const judged: Judged[] = []
  let first = 0
  for (const part of partsOf(folded.text)) {
    while (first < found.length && (found[first]?.start ?? 0) < part.start) first += 1
    let last = first
    while (last < found.length && (found[last]?.start ?? 0) < part.end) last += 1
    const features = featuresOf(folded.text, part, found.slice(first, last), effort)
    if (effort.left < 0) break
    judged.push({ ...part, score: logistic(weigh(model, features) + whole) })
  }
  return judged
}

const noteworthy = 0.5

/** Neighbouring parts that were noticed are one finding, with the highest score of them; if none was, the likeliest. */
function merged(judged: readonly Judged[], { places }: FoldedText): Finding[] {
  const found: (TextPart & { score: number })[] = []
  const best = judged.reduce<Judged | undefined>(
    (one, other) => (one && one.score >= other.score ? one : other),
    undefined,
  )
  if (best && best.score < noteworthy && best.end > best.start) found.push({ ...best })
  for (const part of judged) {
    if (part.score < noteworthy || part.end === part.start) continue
    const last = found.at(-1)
    if (last && part.start <= last.end)
      found[found.length - 1] = { start: last.start, end: part.end, score: Math.max(last.score, part.score) }
    else found.push({ start: part.start, end: part.end, score: part.score })
  }
  return found.map(({ start, end, score }) => ({
    kind: "prompt_injection",
    start: places[start] ?? 0,
    end: places[end] ?? 0,
    score,
  }))
}
