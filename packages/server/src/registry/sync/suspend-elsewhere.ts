import type { AgentAuthority } from "../../authority/agents.ts"
import type { Interventions } from "../../authority/interventions.ts"
import { Failure } from "@hufu/core/failure"
import type { Registrations } from "../registrations.ts"
import type { Mirrors } from "./mirrors.ts"

export interface SuspendElsewhereParts {
  readonly registrations: Pick<Registrations, "ofAgent" | "agentsNamed" | "onChanged">
  readonly mirrors: Pick<Mirrors, "isRefused" | "onChanged">
  readonly agents: Pick<AgentAuthority, "records">
  readonly interventions: Pick<Interventions, "suspend">
  readonly onError: (error: unknown) => void
}

/** Keeps at these doors what another registry has said of an agent that acts here. */
export interface SuspendedElsewhere {
  /** Throws Failure("agent_suspended") for an agent that another registry has taken out of service. */
  refuse(agent: string): void
}

/**
 * An agent that acts here may be registered elsewhere too: its registration here names it by the other code, as an alias. When the other
 * registry suspends it, it is suspended here by the same means as by a person, and no person lets it act before the other registry does.
 */
export function suspendElsewhere(parts: SuspendElsewhereParts): SuspendedElsewhere {
  const { registrations, mirrors, agents, interventions, onError } = parts

  function refusedCode(agent: string): string | undefined {
    return registrations
      .ofAgent(agent)
      .flatMap(({ content }) => content.aliases)
      .find(({ scheme, value }) => scheme === "aic" && mirrors.isRefused(value))?.value
  }

  function look(agent: string): void {
    if (agents.records.get(agent)?.state !== "live" || refusedCode(agent) === undefined) return
    interventions.suspend(agent, "node", "its registry has taken it out of service").catch(onError)
  }

  mirrors.onChanged(() => {
    for (const agent of registrations.agentsNamed()) look(agent)
  })
  registrations.onChanged(({ agent }) => {
    if (agent !== null) look(agent)
  })
  return {
    refuse(agent) {
      const code = refusedCode(agent)
      if (code !== undefined)
        throw new Failure(
          "agent_suspended",
          `the registry that issued \`${code}\` has taken this agent out of service: ask it to let the agent act again first`,
        )
    },
  }
}
