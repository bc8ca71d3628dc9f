import { type Effort, spend } from "@hufu/core/pattern/effort"
import type { Detector, Finding } from "../detector.ts"
import { type FindingKind, findingKinds } from "../finding-kinds.ts"
import { type FoldedText, foldText } from "../fold-text.ts"
import { type FoundPhrase, phraseFinder } from "../phrase-finder.ts"
import { preventingTerms, riskTerms, seekingTerms } from "./risk-terms.ts"

type Sense = FindingKind | "seeking" | "preventing"

const phrases = (terms: string) => terms.split("|").filter((term) => term !== "")

const find = phraseFinder<Sense>([
  ...riskTerms.flatMap(([kind, terms]) => phrases(terms).map((term) => [kind, term] as const)),
  ...phrases(seekingTerms).map((term) => ["seeking", term] as const),
  ...phrases(preventingTerms).map((term) => ["preventing", term] as const),
])

/**
 * The policy's content risks, by category: a term of a category, and whether somebody asks for it or spreads it, or
 * rather prevents it. It is a list of words and says nothing about what is meant by other words.
 */
export const contentRisks: Detector = {
  name: "content-risks",
  version: "1",
  kinds: (Object.keys(findingKinds) as FindingKind[]).filter((kind) => findingKinds[kind].group === "risk"),
  point: 0.7,
  stepsPerUnit: 60,
  find(text, effort) {
    const folded = foldText(text, effort)
    return risksIn(find(folded.text, effort), folded, effort)
  },
}

/** How many units around a term are looked at for what is done with it. */
const reach = 60
const mostAround = 8

function risksIn(found: readonly FoundPhrase<Sense>[], { places }: FoldedText, effort: Effort): Finding[] {
  return found.flatMap(({ of, start, end }, i): Finding[] => {
    if (of === "seeking" || of === "preventing") return []
    if (!spend(effort, 2 * mostAround)) return []
    const around = found
      .slice(Math.max(0, i - mostAround), i + mostAround + 1)
      .filter((other) => other.end > start - reach && other.start < end + reach)
    const isSought = around.some((other) => other.of === "seeking")
    const isPrevented = around.some((other) => other.of === "preventing")
    const score = isSought ? (isPrevented ? 0.5 : 0.85) : isPrevented ? 0.2 : 0.5
    return [{ kind: of, start: places[start] ?? 0, end: places[end] ?? 0, score }]
  })
}
