import type { AgentRecord } from "@hufu/core/contract/records"
import { Link } from "@tanstack/react-router"
import { Plus } from "lucide-react"
import { useOperation } from "../../data/use-operation.ts"
import { Empty } from "../../part/empty.tsx"
import { Id } from "../../part/id.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { Ago } from "../../part/time.tsx"
import { useAddressText } from "../../part/use-address-text.ts"
import { useWords } from "../../words/use-words.ts"
import { AgentStateBadge } from "./agent-state-badge.tsx"
import { NewAgent } from "./new-agent.tsx"
import { agentWords } from "./words.ts"

/** Every agent that this node knows. */
export function AgentsPage() {
  const words = useWords(agentWords)
  const agents = useOperation("agent.list", {})
  const [find, setFind] = useAddressText("q")
  const [isNew, setNew] = useAddressText("new")
  return (
    <Page
      title={words.title}
      under={words.under}
      beside={
        isNew === "" ? (
          <button type="button" className="button" onClick={() => setNew("yes")}>
            <Plus size={16} aria-hidden />
            {words.create}
          </button>
        ) : undefined
      }
    >
      {isNew === "" ? null : <NewAgent close={() => setNew("")} />}
      <Loaded query={agents} rows={5}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={words.empty.title} what={words.empty.what} />
          ) : (
            <>
              <input
                type="search"
                className="field mb-3 sm:max-w-80"
                aria-label={words.find}
                placeholder={words.find}
                value={find}
                onChange={(event) => setFind(event.target.value)}
              />
              <Found agents={items.filter((agent) => fits(agent, find))} clear={() => setFind("")} />
            </>
          )
        }
      </Loaded>
    </Page>
  )
}

function fits({ name, id }: AgentRecord, find: string): boolean {
  const wanted = find.trim().toLowerCase()
  return name.includes(wanted) || id.includes(wanted)
}

function Found({ agents, clear }: { readonly agents: readonly AgentRecord[]; readonly clear: () => void }) {
  const words = useWords(agentWords)
  if (agents.length === 0)
    return (
      <Empty title={words.filtered.title} what={words.filtered.what}>
        <button type="button" className="button" onClick={clear}>
          {words.filtered.clear}
        </button>
      </Empty>
    )
  return (
    <List label={words.title}>
      {agents.map((agent) => (
        <ListItem
          key={agent.id}
          head={
            <>
              <Link to="/agents/$agent" params={{ agent: agent.id }} className="link min-h-6 font-semibold">
                {agent.name}
              </Link>
              <AgentStateBadge state={agent.state} />
              {agent.demo ? <span className="rounded bg-sunk px-1.5 text-sm">{words.demo}</span> : null}
            </>
          }
          beside={
            <>
              {words.by[agent.identifiedBy]}
              <Ago at={agent.createdAt} />
              <Id id={agent.id} />
            </>
          }
        />
      ))}
    </List>
  )
}
