import type { AgentRecord } from "@hufu/core/contract/records"
import { Link } from "@tanstack/react-router"
import { useState } from "react"
import { useOperation } from "../../data/use-operation.ts"
import { Loaded } from "../../part/loaded.tsx"
import { Section } from "../../part/section.tsx"
import { useWords } from "../../words/use-words.ts"
import { AgentStateBadge } from "../agents/agent-state-badge.tsx"
import { CredentialList } from "../agents/credential-list.tsx"
import { settingsWords } from "./words.ts"

/** What agents show to be let in, by agent; each can be revoked. */
export function Credentials() {
  const words = useWords(settingsWords)
  const agents = useOperation("agent.list", {})
  return (
    <Section title={words.credentials}>
      <p className="mb-2 text-soft">{words.credentialsWhat}</p>
      <Loaded query={agents}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="card px-4 py-3 text-soft">{words.noAgents}</p>
          ) : (
            <ul aria-label={words.credentials} className="card divide-y divide-line">
              {items.map((agent) => (
                <OfAgent key={agent.id} agent={agent} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </Section>
  )
}

function OfAgent({ agent }: { readonly agent: AgentRecord }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <li className="px-4 py-2">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className="min-h-8 cursor-pointer">
          <span className="ml-1 inline-flex flex-wrap items-center gap-x-3 align-middle">
            <bdi className="font-semibold break-words">{agent.name}</bdi>
            <AgentStateBadge state={agent.state} />
          </span>
        </summary>
        {isOpen ? <Opened agent={agent} /> : null}
      </details>
    </li>
  )
}

/** There may be hundreds of agents; what one has is asked for when somebody wants to see it. */
function Opened({ agent }: { readonly agent: AgentRecord }) {
  const words = useWords(settingsWords)
  const shown = useOperation("agent.show", { agent: agent.id })
  return (
    <div className="grid gap-2 pt-1 pb-2">
      <Loaded query={shown}>
        {({ credentials }) => (
          <CredentialList label={words.credentialsOf(agent.name)} credentials={credentials} />
        )}
      </Loaded>
      <Link to="/agents/$agent" params={{ agent: agent.id }} className="link min-h-6 justify-self-start">
        {words.toAgent}
      </Link>
    </div>
  )
}
