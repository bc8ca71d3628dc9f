import { Link } from "@tanstack/react-router"
import { Plus } from "lucide-react"
import { useState } from "react"
import { useOperation } from "../../data/use-operation.ts"
import { Empty } from "../../part/empty.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { Section } from "../../part/section.tsx"
import { useWords } from "../../words/use-words.ts"
import { RegistryTabs } from "../registry/registry-tabs.tsx"
import { RegistrationList } from "./registration-list.tsx"
import { registrationWords } from "./words.ts"

const pageLength = 50

/** What one has registered, and what others offer. */
export function RegistrationsPage() {
  const words = useWords(registrationWords)
  return (
    <Page
      title={words.title}
      under={words.under}
      beside={
        <Link to="/registrations/new" className="button button-main">
          <Plus size={16} aria-hidden />
          {words.register}
        </Link>
      }
    >
      <RegistryTabs />
      <Offered />
      <Own after="" isFirst />
    </Page>
  )
}

/** A page of them, and the pages after it once they are asked for. */
function Own({ after, isFirst = false }: { readonly after: string; readonly isFirst?: boolean }) {
  const words = useWords(registrationWords)
  const query = useOperation("registration.list", {
    of: "mine",
    limit: pageLength,
    ...(after === "" ? {} : { after }),
  })
  const [isMore, setMore] = useState(false)
  return (
    <Loaded query={query} rows={isFirst ? 5 : 1}>
      {({ items }) => {
        if (items.length === 0)
          return isFirst ? <Empty title={words.empty.title} what={words.empty.what} /> : null
        const last = items.at(-1)?.id ?? ""
        return (
          <div className="grid gap-2">
            <RegistrationList label={words.title} items={items} />
            {isMore ? <Own after={last} /> : null}
            {items.length === pageLength && !isMore ? (
              <button type="button" className="button justify-self-start" onClick={() => setMore(true)}>
                {words.more}
              </button>
            ) : null}
          </div>
        )
      }}
    </Loaded>
  )
}

function Offered() {
  const words = useWords(registrationWords)
  const items = useOperation("registration.list", { of: "offered", limit: pageLength }).data?.items ?? []
  if (items.length === 0) return null
  return (
    <div className="mb-6">
      <Section title={words.offered}>
        <RegistrationList label={words.offered} items={items} />
        <p className="mt-1 text-sm text-soft">{words.offeredWhat}</p>
      </Section>
    </div>
  )
}
