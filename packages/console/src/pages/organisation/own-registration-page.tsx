import { Link, useParams } from "@tanstack/react-router"
import { isAbsent, useOperation } from "../../data/use-operation.ts"
import { Empty } from "../../part/empty.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { UntrustedName, visibleName } from "../../part/untrusted-name.tsx"
import { useWords } from "../../words/use-words.ts"
import { OneRegistration } from "../registrations/one-registration.tsx"
import { registrationWords } from "../registrations/words.ts"
import { AsOrganisation } from "./as-organisation.tsx"
import { organisationWords } from "./words.ts"

/** One registration, as the organisation has it that registered it. */
export function OwnRegistrationPage() {
  return (
    <AsOrganisation>
      <OwnRegistration />
    </AsOrganisation>
  )
}

function OwnRegistration() {
  const words = useWords(registrationWords)
  const { toAll } = useWords(organisationWords)
  const { registration: id = "" } = useParams({ strict: false })
  const query = useOperation("developer.registration", { registration: id })
  const back = (
    <Link to="/organisation" className="button">
      {toAll}
    </Link>
  )
  if (isAbsent(query.error))
    return (
      <Page title={words.gone.title}>
        <Empty what={words.gone.what}>{back}</Empty>
      </Page>
    )
  const content = query.data?.registration.content
  return (
    <Page
      title={content === undefined ? words.one : visibleName(content.title)}
      under={content === undefined ? undefined : <UntrustedName text={content.name} />}
      beside={back}
    >
      <Loaded query={query} rows={8}>
        {(data) => <OneRegistration of={data} />}
      </Loaded>
    </Page>
  )
}
