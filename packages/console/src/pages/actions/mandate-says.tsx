import { isAbsent, useOperation } from "../../data/use-operation.ts"
import { Loaded } from "../../part/loaded.tsx"
import { Section } from "../../part/section.tsx"
import { Sentences } from "../../part/sentences.tsx"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { actionWords } from "./words.ts"

/** What the mandate behind an action allows now, if it still stands. */
export function MandateSays({ mandate }: { readonly mandate: string }) {
  const words = useWords(actionWords)
  const lang = useLanguage()
  const explained = useOperation("mandate.explain", { mandate })
  return (
    <Section title={words.mandateSays}>
      {isAbsent(explained.error) ? (
        <p className="card px-4 py-3 text-soft">{words.mandateGone}</p>
      ) : (
        <Loaded query={explained}>{(data) => <Sentences of={data[lang]} />}</Loaded>
      )}
    </Section>
  )
}
