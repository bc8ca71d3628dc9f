import type { Output } from "@hufu/core/contract/contract"
import type { MandateDraft } from "@hufu/core/mandate/mandate"
import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { CircleCheck, CircleX, Hand } from "lucide-react"
import { useDeferredValue } from "react"
import { client } from "../../data/client.ts"
import { Badge } from "../../part/badge.tsx"
import { Failed } from "../../part/failed.tsx"
import { Section } from "../../part/section.tsx"
import { Sentences } from "../../part/sentences.tsx"
import { ActionRow } from "../actions/action-row.tsx"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { mandateWords } from "./words.ts"

const shownAtMost = 20
const looks = { allow: ["allow", CircleCheck], ask: ["ask", Hand], deny: ["deny", CircleX] } as const

/** What a draft says, sentence by sentence, and what it would have said of what the agent did. */
export function MandatePreview({ agent, draft }: { readonly agent: string; readonly draft: MandateDraft }) {
  const words = useWords(mandateWords)
  const lang = useLanguage()
  const mandate = useDeferredValue(draft)
  const preview = useQuery({
    queryKey: ["mandate.preview", { agent, mandate }],
    queryFn: () => client.mandate.preview({ agent, mandate, limit: 200 }),
    placeholderData: keepPreviousData,
    gcTime: 10_000,
  })
  return (
    <div aria-live="polite">
      {preview.error ? <Failed error={preview.error} /> : null}
      {preview.data ? (
        <>
          <Section title={words.preview}>
            <Sentences of={preview.data[lang]} />
          </Section>
          <Covered of={preview.data} />
        </>
      ) : null}
    </div>
  )
}

function Covered({ of: { items, erased } }: { readonly of: Output<"mandate.preview"> }) {
  const words = useWords(mandateWords)
  const count = (verdict: string) => items.filter(({ would }) => would === verdict).length
  return (
    <Section title={words.covered}>
      {items.length === 0 ? (
        <p className="card px-4 py-3 text-soft">{words.noPast}</p>
      ) : (
        <>
          <p>{words.coveredCounts(count("allow"), count("ask"), count("deny"))}</p>
          <p className="mb-2 text-sm text-soft">{words.coveredHelp}</p>
          <ul aria-label={words.covered} className="card @container divide-y divide-line">
            {items.slice(0, shownAtMost).map(({ action, would }) => (
              <li key={action.id}>
                <div className="px-3 pt-2">
                  <Badge tone={looks[would][0]} icon={looks[would][1]} word={words.would[would]} />
                </div>
                <ActionRow action={action} />
              </li>
            ))}
          </ul>
        </>
      )}
      {erased > 0 ? <p className="mt-1 text-sm text-soft">{words.erased(erased)}</p> : null}
    </Section>
  )
}
