import type { Language } from "@hufu/core/words"

/** The same keys, with sentences where there are sentences and functions of the same parameters where there are functions. */
type SameShape<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...given: infer Given) => string
      ? (...given: Given) => string
      : SameShape<T[K]>
}

export type Bilingual<T> = Readonly<Record<Language, SameShape<T>>>

/** What a page says in both languages; a sentence that one of them lacks does not compile. */
export function bilingual<const T extends object>(en: T, zh: SameShape<T>): Bilingual<T> {
  // English is the shape itself.
  return { en: en as unknown as SameShape<T>, zh }
}
