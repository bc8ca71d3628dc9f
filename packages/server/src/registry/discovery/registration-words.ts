import type { Registration } from "@hufu/core/registration/registration"
import { wordsIn } from "./search-words.ts"

/** Where in a registration something was found. */
export const searchedFields = [
  "title",
  "skill",
  "tag",
  "name",
  "query",
  "developer",
  "skill-description",
  "description",
  "taxonomy",
  "example",
] as const
export type SearchedField = (typeof searchedFields)[number]

/** How much it says that a word stands there: what an agent is called says more than what is told about it. */
const weights: Readonly<Record<SearchedField, number>> = {
  title: 1,
  skill: 0.9,
  tag: 0.8,
  name: 0.8,
  query: 0.8,
  developer: 0.7,
  "skill-description": 0.55,
  description: 0.5,
  taxonomy: 0.4,
  example: 0.35,
}
/** In which a word counts as said of the agent by name. */
const strong = 0.7

export function weightOf(field: SearchedField): number {
  return weights[field]
}

/** The texts of a registration by where they stand. */
export function searchedTexts({
  content,
}: Pick<Registration, "content">): Readonly<Record<SearchedField, string>> {
  const { skills, taxonomy } = content
  const lines = (texts: readonly string[]) => texts.join("\n")
  return {
    title: content.title,
    skill: lines(skills.map(({ name }) => name)),
    tag: lines([...content.tags, ...skills.flatMap(({ tags }) => tags)]),
    name: content.name,
    query: lines(content.queries),
    developer: content.developer.name,
    "skill-description": lines(skills.map(({ description }) => description)),
    description: content.description,
    taxonomy: lines([...taxonomy.skills, ...taxonomy.domains].map(({ name }) => name.replaceAll("_", " "))),
    example: lines(skills.flatMap(({ examples }) => examples)),
  }
}

/** More different words than these of one registration are not found: nobody fills the index with one. */
export const maxWordsEach = 4000

/** The words of a registration, each once; those that are said of it by name stand there a second time, with a low line before. */
export function registrationWords(registration: Pick<Registration, "content">): string[] {
  const all = new Set<string>()
  const texts = searchedTexts(registration)
  for (const field of searchedFields)
    for (const word of wordsIn(texts[field])) {
      if (all.size >= maxWordsEach) return [...all]
      all.add(word)
      if (weights[field] >= strong) all.add(strongWord(word))
    }
  return [...all]
}

export function strongWord(word: string): string {
  return `_${word}`
}
