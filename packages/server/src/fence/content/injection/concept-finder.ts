import { type FoundPhrase, phraseFinder } from "../phrase-finder.ts"
import { type Concept, concepts } from "./concepts.ts"

/** Every concept, in the order in which the model numbers them. */
export const conceptNames: readonly Concept[] = Object.keys(concepts) as Concept[]

/** Finds the concepts of a folded text, by their numbers. */
export const findConcepts: (folded: string, effort: { left: number }) => FoundPhrase<number>[] = phraseFinder(
  Object.values(concepts).flatMap((phrases, number) =>
    phrases
      .split("|")
      .map((phrase) => phrase.trim().replaceAll("¦", "|"))
      .filter((phrase) => phrase !== "")
      .map((phrase) => [number, phrase] as const),
  ),
)
