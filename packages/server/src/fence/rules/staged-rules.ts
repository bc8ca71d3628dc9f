import { createHash } from "node:crypto"
import type { RollOutStage } from "@hufu/core/contract/roll-out"
import type { RuleSet } from "./load.ts"

/** How far a draft is in force. */
export interface Stage {
  readonly stage: RollOutStage
  /** With `some`: names or ids of the agents for which it is in force. */
  readonly agents: readonly string[]
  /** With `some`: for so many of a hundred tasks. */
  readonly share: number
}

/** The rules in force, and a draft of others that is in force for some agents and tasks before it is for everybody. */
export interface StagedRules {
  /** The rules that decide about an agent and its task; about nobody in particular, those for everybody. */
  inForce(agent?: string, task?: string): RuleSet
  /** Nothing where it is off. */
  readonly draft: RuleSet | undefined
  readonly stage: Stage
  /** Moves it, or takes another draft, or other rules for everybody. */
  move(to: Stage, draft: RuleSet | undefined, rules?: RuleSet): void
}

export const noStage: Stage = { stage: "off", agents: [], share: 0 }

/** @param nameOf the name of an agent, which its id does not tell */
export function stageRules(
  rules: RuleSet,
  { draft, stage }: { readonly draft: RuleSet | undefined; readonly stage: Stage },
  nameOf: (agent: string) => string | undefined,
): StagedRules {
  const at = (given: RuleSet | undefined, to: Stage, base: RuleSet) => {
    const looksOn = to.stage === "off" ? undefined : given
    return {
      stage: to,
      draft: looksOn,
      // INVARIANT: the draft looks at the very facts that it would have in force, so what it needs is waited for.
      base,
      now: looksOn === undefined ? base : withNeedsOf(base, looksOn),
    }
  }
  let state = at(draft, stage, rules)

  function isOneOf(agent: string, task: string | undefined): boolean {
    const { agents, share } = state.stage
    const name = nameOf(agent)
    return (
      agents.includes(agent) ||
      (name !== undefined && agents.includes(name)) ||
      (task !== undefined && task !== "" && share > 0 && placeOf(task) < share)
    )
  }

  return {
    inForce(agent, task) {
      const { draft: other, now } = state
      if (other === undefined || state.stage.stage === "shadow") return now
      if (state.stage.stage === "all") return other
      return agent !== undefined && isOneOf(agent, task) ? other : now
    },
    get draft() {
      return state.draft
    },
    get stage() {
      return state.stage
    },
    move(to, other, base = state.base) {
      state = at(other, to, base)
    },
  }
}

function withNeedsOf(rules: RuleSet, other: RuleSet): RuleSet {
  const readsLabels = rules.readsLabels || other.readsLabels
  const readsPeople = rules.readsPeople || other.readsPeople
  const isSame = readsLabels === rules.readsLabels && readsPeople === rules.readsPeople
  return isSame ? rules : { ...rules, readsLabels, readsPeople }
}

/** Where a task stands among a hundred: the same whatever is tried, so that a larger share holds all of a smaller one. */
function placeOf(task: string): number {
  return createHash("sha256").update(task).digest().readUInt32BE() % 100
}
