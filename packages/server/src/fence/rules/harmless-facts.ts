import type { Effect } from "@hufu/core/words"
import type { RuleFacts } from "./schema.ts"

/** The facts of the most harmless action there is, but for what is given: what a rule set is tried out on. */
export function harmlessFacts(effect: Effect, context: Partial<RuleFacts["context"]> = {}): RuleFacts {
  return {
    principal: { id: "agt_selftest", suspended: false },
    effect,
    resource: {
      id: "self-test/echo",
      server: "self-test",
      name: "echo",
      effect,
      reviewed: true,
      confirmed: true,
      changed: false,
      reversible: "yes",
      sensitivity: "public",
    },
    context: {
      onBehalfOf: "prn_selftest",
      mode: "auto",
      door: "self-test",
      mandate: { live: true, covers: true, forbids: false, asks: false, otherwise: "ask" },
      targets: [],
      time: { hour: 12, weekday: 3, epoch: 1_767_225_600 },
      standing: { live: true },
      ...context,
    },
  }
}
