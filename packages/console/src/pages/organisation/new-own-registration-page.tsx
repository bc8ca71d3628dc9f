import { Link } from "@tanstack/react-router"
import { Page } from "../../part/page.tsx"
import { useWords } from "../../words/use-words.ts"
import { ClaimForm } from "../registrations/claim-form.tsx"
import { registrationWords } from "../registrations/words.ts"
import { AsOrganisation } from "./as-organisation.tsx"
import { organisationWords } from "./words.ts"

/** Where an organisation registers an agent of its own. */
export function NewOwnRegistrationPage() {
  return (
    <AsOrganisation>
      <New />
    </AsOrganisation>
  )
}

function New() {
  const words = useWords(registrationWords)
  const { toAll } = useWords(organisationWords)
  return (
    <Page
      title={words.newTitle}
      under={words.newUnder}
      beside={
        <Link to="/organisation" className="button">
          {toAll}
        </Link>
      }
    >
      <ClaimForm at="/organisation/$registration" />
    </Page>
  )
}
