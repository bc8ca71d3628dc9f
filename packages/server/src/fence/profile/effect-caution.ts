import type { Effect } from "@hufu/core/words"

/** Effects from the one that needs least care to the one that needs most; a doubt is settled towards the end. */
const byCaution: readonly Effect[] = [
  "read",
  "compute",
  "write",
  "delete",
  "send",
  "publish",
  "decide",
  "pay",
  "execute",
  "control",
]

const rank: ReadonlyMap<Effect, number> = new Map(byCaution.map((effect, index) => [effect, index]))

/** The effect that needs more care; on a tie, the first. */
export function moreCautious(one: Effect, other: Effect): Effect {
  return (rank.get(other) ?? 0) > (rank.get(one) ?? 0) ? other : one
}

/** Whether an effect changes something, anywhere: everything but read and compute. */
export function isConsequential(effect: Effect): boolean {
  return effect !== "read" && effect !== "compute"
}
