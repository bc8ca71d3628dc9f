import { z } from "zod"
import { idSchema } from "../id.ts"
import { Effect, VerdictKind } from "../words.ts"
import { Digest } from "./digest.ts"

const Said = z.object({ verdict: VerdictKind, rules: z.array(z.string()) })

/** A past decision that other rules would have made otherwise. */
export const ChangedVerdict = z.object({
  /** Null when the record of what waited is gone. */
  action: idSchema("action").nullable(),
  index: z.int().nonnegative(),
  at: z.int().nonnegative(),
  agent: idSchema("agent"),
  effect: Effect,
  /** UNTRUSTED: show as text only. */
  server: z.string(),
  tool: z.string(),
  was: Said,
  now: Said,
})
export type ChangedVerdict = z.infer<typeof ChangedVerdict>

/**
 * Why a past decision cannot be made again. `erased`: its facts are gone; `not_kept`: an earlier version kept none of what waited;
 * `unreadable`: its facts do not have the shape that rules see today.
 */
export const Undecidable = z.object({
  index: z.int().nonnegative(),
  at: z.int().nonnegative(),
  action: idSchema("action").nullable(),
  why: z.enum(["erased", "not_kept", "unreadable"]),
})
export type Undecidable = z.infer<typeof Undecidable>

/** What must not be: the record contradicts itself. */
export const ReplayFault = z.object({
  index: z.int().nonnegative(),
  action: idSchema("action").nullable(),
  en: z.string(),
  zh: z.string(),
})
export type ReplayFault = z.infer<typeof ReplayFault>

export const ReplayPage = z.object({
  /** Digest of the rules that decided again. */
  policy: Digest,
  /** Entries looked at; `next` is where to go on, null at the end. */
  looked: z.int(),
  next: z.int().nullable(),
  decided: z.int(),
  unchanged: z.int(),
  /** Denied before any rule was asked: the agent, its version, the budget or the server did not stand. Rules change nothing there. */
  standing: z.int(),
  /** Decided again, but the rules that first decided are not kept, so that nobody can check that they say the same. */
  unchecked: z.int(),
  changed: z.array(ChangedVerdict),
  undecidable: z.array(Undecidable),
  faults: z.array(ReplayFault),
})
export type ReplayPage = z.infer<typeof ReplayPage>
