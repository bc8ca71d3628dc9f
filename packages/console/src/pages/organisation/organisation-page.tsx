import { Link } from "@tanstack/react-router"
import { Plus } from "lucide-react"
import { useOperation } from "../../data/use-operation.ts"
import { Empty } from "../../part/empty.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { Section } from "../../part/section.tsx"
import { useWords } from "../../words/use-words.ts"
import { Developer } from "../developers/developer.tsx"
import { ProveDomain } from "../developers/prove-domain.tsx"
import { SayWhoYouAre } from "../developers/say-who-you-are.tsx"
import { SendDocument } from "../developers/send-document.tsx"
import { RegistrationList } from "../registrations/registration-list.tsx"
import { AsOrganisation } from "./as-organisation.tsx"
import { organisationWords } from "./words.ts"

/** No more are told at once. */
const mostTold = 100

/** Where an organisation signs in, proves who it is, and sees what it has registered. */
export function OrganisationPage() {
  return (
    <AsOrganisation>
      <Own />
    </AsOrganisation>
  )
}

function Own() {
  const words = useWords(organisationWords)
  const query = useOperation("developer.me", {})
  return (
    <Page title={words.title} under={words.under}>
      <Loaded query={query} rows={8}>
        {({ developer, registrations }) => (
          <>
            <div className="grid gap-3">
              {developer === null ? null : <Developer of={developer} isOwn />}
              <SayWhoYouAre {...(developer === null ? {} : { now: developer })} />
              <ProveDomain />
              <SendDocument />
            </div>
            <Section
              title={words.registrations}
              beside={
                <Link to="/organisation/new" className="button button-main">
                  <Plus size={16} aria-hidden />
                  {words.register}
                </Link>
              }
            >
              {registrations.length === 0 ? (
                <Empty title={words.none.title} what={words.none.what} />
              ) : (
                <RegistrationList
                  label={words.registrations}
                  items={registrations}
                  at="/organisation/$registration"
                />
              )}
              {registrations.length < mostTold ? null : (
                <p className="mt-1 text-sm text-soft">{words.first}</p>
              )}
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  )
}
