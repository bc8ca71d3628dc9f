import { useParams } from "@tanstack/react-router"
import { isAbsent, useOperation } from "../../data/use-operation.ts"
import { Empty } from "../../part/empty.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { UntrustedName, visibleName } from "../../part/untrusted-name.tsx"
import { useWords } from "../../words/use-words.ts"
import { RegistryTabs } from "../registry/registry-tabs.tsx"
import { OneRegistration } from "./one-registration.tsx"
import { registrationWords } from "./words.ts"

/** One registration as its owner and its reviewers have it. */
export function RegistrationPage() {
  const words = useWords(registrationWords)
  const { registration: id = "" } = useParams({ strict: false })
  const query = useOperation("registration.show", { registration: id })
  if (isAbsent(query.error))
    return (
      <Page title={words.gone.title}>
        <Empty what={words.gone.what} />
      </Page>
    )
  const content = query.data?.registration.content
  return (
    <Page
      title={content === undefined ? words.one : visibleName(content.title)}
      under={content === undefined ? undefined : <UntrustedName text={content.name} />}
    >
      <RegistryTabs />
      <Loaded query={query} rows={8}>
        {(data) => <OneRegistration of={data} />}
      </Loaded>
    </Page>
  )
}
