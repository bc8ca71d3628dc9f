import { z } from "zod"
import type { DelegationState } from "../delegation/delegation-state.ts"

/** Where a task stands in the words of AIP (ACPs 07 §4.5). */
export const aipStates = [
  "accepted",
  "working",
  "awaiting-input",
  "awaiting-completion",
  "completed",
  "canceled",
  "failed",
  "rejected",
] as const
export const AipState = z.enum(aipStates)
export type AipState = z.infer<typeof AipState>

const delegationStates: Readonly<Record<AipState, DelegationState>> = {
  accepted: "submitted",
  working: "working",
  "awaiting-input": "input-required",
  "awaiting-completion": "delivered",
  completed: "completed",
  canceled: "canceled",
  failed: "failed",
  rejected: "rejected",
}

const states: Readonly<Record<DelegationState, AipState>> = {
  submitted: "accepted",
  working: "working",
  "input-required": "awaiting-input",
  // AIP has no state for it: what has to be approved stands in the data items.
  "auth-required": "awaiting-input",
  delivered: "awaiting-completion",
  completed: "completed",
  failed: "failed",
  canceled: "canceled",
  rejected: "rejected",
}

export function delegationStateOf(state: AipState): DelegationState {
  return delegationStates[state]
}

export function aipStateOf(state: DelegationState): AipState {
  return states[state]
}
