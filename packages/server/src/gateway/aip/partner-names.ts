import { hash } from "node:crypto"
import type { PartnerOrder, PartnerView } from "../delegation/partner.ts"

/**
 * What a task and its session are called towards a partner. Agents choose these names themselves, and a partner may know a task by its
 * name alone: were it passed on, one agent could read or cancel another's by guessing it.
 */
export function partnerNames(
  { delegation, context, partnerTask, partnerContext }: PartnerView,
  { agent }: PartnerOrder["sender"],
): { taskId: string; sessionId: string } {
  return {
    taskId: partnerTask ?? uuidOf("task", delegation),
    sessionId: partnerContext ?? uuidOf("session", agent, context),
  }
}

/** RFC 9562 §5.8. */
function uuidOf(...names: readonly string[]): string {
  const hex = hash("sha256", ["hufu-aip/1", ...names].join("\0"), "hex")
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-")
}
