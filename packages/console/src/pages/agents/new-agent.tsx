import { Name } from "@hufu/core/id"
import { Link } from "@tanstack/react-router"
import { type FormEvent, useState } from "react"
import { AgentNameField } from "../../part/agent-name-field.tsx"
import { Failed } from "../../part/failed.tsx"
import { useWidening } from "../../session/prove.ts"
import { shared } from "../../words/shared.ts"
import { useWords } from "../../words/use-words.ts"
import { ShownOnce } from "./shown-once.tsx"
import { agentWords } from "./words.ts"

/** Creates an agent, and shows its credential once. */
export function NewAgent({ close }: { readonly close: () => void }) {
  const words = useWords(agentWords)
  const common = useWords(shared)
  const [name, setName] = useState("")
  const create = useWidening("agent.create", ["agent.list", "node.status"])
  const isBad = name !== "" && !Name.safeParse(name).success
  function submit(event: FormEvent): void {
    event.preventDefault()
    if (!isBad && name !== "") create.mutate({ name })
  }
  if (create.data?.credential)
    return (
      <div className="mb-4">
        <ShownOnce title={words.created(create.data.agent.name)} secret={create.data.credential}>
          <Link to="/agents/$agent" params={{ agent: create.data.agent.id }} className="button">
            {words.open}
          </Link>
        </ShownOnce>
      </div>
    )
  return (
    <form onSubmit={submit} className="card mb-4 grid gap-2 px-4 py-3">
      <AgentNameField
        name={name}
        rename={setName}
        isBad={isBad}
        words={{ label: words.createName, bad: words.nameBad, help: words.createNameHelp }}
        isFirst
      />
      {create.error ? <Failed error={create.error} /> : null}
      <div className="flex flex-wrap gap-2">
        <button
          type="submit"
          className="button button-main"
          disabled={create.isPending || isBad || name === ""}
        >
          {words.createGo}
        </button>
        <button type="button" className="button" onClick={close}>
          {common.cancel}
        </button>
      </div>
    </form>
  )
}
