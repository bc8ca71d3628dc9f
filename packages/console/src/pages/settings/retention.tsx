import { useState } from "react"
import { useOperation } from "../../data/use-operation.ts"
import { Failed } from "../../part/failed.tsx"
import { Loaded } from "../../part/loaded.tsx"
import { Section } from "../../part/section.tsx"
import { useWidening } from "../../session/prove.ts"
import { useWords } from "../../words/use-words.ts"
import { settingsWords } from "./words.ts"

const choices = [0, 7, 30, 90, 365, 1095]

/** How long private content is kept; a shorter time erases, so it takes a proof of the person. */
export function Retention() {
  const words = useWords(settingsWords)
  const kept = useOperation("retention.show", {})
  return (
    <Section title={words.retention}>
      <p className="mb-2 text-soft">{words.retentionWhat}</p>
      <Loaded query={kept}>
        {({ actions, tasks }) => <Choice key={`${actions}/${tasks}`} actions={actions} tasks={tasks} />}
      </Loaded>
    </Section>
  )
}

function Choice(now: { readonly actions: number; readonly tasks: number }) {
  const words = useWords(settingsWords)
  const [actions, chooseActions] = useState(now.actions)
  const [tasks, chooseTasks] = useState(now.tasks)
  const change = useWidening("retention.set", ["retention.show"])
  const isSame = actions === now.actions && tasks === now.tasks
  return (
    <form
      className="card grid gap-3 px-4 py-3"
      onSubmit={(event) => {
        event.preventDefault()
        change.mutate({ actions, tasks })
      }}
    >
      <Days label={words.keepActions} value={actions} choose={chooseActions} />
      <Days label={words.keepTasks} value={tasks} choose={chooseTasks} />
      <div>
        <button type="submit" className="button" disabled={isSame || change.isPending}>
          {words.save}
        </button>
      </div>
      {change.error ? <Failed error={change.error} /> : null}
    </form>
  )
}

function Days({
  label,
  value,
  choose,
}: {
  readonly label: string
  readonly value: number
  readonly choose: (days: number) => void
}) {
  const words = useWords(settingsWords)
  // What was chosen at the command line may be any number.
  const offered = choices.includes(value) ? choices : [...choices, value].toSorted((a, b) => a - b)
  return (
    <label className="flex flex-wrap items-center gap-2">
      <span className="text-soft">{label}</span>
      <select className="field" value={value} onChange={(event) => choose(Number(event.target.value))}>
        {offered.map((days) => (
          <option key={days} value={days}>
            {words.keepDays(days)}
          </option>
        ))}
      </select>
    </label>
  )
}
