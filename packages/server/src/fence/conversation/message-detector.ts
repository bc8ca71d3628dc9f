import { type Effort, spend } from "@hufu/core/pattern/effort"
import { foldPhrase, foldText } from "../content/fold-text.ts"
import { type PhraseFinder, phraseFinder } from "../content/phrase-finder.ts"
import { filledPhrases, type PhraseRole, type Phrases } from "./phrases.ts"

/**
 * Notices things in what is said. Another implementation takes its place by having its shape: what it notices are signals, and rules
 * decide. UNTRUSTED: the text is anybody's; whatever it looks at it spends from `effort`, and it stops when there is none left.
 */
export interface MessageDetector {
  find(text: string, role: PhraseRole, effort: Effort): readonly string[]
}

interface Looked {
  readonly signal: string
  readonly role: PhraseRole
  readonly whole: ReadonlySet<string>
  /** False for what only looks like it. */
  readonly within: PhraseFinder<boolean>
}

/** Longer messages are not one of a few words. */
const longestWhole = 200
const betweenIdeographs = /(?<=[\u3400-\u9fff])[ \n](?=[\u3400-\u9fff])/g
const apostrophes = /[\u2018\u2019\u02bc`\u00b4]/g
const notSaid = /[^\p{L}\p{N}]+/gu

/** Looks for the phrases of packs, in a text that is folded first: letter case, width, accents and what nobody sees make no difference. */
export function phraseDetector(packs: readonly Phrases[]): MessageDetector {
  const looked = packs.flatMap(({ slots, signals }) =>
    Object.entries(signals).map(([signal, { in: role, whole, within, except }]): Looked => ({
      signal,
      role,
      whole: new Set(filledPhrases(whole, slots).map(bare)),
      // The longest that begins at a place is what stands there.
      within: phraseFinder([
        ...filledPhrases(within, slots).map((phrase) => [true, phrase] as const),
        ...filledPhrases(except, slots).map((phrase) => [false, phrase] as const),
      ]),
    })),
  )
  return {
    find(text, role, effort) {
      const about = looked.filter((each) => each.role === role)
      if (about.length === 0) return []
      // A phrase is not hidden by spaces between the characters of a script that has none.
      const folded = foldText(text, effort)
        .text.replaceAll(betweenIdeographs, "")
        .replaceAll(apostrophes, "'")
      const said = folded.length > longestWhole ? undefined : folded.replaceAll(notSaid, "")
      const found = about.filter(
        ({ whole, within }) =>
          (said !== undefined && whole.has(said)) ||
          (spend(effort, 0) && within(folded, effort).some(({ of }) => of)),
      )
      return [...new Set(found.map(({ signal }) => signal))]
    },
  }
}

function bare(phrase: string): string {
  return foldPhrase(phrase).replaceAll(notSaid, "")
}
