import type { Registration } from "@hufu/core/registration/registration"
import { searchedFields, type SearchedField, searchedTexts, weightOf } from "./registration-words.ts"
import { standing } from "./standing-words.ts"

/** Why something was found: which words of the question stand where. */
export interface HitReason {
  readonly field: SearchedField
  readonly words: readonly string[]
}

export interface Ranked {
  readonly registration: Registration
  /** 0 to 100: how well it answers the question. It says nothing of trust. */
  readonly score: number
  readonly reasons: readonly HitReason[]
}

/** Words of a question with how much each tells apart. */
export type WeighedWords = ReadonlyMap<string, number>

/** A registration against a question: each word counts by how rare it is and by the best place where it stands. */
export function rank(registration: Registration, question: WeighedWords): Ranked {
  const texts = searchedTexts(registration)
  const wordsAt = standing(question.keys())
  const best = new Map<string, number>()
  const reasons: HitReason[] = []
  for (const field of searchedFields) {
    if (texts[field] === "") continue
    const found = wordsAt(texts[field])
    if (found.length === 0) continue
    reasons.push({ field, words: found })
    for (const word of found) {
      const before = best.get(word) ?? 0
      // A second place confirms the first a little.
      best.set(word, Math.min(1, Math.max(before, weightOf(field)) + (before > 0 ? 0.05 : 0)))
    }
  }
  return { registration, score: share(best, question), reasons }
}

/** The skill that answers a question best, and how well. */
export function bestSkill(
  registration: Registration,
  question: WeighedWords,
): { id: string; score: number } | undefined {
  let found: { id: string; score: number } | undefined
  const wordsAt = standing(question.keys())
  for (const { id, name, description, tags, examples } of registration.content.skills) {
    const best = new Map<string, number>()
    for (const word of wordsAt(examples.join("\n"))) best.set(word, weightOf("example"))
    for (const word of wordsAt(description)) best.set(word, weightOf("skill-description"))
    for (const word of wordsAt([name, ...tags].join("\n"))) best.set(word, 1)
    const score = share(best, question)
    if (found === undefined || score > found.score) found = { id, score }
  }
  return found
}

function share(best: ReadonlyMap<string, number>, question: WeighedWords): number {
  let [found, all] = [0, 0]
  for (const [word, idf] of question) {
    all += idf
    found += idf * (best.get(word) ?? 0)
  }
  return all === 0 ? 0 : Math.round((1000 * found) / all) / 10
}
