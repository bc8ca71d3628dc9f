import type { RuleSet } from "./load.ts"

/** The rules in force, and a draft of others that is in force for some agents before it is for everybody. */
export interface StagedRules {
  /** The rules that decide about an agent; about nobody in particular, those for everybody. */
  inForce(agent?: string): RuleSet
  readonly draft: RuleSet | undefined
  /** Names or ids of the agents for which the draft is in force. */
  readonly agents: readonly string[]
}

/** @param nameOf the name of an agent, which its id does not tell */
export function stageRules(
  rules: RuleSet,
  draft: { readonly rules: RuleSet; readonly agents: readonly string[] } | undefined,
  nameOf: (agent: string) => string | undefined,
): StagedRules {
  const agents = draft?.agents ?? []
  // INVARIANT: the draft looks at the very facts that it would have in force, so what it needs is waited for.
  const now: RuleSet =
    draft === undefined
      ? rules
      : {
          ...rules,
          readsLabels: rules.readsLabels || draft.rules.readsLabels,
          readsPeople: rules.readsPeople || draft.rules.readsPeople,
        }
  return {
    inForce(agent) {
      if (draft === undefined || agent === undefined || agents.length === 0) return now
      const name = nameOf(agent)
      return agents.includes(agent) || (name !== undefined && agents.includes(name)) ? draft.rules : now
    },
    draft: draft?.rules,
    agents,
  }
}
