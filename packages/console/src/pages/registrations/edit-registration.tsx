import type { ShownRegistration } from "@hufu/core/contract/registration"
import { useState } from "react"
import { Failed } from "../../part/failed.tsx"
import { useWidening } from "../../session/prove.ts"
import { shared } from "../../words/shared.ts"
import { useWords } from "../../words/use-words.ts"
import { type Draft, faultsIn } from "./draft-text.ts"
import { registrationReads } from "./registration-controls.tsx"
import { RegistrationForm } from "./registration-form.tsx"
import { registrationWords } from "./words.ts"

/** Changes a draft, or drafts a change of what is approved. */
export function EditRegistration({
  of: { registration, proposal },
  close,
}: {
  readonly of: ShownRegistration
  readonly close: () => void
}) {
  const words = useWords(registrationWords)
  const { cancel } = useWords(shared)
  // A registration is JSON; what is undefined in it goes.
  const [draft, change] = useState(
    () => JSON.parse(JSON.stringify(proposal?.content ?? registration.content)) as Draft,
  )
  const [text, setText] = useState<string>()
  const save = useWidening("registration.change", registrationReads)
  const isReady = faultsIn(draft).length === 0
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isReady) return
        save.mutate(
          { registration: registration.id, content: { ...draft } },
          { onSuccess: (saved) => (saved === null ? undefined : close()) },
        )
      }}
    >
      <RegistrationForm draft={draft} change={change} isNamed text={text} setText={setText} />
      {save.error ? <Failed error={save.error} /> : null}
      <div className="flex flex-wrap gap-2">
        <button type="submit" className="button button-main" disabled={!isReady || save.isPending}>
          {registration.state === "approved" ? words.saveChange : words.save}
        </button>
        <button type="button" className="button" onClick={close}>
          {cancel}
        </button>
      </div>
    </form>
  )
}
