import type { Alive } from "./alive.ts"
import { AmpError } from "./amp-error.ts"
import type { AmpFilter } from "./amp-filter.ts"
import type { AmpAsker } from "./answer-amp.ts"
import type { Sender } from "./senders.ts"

/** Whose figures are told: an agent sees its own; whoever may look, those that the filter names, or all. */
export function agentsFor(
  alive: Pick<Alive, "senders" | "rings">,
  { codes }: Pick<AmpFilter<never>, "codes">,
  { sender, mayLook }: AmpAsker,
): Sender[] {
  if (mayLook) {
    if (codes !== undefined) return codes.flatMap((code) => alive.senders.byAic(code) ?? [])
    return [...alive.rings.registrations()].flatMap((id) => alive.senders.find(id) ?? [])
  }
  if (sender === undefined || codes?.some((code) => code !== sender.aic) === true)
    throw new AmpError("AMP_ACCESS_DENIED", "an agent sees how it runs itself, and no other")
  return [sender]
}
