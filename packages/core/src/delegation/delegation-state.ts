import { z } from "zod"

/**
 * Where a delegation stands: what one agent asked of another, from the asking to its end.
 *
 * | here | A2A 1.0 | AIP (ACPs 07) |
 * | --- | --- | --- |
 * | submitted | SUBMITTED | accepted |
 * | working | WORKING | working |
 * | input-required | INPUT_REQUIRED | awaiting-input |
 * | auth-required | AUTH_REQUIRED | awaiting-input, with what has to be approved |
 * | delivered | COMPLETED | awaiting-completion |
 * | completed | COMPLETED | completed |
 * | failed | FAILED | failed |
 * | canceled | CANCELED | canceled |
 * | rejected | REJECTED | rejected |
 *
 * `delivered` is AIP's: the products are there and the asking agent has to take them. Towards one whose protocol has no such step they
 * are taken at once.
 */
export const delegationStates = [
  "submitted",
  "working",
  "input-required",
  "auth-required",
  "delivered",
  "completed",
  "failed",
  "canceled",
  "rejected",
] as const
export const DelegationState = z.enum(delegationStates)
export type DelegationState = z.infer<typeof DelegationState>

const ends: ReadonlySet<DelegationState> = new Set(["completed", "failed", "canceled", "rejected"])
const rests: ReadonlySet<DelegationState> = new Set(["input-required", "auth-required", "delivered"])

/** Nothing comes after it. */
export function isEnd(state: DelegationState): boolean {
  return ends.has(state)
}

/** Nothing comes after it before the asking agent, or a person, says something. */
export function isRest(state: DelegationState): boolean {
  return rests.has(state) || ends.has(state)
}

/** What an asking agent may order: ACPs 07's commands that change something; A2A knows `start`, `continue` and `cancel` of them. */
export const delegationOrders = ["start", "continue", "cancel", "complete"] as const
export type DelegationOrder = (typeof delegationOrders)[number]

/**
 * Whether an order fits where a delegation stands (ACPs 07, the table of states). One that does not fit changes nothing.
 *
 * @param state undefined before the delegation is there
 * @param anyTime whether more may be said while the partner is at work (A2A), and not only when it waits (AIP)
 */
export function fits(order: DelegationOrder, state: DelegationState | undefined, anyTime = false): boolean {
  if (state === undefined) return order === "start"
  if (order === "start" || isEnd(state)) return false
  if (order === "cancel") return true
  if (order === "complete") return state === "delivered"
  return anyTime || state === "input-required" || state === "delivered"
}

/** Whether a partner may go from one state to the other: never back from an end. */
export function mayBecome(from: DelegationState, to: DelegationState): boolean {
  if (isEnd(from)) return false
  return to !== "submitted" || from === "submitted"
}
