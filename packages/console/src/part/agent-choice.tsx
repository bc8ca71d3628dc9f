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
  /** By its name; empty for every agent. */
  readonly agent: string
  readonly choose: (agent: string) => void
}) {
  const agents = useOperation("agent.list", {}).data?.items ?? []
  return (
    <label className="mb-3 flex max-w-80 items-center gap-2">
      <span className="shrink-0 text-soft">{label}</span>
      <select className="field" value={agent} onChange={(event) => choose(event.target.value)}>
        <option value="">{every}</option>
        {agents.every(({ name }) => name !== agent) && agent !== "" ? <option>{agent}</option> : null}
        {agents.map(({ id, name }) => (
          <option key={id} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}
