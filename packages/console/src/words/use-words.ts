import type { Bilingual } from "./bilingual.ts"
import { useLanguage } from "./language.ts"

/** What a page says, in the language of the moment. */
export function useWords<T>(words: Bilingual<T>): Bilingual<T>["en"] {
  return words[useLanguage()]
}
