import type { Output } from "@hufu/core/contract/contract"
import { Link, useParams } from "@tanstack/react-router"
import { useOperation } from "../../data/use-operation.ts"
import { Facts } from "../../part/facts.tsx"
import { Id } from "../../part/id.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { RecentActions } from "../../part/recent-actions.tsx"
import { Section } from "../../part/section.tsx"
import { Ago } from "../../part/time.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { useWords } from "../../words/use-words.ts"
import { MandateList } from "../mandates/mandate-list.tsx"
import { AgentControls } from "./agent-controls.tsx"
import { AgentStateBadge } from "./agent-state-badge.tsx"
import { Credentials } from "./credentials.tsx"
import { WhereItIs } from "./where-it-is.tsx"
import { Versions } from "./versions.tsx"
import { agentWords } from "./words.ts"

export type ShownAgent = Output<"agent.show">

/** One agent: what it is, what it may do, what it did, and the ways to stop it. */
export function AgentPage() {
  const words = useWords(agentWords)
  const { agent: id = "" } = useParams({ strict: false })
  const shown = useOperation("agent.show", { agent: id })
  return (
    <Page title={shown.data?.agent.name ?? words.title} under={<Id id={id} whole />}>
      <Loaded query={shown} rows={8}>
        {(data) => <Content of={data} />}
      </Loaded>
    </Page>
  )
}

function Content({ of }: { readonly of: ShownAgent }) {
  const words = useWords(agentWords)
  const { agent, task, mandates } = of
  return (
    <>
      <Facts
        of={[
          [
            words.state,
            <span key="state" className="inline-flex flex-wrap items-center gap-2">
              <AgentStateBadge state={agent.state} /> {words.since} <Ago at={agent.stateChangedAt} />
            </span>,
          ],
          [words.identified, words.by[agent.identifiedBy]],
          [words.version, <Id key="version" id={agent.version} />],
          [
            words.task,
            <span key="task" className="inline-flex flex-wrap items-center gap-2">
              <Id id={task.id} />
              {task.words === "" ? words.standing : <Untrusted text={task.words} prose />}
            </span>,
          ],
          [words.seen, <Ago key="seen" at={agent.createdAt} />],
        ]}
      />
      <AgentControls of={of} />
      <Section
        title={words.mandates}
        beside={
          agent.state === "revoked" ? undefined : (
            <Link to="/mandates/new" search={{ agent: agent.name }} className="button">
              {words.grant}
            </Link>
          )
        }
      >
        {mandates.length === 0 ? (
          <p className="card px-4 py-3 text-soft">{words.noMandates}</p>
        ) : (
          <MandateList label={words.mandates} mandates={mandates} />
        )}
      </Section>
      <WhereItIs agent={agent.id} />
      <Credentials of={of} />
      <Versions of={of} />
      <Actions agent={agent.name} />
    </>
  )
}

function Actions({ agent }: { readonly agent: string }) {
  const words = useWords(agentWords)
  const actions = useOperation("action.list", { agent, limit: 10 })
  return (
    <Section
      title={words.actions}
      beside={
        <Link to="/actions" search={{ q: `agent:${agent}` }} className="link min-h-6">
          {words.allActions}
        </Link>
      }
    >
      <Loaded query={actions}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="card px-4 py-3 text-soft">{words.noActions}</p>
          ) : (
            <RecentActions label={words.actions} actions={items} />
          )
        }
      </Loaded>
    </Section>
  )
}
