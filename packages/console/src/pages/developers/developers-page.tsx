import { useOperation } from "../../data/use-operation.ts"
import { Empty } from "../../part/empty.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { OrganisationLink } from "../../session/organisation-link.tsx"
import { useWords } from "../../words/use-words.ts"
import { RegistryTabs } from "../registry/registry-tabs.tsx"
import { Developer } from "./developer.tsx"
import { ProveDomain } from "./prove-domain.tsx"
import { SayWhoYouAre } from "./say-who-you-are.tsx"
import { SendDocument } from "./send-document.tsx"
import { developerWords } from "./words.ts"

/** Who answers for registrations, what of it was verified, and how one proves who one is. */
export function DevelopersPage() {
  const words = useWords(developerWords)
  const query = useOperation("developer.list", {})
  return (
    <Page title={words.title} under={words.under} beside={<OrganisationLink />}>
      <RegistryTabs />
      <Loaded query={query} rows={4}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={words.empty.title} what={words.empty.what} />
          ) : (
            <ul aria-label={words.title} className="grid gap-4">
              {items.map((developer) => (
                <li key={developer.id}>
                  <Developer of={developer} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <div className="mt-6 grid gap-3">
        <SayWhoYouAre />
        <ProveDomain />
        <SendDocument />
      </div>
    </Page>
  )
}
