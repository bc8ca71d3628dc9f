import { draftOf, type Mandate } from "@hufu/core/mandate/mandate"
import { isNarrower } from "@hufu/core/mandate/narrow"
import { useMemo, useState } from "react"
import { useChange } from "../../data/use-operation.ts"
import { Failed } from "../../part/failed.tsx"
import { Section } from "../../part/section.tsx"
import { useLanguage } from "../../words/language.ts"
import { shared } from "../../words/shared.ts"
import { useWords } from "../../words/use-words.ts"
import { checkDraft } from "./draft.ts"
import { Incomplete } from "./incomplete.tsx"
import { MandateEditor } from "./mandate-editor.tsx"
import { MandatePreview } from "./mandate-preview.tsx"
import { mandateWords } from "./words.ts"

/** Makes a mandate less. The node checks it exactly; here it is checked by the same code, to say so in time. */
export function NarrowForm({ mandate, close }: { readonly mandate: Mandate; readonly close: () => void }) {
  const words = useWords(mandateWords)
  const common = useWords(shared)
  const lang = useLanguage()
  const [outer] = useState(() => draftOf(mandate))
  const [draft, setDraft] = useState(outer)
  const narrow = useChange("mandate.narrow", ["mandate.explain", "mandate.list", "agent.show", "task.show"])
  const checked = checkDraft(draft)
  const verdict = useMemo(() => {
    const inner = checkDraft(draft)
    return inner.ok ? isNarrower({ ...mandate, ...inner.draft }, mandate) : undefined
  }, [draft, mandate])
  return (
    <Section title={words.narrow}>
      <p className="mb-2 text-soft">{words.narrowWhat}</p>
      <MandateEditor draft={draft} outer={outer} change={setDraft} />
      {checked.ok ? null : (
        <p className="mt-3 text-soft">
          <Incomplete places={checked.places} />
        </p>
      )}
      {verdict && !verdict.ok ? (
        <div role="alert" className="mt-3 text-deny">
          <p>{words.notNarrower}</p>
          <ul className="list-disc pl-5">
            {verdict.differences.slice(0, 10).map((difference) => (
              <li key={difference.en} className="break-words">
                {difference[lang]}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      {checked.ok && verdict?.ok ? <MandatePreview agent={mandate.agent} draft={checked.draft} /> : null}
      {narrow.error ? <Failed error={narrow.error} /> : null}
      <div className="mt-4 flex flex-wrap gap-2">
        <button
          type="button"
          className="button button-main"
          disabled={!checked.ok || !verdict?.ok || narrow.isPending}
          onClick={() =>
            checked.ok
              ? narrow.mutate({ mandate: mandate.id, to: checked.draft }, { onSuccess: () => close() })
              : undefined
          }
        >
          {words.narrowGo}
        </button>
        <button type="button" className="button" onClick={close}>
          {common.cancel}
        </button>
      </div>
    </Section>
  )
}
