import { Link } from "@tanstack/react-router"
import { useOperation } from "../data/use-operation.ts"
import { Id } from "./id.tsx"

/** The name of an agent, which leads to its page; its id as long as the name is not known. */
export function AgentName({ id }: { readonly id: string }) {
  const name = useOperation("agent.list", {}).data?.items.find((agent) => agent.id === id)?.name
  if (name === undefined) return <Id id={id} />
  return (
    <Link to="/agents/$agent" params={{ agent: id }} className="link min-h-6">
      {name}
    </Link>
  )
}
