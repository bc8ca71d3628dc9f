import { useMutation } from "@tanstack/react-query"
import { useId, useState } from "react"
import { client } from "../../data/client.ts"
import { Failed } from "../../part/failed.tsx"
import { Section } from "../../part/section.tsx"
import { useWords } from "../../words/use-words.ts"
import { TryRules } from "./try-rules.tsx"
import { settingsWords } from "./words.ts"

/** A draft of rules, checked as the node would check it at its start, and tried on an action. */
export function DraftRules() {
  const words = useWords(settingsWords)
  const field = useId()
  const [text, setText] = useState("")
  const validate = useMutation({ mutationFn: () => client.rules.validate({ text }) })
  return (
    <Section title={words.draft}>
      <div className="card grid gap-3 px-4 py-3">
        <p className="text-soft">{words.draftWhat}</p>
        <label htmlFor={field}>{words.draftLabel}</label>
        <textarea
          id={field}
          dir="ltr"
          className="field min-h-40 font-mono text-sm"
          spellCheck={false}
          maxLength={256 * 1024}
          placeholder={`@id("user/no-friday-sends")\nforbid (principal, action == Hufu::Action::"send", resource)\nwhen { context.time.weekday == 5 };`}
          value={text}
          onChange={(event) => {
            setText(event.target.value)
            validate.reset()
          }}
        />
        <div>
          <button
            type="button"
            className="button"
            disabled={validate.isPending || text.trim() === ""}
            onClick={() => validate.mutate()}
          >
            {words.validate}
          </button>
        </div>
        {validate.error ? <Failed error={validate.error} /> : null}
        <div role="status">
          {validate.data?.ok ? <p className="text-allow">{words.valid}</p> : null}
          {validate.data && !validate.data.ok ? (
            <div className="text-deny">
              <p>{words.invalid}</p>
              <ul className="list-disc pl-5">
                {validate.data.faults.map((fault) => (
                  <li key={fault} lang="en" className="break-words">
                    {fault}
                  </li>
                ))}
              </ul>
            </div>
          ) : null}
        </div>
        <TryRules rules={text.trim() === "" ? undefined : text} />
      </div>
    </Section>
  )
}
