import type { Output } from "@hufu/core/contract/contract"
import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { Failed } from "../../part/failed.tsx"
import { useWidening } from "../../session/prove.ts"
import { useWords } from "../../words/use-words.ts"
import { type Draft, emptyDraft, faultsIn } from "./draft-text.ts"
import { ImportForm } from "./import-form.tsx"
import { registrationReads } from "./registration-controls.tsx"
import { RegistrationForm } from "./registration-form.tsx"
import { registrationWords } from "./words.ts"

/** Writes a draft, which claims a name. */
export function ClaimForm({
  agents,
  at,
}: {
  /** The agents of this node that it may be about; undefined for whoever came from outside, who names none of them. */
  readonly agents?: Output<"agent.list">["items"]
  /** Where its page is then. */
  readonly at: "/registrations/$registration" | "/organisation/$registration"
}) {
  const words = useWords(registrationWords)
  const [draft, change] = useState<Draft>(emptyDraft)
  const [text, setText] = useState<string>()
  const [agent, setAgent] = useState("")
  const claim = useWidening("registration.claim", registrationReads)
  const isReady = faultsIn(draft).length === 0
  const claimed = claim.data?.registration
  if (claimed)
    return (
      <div role="status" className="card p-4">
        <p className="font-semibold text-allow">{words.saved}</p>
        <Link to={at} params={{ registration: claimed.id }} className="link min-h-6">
          {words.toIt}
        </Link>
      </div>
    )
  return (
    <>
      {agents === undefined ? null : (
        <ImportForm
          take={(imported) => {
            setText(undefined)
            change({ ...imported })
          }}
        />
      )}
      <form
        className="mt-4 grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady) claim.mutate({ content: { ...draft }, ...(agent === "" ? {} : { agent }) })
        }}
      >
        <RegistrationForm draft={draft} change={change} isNamed={false} text={text} setText={setText} />
        {agents === undefined ? null : (
          <label className="grid gap-1 sm:max-w-96">
            {words.fields.agent}
            <select className="field" value={agent} onChange={(event) => setAgent(event.target.value)}>
              <option value="">{words.fields.noAgent}</option>
              {agents.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        {claim.error ? <Failed error={claim.error} /> : null}
        <button
          type="submit"
          className="button button-main justify-self-start"
          disabled={!isReady || claim.isPending}
        >
          {words.save}
        </button>
      </form>
    </>
  )
}
