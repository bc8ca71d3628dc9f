import { z } from "zod"
import { idSchema } from "../id.ts"
import { Effect, VerdictKind } from "../words.ts"
import { RollOutStage } from "./roll-out.ts"
import { Digest } from "./digest.ts"

const Rule = z.object({ id: z.string(), layer: z.string(), text: z.string() })
const Said = z.object({ verdict: VerdictKind, rules: z.array(z.string()) })

/** What one set of rules has and another has not. */
export const RulesDiff = z.object({
  from: Digest,
  /** Null where there is no draft. */
  to: Digest.nullable(),
  added: z.array(Rule),
  removed: z.array(Rule),
  changed: z.array(z.object({ id: z.string(), layer: z.string(), before: z.string(), after: z.string() })),
})
export type RulesDiff = z.infer<typeof RulesDiff>

/** An action that the draft would have decided otherwise. */
export const ShadowVerdict = z.object({
  action: idSchema("action"),
  at: z.int().nonnegative(),
  agent: idSchema("agent"),
  effect: Effect,
  /** UNTRUSTED: show as text only. */
  server: z.string(),
  tool: z.string(),
  was: Said,
  /** What the draft would have said. */
  would: Said,
})
export type ShadowVerdict = z.infer<typeof ShadowVerdict>

/** What the draft would have said of what passed since the node began. */
export const ShadowReport = z.object({
  /** Null where there is no draft. */
  policy: Digest.nullable(),
  /** How far it is in force already: for which agents, and for how many of a hundred tasks. */
  stage: RollOutStage,
  agents: z.array(z.string()),
  share: z.int().nonnegative(),
  since: z.int().nonnegative(),
  looked: z.int().nonnegative(),
  changed: z.int().nonnegative(),
  /** How often which verdict would have been which: `allow → deny`. */
  changes: z.record(z.string(), z.int()),
  /** The newest first. */
  items: z.array(ShadowVerdict),
})
export type ShadowReport = z.infer<typeof ShadowReport>

/** Which rules spoke, and what no rule speaks of. */
export const RulesCoverage = z.object({
  policy: Digest,
  looked: z.int().nonnegative(),
  /** Where to go on; null at the end. */
  next: z.int().nullable(),
  decided: z.int().nonnegative(),
  /** Decisions whose facts are gone. */
  undecidable: z.int().nonnegative(),
  hits: z.array(z.object({ rule: z.string(), count: z.int().positive() })),
  neverHit: z.array(z.string()),
  /** Actions that nothing decided but that the mandate covers them or does not, by tool; the most frequent first. */
  unspoken: z.array(
    z.object({
      /** UNTRUSTED: show as text only. */
      server: z.string(),
      tool: z.string(),
      effect: Effect,
      count: z.int().positive(),
    }),
  ),
})
export type RulesCoverage = z.infer<typeof RulesCoverage>
