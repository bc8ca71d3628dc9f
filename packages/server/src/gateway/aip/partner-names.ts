import type { PartnerOrder, PartnerView } from "../delegation/partner.ts"
import { namedUuid } from "./named-uuid.ts"

/**
 * What a task and its session are called towards a partner. Agents choose these names themselves, and a partner may know a task by its
 * name alone: were it passed on, one agent could read or cancel another's by guessing it.
 */
export function partnerNames(
  { delegation, context, partnerTask, partnerContext }: PartnerView,
  { agent }: PartnerOrder["sender"],
): { taskId: string; sessionId: string } {
  return {
    taskId: partnerTask ?? namedUuid("task", delegation),
    sessionId: partnerContext ?? namedUuid("session", agent, context),
  }
}
