import { useOperation } from "../../data/use-operation.ts"
import { Page } from "../../part/page.tsx"
import { useWords } from "../../words/use-words.ts"
import { RegistryTabs } from "../registry/registry-tabs.tsx"
import { ClaimForm } from "./claim-form.tsx"
import { registrationWords } from "./words.ts"

/** Where one registers an agent. */
export function NewRegistrationPage() {
  const words = useWords(registrationWords)
  const agents = (useOperation("agent.list", {}).data?.items ?? []).filter(({ state }) => state !== "revoked")
  return (
    <Page title={words.newTitle} under={words.newUnder}>
      <RegistryTabs />
      <ClaimForm agents={agents} at="/registrations/$registration" />
    </Page>
  )
}
