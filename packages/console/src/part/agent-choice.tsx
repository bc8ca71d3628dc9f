import { useOperation } from "../data/use-operation.ts"

/** Chooses one agent, or every one. */
export function AgentChoice({
  label,
  every,
  agent,
  choose,
}: {
  readonly label: string
  readonly every: string
  /** By its name, or its id in an address; empty for every agent. */
  readonly agent: string
  readonly choose: (agent: string) => void
}) {
  const agents = useOperation("agent.list", {}).data?.items ?? []
  const known = agents.find(({ id, name }) => name === agent || id === agent)?.name
  return (
    <label className="mb-3 flex max-w-80 items-center gap-2">
      <span className="shrink-0 text-soft">{label}</span>
      <select className="field" value={known ?? agent} onChange={(event) => choose(event.target.value)}>
        <option value="">{every}</option>
        {known === undefined && agent !== "" ? <option>{agent}</option> : null}
        {agents.map(({ id, name }) => (
          <option key={id} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}
