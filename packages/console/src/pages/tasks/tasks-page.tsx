import type { TaskRecord } from "@hufu/core/contract/records"
import { useOperation } from "../../data/use-operation.ts"
import { AgentChoice } from "../../part/agent-choice.tsx"
import { AgentName } from "../../part/agent-name.tsx"
import { Empty } from "../../part/empty.tsx"
import { Id } from "../../part/id.tsx"
import { List, ListItem } from "../../part/list.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Page } from "../../part/page.tsx"
import { Ago } from "../../part/time.tsx"
import { Untrusted } from "../../part/untrusted.tsx"
import { useAddressText } from "../../part/use-address-text.ts"
import { useWords } from "../../words/use-words.ts"
import { TaskStateBadge } from "./task-state-badge.tsx"
import { taskWords } from "./words.ts"

/** The tasks, newest first. */
export function TasksPage() {
  const words = useWords(taskWords)
  const [agent, setAgent] = useAddressText("agent")
  const tasks = useOperation("task.list", { limit: 200, ...(agent === "" ? {} : { agent }) })
  return (
    <Page title={words.title} under={words.under}>
      <AgentChoice label={words.agent} every={words.everyAgent} agent={agent} choose={setAgent} />
      <Loaded query={tasks} rows={5}>
        {({ items }) =>
          items.length > 0 ? (
            <List label={words.title}>
              {items.map((task) => (
                <TaskItem key={task.id} task={task} />
              ))}
            </List>
          ) : agent === "" ? (
            <Empty title={words.empty.title} what={words.empty.what} />
          ) : (
            <Empty title={words.filtered.title} what={words.filtered.what}>
              <button type="button" className="button" onClick={() => setAgent("")}>
                {words.filtered.clear}
              </button>
            </Empty>
          )
        }
      </Loaded>
    </Page>
  )
}

function TaskItem({ task }: { readonly task: TaskRecord }) {
  const words = useWords(taskWords)
  return (
    <ListItem
      head={
        <>
          <Id id={task.id} />
          <TaskStateBadge state={task.state} />
          <AgentName id={task.agent} />
        </>
      }
      beside={<Ago at={task.startedAt} />}
    >
      {task.words === "" ? (
        <p className="text-sm text-soft">{words.standing}</p>
      ) : (
        <Untrusted text={task.words} prose />
      )}
    </ListItem>
  )
}
