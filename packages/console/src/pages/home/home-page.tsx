import { useOperation } from "../../data/use-operation.ts"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { shared } from "../../words/shared.ts"
import { useWords } from "../../words/use-words.ts"
import { FirstSteps } from "./first-steps.tsx"
import { NeedsYou } from "./needs-you.tsx"
import { RecentActions } from "./recent-actions.tsx"
import { words as homeWords } from "./words.ts"

/** What needs the person now, the first steps, and what happened last. */
export function HomePage() {
  const { nav } = useWords(shared)
  const words = useWords(homeWords)
  const status = useOperation("node.status", {})
  return (
    <Page
      title={nav.home}
      under={
        status.data ? words.facts(status.data.agents, status.data.servers, status.data.entries) : undefined
      }
    >
      <Loaded query={status} rows={6}>
        {(node) => (
          <div className="grid items-start gap-6 lg:grid-cols-[1fr_22rem]">
            <div className="grid min-w-0 gap-6">
              <NeedsYou node={node} />
              <RecentActions />
            </div>
            <FirstSteps node={node} />
          </div>
        )}
      </Loaded>
    </Page>
  )
}
