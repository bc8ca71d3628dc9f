import type { DelegationState } from "../delegation/delegation-state.ts"
import type { A2aState } from "./a2a-content.ts"

/** The words of A2A for where a delegation stands. What was delivered is taken at once: A2A has no step in which it is confirmed. */
export const a2aStateOf: Readonly<Record<DelegationState, A2aState>> = {
  submitted: "TASK_STATE_SUBMITTED",
  working: "TASK_STATE_WORKING",
  "input-required": "TASK_STATE_INPUT_REQUIRED",
  "auth-required": "TASK_STATE_AUTH_REQUIRED",
  delivered: "TASK_STATE_COMPLETED",
  completed: "TASK_STATE_COMPLETED",
  failed: "TASK_STATE_FAILED",
  canceled: "TASK_STATE_CANCELED",
  rejected: "TASK_STATE_REJECTED",
}

const states: Readonly<Record<A2aState, DelegationState | undefined>> = {
  TASK_STATE_UNSPECIFIED: undefined,
  TASK_STATE_SUBMITTED: "submitted",
  TASK_STATE_WORKING: "working",
  TASK_STATE_INPUT_REQUIRED: "input-required",
  TASK_STATE_AUTH_REQUIRED: "auth-required",
  TASK_STATE_COMPLETED: "completed",
  TASK_STATE_FAILED: "failed",
  TASK_STATE_CANCELED: "canceled",
  TASK_STATE_REJECTED: "rejected",
}

/** Where a delegation stands by A2A's word for it; undefined for the word that says nothing. */
export function stateOfA2a(state: A2aState): DelegationState | undefined {
  return states[state]
}

/** Every state here that a client of A2A sees under one word. */
export function statesOfA2a(state: A2aState): DelegationState[] {
  // The keys of a table are its names.
  return (Object.keys(a2aStateOf) as DelegationState[]).filter((each) => a2aStateOf[each] === state)
}
