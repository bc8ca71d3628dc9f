import { useParams } from "@tanstack/react-router"
import { isAbsent, useOperation } from "../../data/use-operation.ts"
import { Empty } from "../../part/empty.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { useWords } from "../../words/use-words.ts"
import { ConsentCard } from "./consent-card.tsx"
import { consentWords } from "./words.ts"

/** Where an OAuth client sends the person: who asks, for what, and as which agent. */
export function ConsentPage() {
  const words = useWords(consentWords)
  const { consent: id } = useParams({ from: "/consent/$consent" })
  const query = useOperation("consent.show", { consent: id })
  if (isAbsent(query.error))
    return (
      <Page title={words.absent.title}>
        <Empty what={words.absent.what} />
      </Page>
    )
  return (
    <Page title={words.title} under={words.under}>
      <Loaded query={query} rows={8}>
        {(asked) => <ConsentCard key={asked.id} asked={asked} />}
      </Loaded>
    </Page>
  )
}
