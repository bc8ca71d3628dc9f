import { LogOut } from "lucide-react"
import { type ReactNode, useState } from "react"
import { Failed } from "../../part/failed.tsx"
import { Page } from "../../part/page.tsx"
import { ActingAs } from "../../session/acting-as.ts"
import { signOut, useOrganisation } from "../../session/organisation.ts"
import { sayClock } from "../../words/format.ts"
import { useLanguage } from "../../words/language.ts"
import { useWords } from "../../words/use-words.ts"
import { OrganisationSignIn } from "./organisation-sign-in.tsx"
import { organisationWords } from "./words.ts"

/** What an organisation sees of its own, once it has signed in; until then, how it does. */
export function AsOrganisation({ children }: { readonly children: ReactNode }) {
  const words = useWords(organisationWords)
  const lang = useLanguage()
  const organisation = useOrganisation()
  const [error, setError] = useState<unknown>()
  if (organisation.state === "finishing")
    return (
      <Page title={words.finishing}>
        <span aria-busy="true" />
      </Page>
    )
  if (organisation.state === "out") return <OrganisationSignIn of={organisation} />
  return (
    <ActingAs value={organisation.acting}>
      <div className="mx-auto flex w-full max-w-6xl flex-wrap items-center justify-end gap-x-3 gap-y-1 px-4 pt-3 sm:px-6">
        <span className="text-sm text-soft">{words.until(sayClock(organisation.until, lang))}</span>
        <button type="button" className="button" onClick={() => void signOut().catch(setError)}>
          <LogOut size={16} aria-hidden />
          {words.signOut}
        </button>
        {error === undefined ? null : <Failed error={error} />}
      </div>
      {children}
    </ActingAs>
  )
}
