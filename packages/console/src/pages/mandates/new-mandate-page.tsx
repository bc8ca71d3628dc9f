import type { MandateDraft } from "@hufu/core/mandate/mandate"
import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { AgentChoice } from "../../part/agent-choice.tsx"
import { Failed } from "../../part/failed.tsx"
import { Id } from "../../part/id.tsx"
import { Page } from "../../part/page.tsx"
import { useAddressText } from "../../part/use-address-text.ts"
import { useWidening } from "../../session/prove.ts"
import { useWords } from "../../words/use-words.ts"
import { checkDraft, emptyDraft } from "./draft.ts"
import { Incomplete } from "./incomplete.tsx"
import { MandateEditor } from "./mandate-editor.tsx"
import { MandatePreview } from "./mandate-preview.tsx"
import { mandateWords } from "./words.ts"

/**
 * Builds a mandate. Its agent and task stand in the address; what it grants does not, so that no link can put words into a
 * person's mouth.
 */
export function NewMandatePage() {
  const words = useWords(mandateWords)
  const [agent, setAgent] = useAddressText("agent")
  const [task] = useAddressText("task")
  const [draft, setDraft] = useState<MandateDraft>(() => emptyDraft(Date.now(), task === "" ? null : task))
  const grant = useWidening("mandate.grant", ["mandate.list", "agent.show", "task.show"])
  const checked = checkDraft(draft)
  return (
    <Page title={words.grant} under={words.newUnder}>
      <AgentChoice label={words.agent} every={words.chooseAgent} agent={agent} choose={setAgent} />
      {draft.task === null ? null : (
        <p className="mb-3">
          {words.forTask} <Id id={draft.task} />
        </p>
      )}
      <div className="grid gap-x-6 lg:grid-cols-2">
        <div className="min-w-0">
          <MandateEditor draft={draft} change={setDraft} />
        </div>
        <div className="min-w-0">
          {agent !== "" && checked.ok ? <MandatePreview agent={agent} draft={checked.draft} /> : null}
          {checked.ok ? null : (
            <p className="mt-4 text-soft">
              <Incomplete places={checked.places} />
            </p>
          )}
          {grant.error ? <Failed error={grant.error} /> : null}
          <div role="status" className="mt-4">
            {grant.data ? (
              <p className="flex flex-wrap items-center gap-2">
                {words.granted}
                <Link to="/mandates/$mandate" params={{ mandate: grant.data.id }} className="link min-h-6">
                  {words.toMandate}
                </Link>
              </p>
            ) : null}
          </div>
          {grant.data ? null : (
            <button
              type="button"
              className="button button-main mt-2"
              disabled={agent === "" || !checked.ok || grant.isPending}
              onClick={() => (checked.ok ? grant.mutate({ agent, mandate: checked.draft }) : undefined)}
            >
              {words.grantGo}
            </button>
          )}
        </div>
      </div>
    </Page>
  )
}
