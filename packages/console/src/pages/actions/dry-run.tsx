import type { ActionRecord } from "@hufu/core/contract/records"
import type { JsonObject } from "@hufu/core/json/json-value"
import { makeVisible } from "@hufu/core/profile/visible-text"
import { useMutation } from "@tanstack/react-query"
import { useId, useState } from "react"
import { client } from "../../data/client.ts"
import { EffectBadge, VerdictBadge } from "../../part/badge.tsx"
import { Facts } from "../../part/facts.tsx"
import { Failed } from "../../part/failed.tsx"
import { Id } from "../../part/id.tsx"
import { Section } from "../../part/section.tsx"
import { Sentence } from "../../part/sentences.tsx"
import { readJsonObject, writeJson } from "../../part/plain-json.ts"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { actionWords } from "./words.ts"

/** Says what would happen to the same call now, or to one with other arguments. */
export function DryRun({ action, args }: { readonly action: ActionRecord; readonly args: JsonObject }) {
  const words = useWords(actionWords)
  const lang = useLanguage()
  const field = useId()
  const [typed, setTyped] = useState(() => writeJson(args))
  const [isBad, setBad] = useState(false)
  const explained = useMutation({
    mutationFn: (given: JsonObject) =>
      client.decision.explain({
        agent: action.agent,
        server: action.server,
        tool: action.tool,
        arguments: given,
      }),
  })
  function run(): void {
    const given = readJsonObject(typed)
    setBad(given === undefined)
    if (given) explained.mutate(given)
  }
  return (
    <Section title={words.dryRun}>
      <div className="card grid gap-3 px-4 py-3">
        <p className="text-soft">{words.dryRunWhat}</p>
        <label htmlFor={field} className="text-sm">
          {words.dryRunArguments}
        </label>
        <textarea
          id={field}
          className="field min-h-32 font-mono text-sm"
          dir="ltr"
          spellCheck={false}
          value={typed}
          aria-invalid={isBad}
          aria-describedby={`${field}-bad`}
          onChange={(event) => setTyped(event.target.value)}
        />
        <p id={`${field}-bad`} role="status" className={isBad ? "text-deny" : "sr-only"}>
          {isBad ? words.dryRunBad : ""}
        </p>
        <div>
          <button type="button" className="button" disabled={explained.isPending} onClick={run}>
            {words.dryRunGo}
          </button>
        </div>
        {explained.error ? <Failed error={explained.error} /> : null}
        <div role="status">
          {explained.data ? (
            <Facts
              of={[
                [words.dryRunThen, <VerdictBadge key="then" verdict={action.verdict} />],
                [
                  words.dryRunNow,
                  <span key="now" className="inline-flex flex-wrap gap-2">
                    <VerdictBadge verdict={explained.data.verdict} />
                    <EffectBadge effect={explained.data.effect} />
                  </span>,
                ],
                [
                  words.why,
                  explained.data.reasons.map((reason) => (
                    <span key={reason.rule} className="block">
                      <Sentence text={makeVisible(reason[lang])} />{" "}
                      <code className="font-mono text-sm text-soft">{reason.rule}</code>
                    </span>
                  )),
                ],
                [
                  words.mandate,
                  explained.data.mandate === null ? null : <Id key="mandate" id={explained.data.mandate} />,
                ],
                [words.tool, explained.data.visible ? null : words.dryRunHidden],
              ]}
            />
          ) : null}
        </div>
      </div>
    </Section>
  )
}
