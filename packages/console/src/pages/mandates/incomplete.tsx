import { useWords } from "../../words/use-words.ts"
import { mandateWords } from "./words.ts"

/** What a draft lacks, in the words of the form. */
export function Incomplete({ places }: { readonly places: readonly string[] }) {
  const words = useWords(mandateWords)
  const named: Readonly<Record<string, string>> = {
    effects: words.effects,
    tools: words.tools,
    limits: words.limits,
    budget: words.count,
    until: words.ends,
    words: words.wordsLabel,
  }
  const said = places.map((place) => {
    const [part = "", index = "", member = ""] = place.split(".")
    if (part !== "grants") return named[part] ?? place
    return `${words.grantOf(Number(index) + 1)} · ${named[member] ?? place}`
  })
  return `${words.incomplete}${[...new Set(said)].join(words.comma)}`
}
