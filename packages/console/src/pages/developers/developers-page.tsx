import { useOperation } from "../../data/use-operation.ts"
import { Command } from "../../part/command.tsx"
import { Empty } from "../../part/empty.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { organisationPath } from "../../session/issuer-answer.ts"
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
    <Page title={words.title} under={words.under}>
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
      <TheirPage />
      <div className="mt-6 grid gap-3">
        <SayWhoYouAre />
        <ProveDomain />
        <SendDocument />
      </div>
    </Page>
  )
}

/** Where organisations do all of this themselves; absent where none can sign in. */
function TheirPage() {
  const words = useWords(developerWords)
  const issuers = useOperation("organisation.issuers", {}).data?.items ?? []
  if (issuers.length === 0) return null
  return (
    <p className="mt-4 text-soft">
      {words.theirPage} <Command line={`${location.origin}${organisationPath}`} />
    </p>
  )
}
