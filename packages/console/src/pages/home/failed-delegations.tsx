import { Link } from "@tanstack/react-router"
import { Unplug } from "lucide-react"
import { useOperation } from "../../data/use-operation.ts"
import { FailureTitle } from "../../part/failure-title.tsx"
import { Ago } from "../../part/time.tsx"
import { visibleName } from "../../part/untrusted-name.tsx"
import { useWords } from "../../words/use-words.ts"
import { words as homeWords } from "./words.ts"

const shownAtMost = 5
const dayMs = 86_400_000

/** What agents asked of others within a day and did not get: because the partner was lost, lied, said too much, or failed. */
export function FailedDelegations() {
  const words = useWords(homeWords).failed
  const { data } = useOperation("delegation.list", { state: "failed", limit: 50 })
  const items =
    data?.items.filter(({ changedAt }) => changedAt > Date.now() - dayMs).slice(0, shownAtMost) ?? []
  if (items.length === 0) return null
  return (
    <div className="card p-4">
      <p className="flex items-center gap-2 font-semibold text-deny">
        <Unplug size={18} aria-hidden />
        {words.title}
      </p>
      <p className="mt-1 text-soft">{words.what}</p>
      <ul className="mt-2 grid gap-1">
        {items.map(({ id, agentName, server, ended, changedAt }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <Link to="/delegations/$delegation" params={{ delegation: id }} className="link min-h-6">
              {words.asked(visibleName(agentName), visibleName(server))}
            </Link>
            <span>{ended === null ? words.partner : <FailureTitle code={ended} />}</span>
            <span className="ml-auto text-sm text-soft">
              <Ago at={changedAt} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
