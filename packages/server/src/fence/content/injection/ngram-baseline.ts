import type { Detector } from "../detector.ts"
import { foldText } from "../fold-text.ts"
import { logistic } from "./linear-model.ts"
import { weighWhole, wholeSteps } from "./whole-text.ts"

/**
 * What the detector of prompt injection is measured against: a linear model over the characters of a whole text, from
 * the training part of the same data. It does not run unless somebody chooses it.
 */
export const ngramBaseline: Detector = {
  name: "ngram-baseline",
  version: "1",
  kinds: ["prompt_injection"],
  point: 0.95,
  stepsPerUnit: 10,
  find(text, effort) {
    const folded = foldText(text, effort).text
    effort.left -= wholeSteps(folded)
    if (effort.left < 0 || folded.length === 0) return []
    return [{ kind: "prompt_injection", start: 0, end: text.length, score: logistic(weighWhole(folded)) }]
  },
}
