import { bilingual } from "./bilingual.ts"
import { en } from "./en.ts"
import { zh } from "./zh.ts"

/** What every page may say: `useWords(shared)`. */
export const shared = bilingual(en, zh)
