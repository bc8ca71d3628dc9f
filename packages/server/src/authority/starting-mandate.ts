import type { MandateDraft } from "@hufu/core/mandate/mandate"

const dayMs = 86_400_000

/**
 * What an agent may do with a server that a person has just put behind a guard: reading and computing with tools that were reviewed
 * (or that the person confirmed) goes by itself, all else asks.
 */
export function startingMandate(server: string, now: number): MandateDraft {
  return {
    task: null,
    words: "",
    never: [],
    userOnly: [],
    otherwise: "ask",
    until: now + 365 * dayMs,
    grants: [
      { effects: ["read", "compute"], tools: [`${server}/*`], limits: [], mode: "auto", needs: "reviewed" },
    ],
  }
}
