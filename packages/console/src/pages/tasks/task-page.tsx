import type { Output } from "@hufu/core/contract/contract"
import { Link, useParams } from "@tanstack/react-router"
import { useChange, useOperation } from "../../data/use-operation.ts"
import { AgentName } from "../../part/agent-name.tsx"
import { Confirm } from "../../part/confirm.tsx"
import { Facts } from "../../part/facts.tsx"
import { Id } from "../../part/id.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { RecentActions } from "../../part/recent-actions.tsx"
import { Section } from "../../part/section.tsx"
import { Ago } from "../../part/time.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { useWords } from "../../words/use-words.ts"
import { MandateList } from "../mandates/mandate-list.tsx"
import { TaskStateBadge } from "./task-state-badge.tsx"
import { taskWords } from "./words.ts"

type ShownTask = Output<"task.show">

/** One task: its words, what was added, what it may do and what was done for it. */
export function TaskPage() {
  const words = useWords(taskWords)
  const { task: id = "" } = useParams({ strict: false })
  const shown = useOperation("task.show", { task: id })
  return (
    <Page title={words.one} under={<Id id={id} whole />}>
      <Loaded query={shown} rows={6}>
        {(data) => <Content of={data} />}
      </Loaded>
    </Page>
  )
}

function Content({ of: { task, added, mandates, actions } }: { readonly of: ShownTask }) {
  const words = useWords(taskWords)
  return (
    <>
      <div className="card mb-3 px-4 py-3">
        {task.words === "" ? (
          <p className="text-soft">{words.standing}</p>
        ) : (
          <Untrusted text={task.words} prose />
        )}
      </div>
      <Facts
        of={[
          [words.state, <TaskStateBadge key="state" state={task.state} />],
          [words.agent, <AgentName key="agent" id={task.agent} />],
          [words.source, words.sources[task.source]],
          [words.principal, <Id key="principal" id={task.principal} />],
          [words.started, <Ago key="started" at={task.startedAt} />],
          [words.ended, task.endedAt === null ? null : <Ago key="ended" at={task.endedAt} />],
        ]}
      />
      {task.state === "live" ? <End task={task.id} /> : null}
      {added.length === 0 ? null : (
        <Section title={words.added}>
          <List label={words.added}>
            {added.map(({ at, words: said, source, index }) => (
              <ListItem
                key={index}
                head={<span className="text-soft">{words.sources[source]}</span>}
                beside={<Ago at={at} />}
              >
                {said === null ? (
                  <p className="text-soft">{words.addedErased}</p>
                ) : (
                  <Untrusted text={said} prose />
                )}
              </ListItem>
            ))}
          </List>
        </Section>
      )}
      <Section
        title={words.mandates}
        beside={
          task.state === "live" ? (
            <Link to="/mandates/new" search={{ agent: task.agent, task: task.id }} className="button">
              {words.grant}
            </Link>
          ) : undefined
        }
      >
        {mandates.length === 0 ? (
          <p className="card px-4 py-3 text-soft">{words.noMandates}</p>
        ) : (
          <MandateList label={words.mandates} mandates={mandates} />
        )}
      </Section>
      <Section
        title={words.actions}
        beside={
          <Link to="/actions" search={{ q: `task:${task.id}` }} className="link min-h-6">
            {words.allActions}
          </Link>
        }
      >
        {actions.length === 0 ? (
          <p className="card px-4 py-3 text-soft">{words.noActions}</p>
        ) : (
          <RecentActions label={words.actions} actions={actions.slice(0, 20)} />
        )}
      </Section>
    </>
  )
}

function End({ task }: { readonly task: string }) {
  const words = useWords(taskWords)
  const end = useChange("task.end", ["task.show", "task.list", "mandate.list", "hold.list", "node.status"])
  return (
    <div className="mt-3">
      <Confirm
        label={words.end}
        what={words.endWhat}
        doing={{ run: () => end.mutate({ task }), isPending: end.isPending, error: end.error }}
      />
    </div>
  )
}
