import type { JsonObject } from "../json/json-value.ts"
import type { Effect } from "../words.ts"
import type { Mandate } from "./mandate.ts"

/** How much is left of a grant's budget, or of a whole mandate's (grant -1). */
export type BudgetLeft = (
  mandate: Mandate,
  grant: number,
) => { readonly count: number; readonly amount: number }

/** What stands above a mandate that was passed on. */
export interface Above {
  /** From the mandate that it was passed from up to the one that the principal gave; each agent that holds one is in service. */
  readonly links: readonly Mandate[]
  /** What else holds for those agents: what it forbids them or reserves for the person, they cannot pass on. */
  readonly beside: readonly Mandate[]
  /** What is left of the links' budgets when what is set aside for others below them is not taken off. */
  readonly left: BudgetLeft
}

/** What stands above a mandate; undefined when the chain does not hold. */
export type AboveOf = (mandate: Mandate) => Above | undefined

/** What is known of a call before its arguments. */
export interface CallShape {
  readonly effect: Effect
  /** Name of the tool server. */
  readonly server: string
  readonly tool: string
  /** Whether the tool's profile was reviewed, or confirmed by the user. */
  readonly reviewed: boolean
  readonly now: number
  readonly budgetLeft: BudgetLeft
  /** Without it nothing that was passed on holds. */
  readonly above?: AboveOf
}

/** What the mandates are asked about. */
export interface Call extends CallShape {
  /** UNTRUSTED: whatever the agent sent. */
  readonly args: JsonObject
}
