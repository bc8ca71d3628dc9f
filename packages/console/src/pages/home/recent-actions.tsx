import { useOperation } from "../../data/use-operation.ts"
import { OutcomeBadge, VerdictBadge } from "../../part/badge.tsx"
import { Id } from "../../part/id.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Ago } from "../../part/time.tsx"
import { UntrustedName } from "../../part/untrusted-name.tsx"
import { useWords } from "../../words/use-words.ts"
import { words as homeWords } from "./words.ts"

/** What agents did last. */
export function RecentActions() {
  const words = useWords(homeWords).recent
  const query = useOperation("action.list", { limit: 8 })
  return (
    <section className="grid gap-3" aria-labelledby="recent">
      <h2 id="recent">{words.title}</h2>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="text-soft">{words.none}</p>
          ) : (
            <ul className="card divide-y divide-line">
              {items.map((action) => (
                <li key={action.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
                  <VerdictBadge verdict={action.verdict} />
                  <UntrustedName text={`${action.server}/${action.tool}`} />
                  <span className="text-soft">{action.agentName}</span>
                  <span className="flex flex-wrap items-center gap-2 text-sm text-soft max-sm:w-full sm:ml-auto">
                    {action.outcome === null ? null : <OutcomeBadge outcome={action.outcome} />}
                    <Ago at={action.at} />
                    <Id id={action.id} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  )
}
