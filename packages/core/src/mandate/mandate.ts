import { z } from "zod"
import { idSchema } from "../id.ts"
import { ArgumentPointer } from "../profile/profile.ts"
import { Effect } from "../words.ts"
import { Limit } from "./limit.ts"

const Time = z.int().min(0).max(8_640_000_000_000_000)
const MinorUnits = z.int().min(0)
const Effects = z.array(Effect).min(1).max(16)

/** Names tools: `server/tool`, every tool of a server (`server/*`), or every tool (`*`). */
export const ToolPattern = z
  .string()
  .regex(
    /^(?:\*|[a-z0-9][a-z0-9._-]{0,62}\/(?:\*|[A-Za-z0-9_.\-/]{1,128}))$/,
    "name tools as `server/tool`, `server/*` or `*`",
  )
const ToolPatterns = z.array(ToolPattern).min(1).max(256)
const Limits = z.array(Limit).max(32)

/** How much all calls together may spend, read from one argument that is a number. */
export const AmountBudget = z.strictObject({
  argument: ArgumentPointer.refine(
    (pointer) => !pointer.split("/").includes("-"),
    "name one argument, without `-`",
  ),
  /** In minor units (cents, fen). */
  max: MinorUnits,
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  /** How many decimals the tool's argument has: 2 where it takes 12.50, none where it takes minor units. */
  decimals: z.int().min(0).max(6).optional(),
})
export type AmountBudget = z.infer<typeof AmountBudget>

/** How often and how much: reserved before each call. */
export const Budget = z.strictObject({ count: z.int().min(0).optional(), amount: AmountBudget.optional() })
export type Budget = z.infer<typeof Budget>

/** One thing that a mandate authorises. */
export const Grant = z.strictObject({
  effects: Effects,
  tools: ToolPatterns,
  /** All of them must hold. */
  limits: Limits.default([]),
  /** Arguments that no limit and no budget names are refused. */
  closed: z.boolean().optional(),
  mode: z.enum(["auto", "ask"]),
  /** Only tools whose profile was reviewed, or confirmed by the user. */
  needs: z.literal("reviewed").optional(),
  budget: Budget.optional(),
  until: Time.optional(),
})
export type Grant = z.infer<typeof Grant>

/** What never happens, whatever any grant says: all parts that are given must fit a call. */
export const Never = z
  .strictObject({
    effects: Effects.optional(),
    tools: ToolPatterns.optional(),
    limits: Limits.min(1).optional(),
  })
  .refine((never) => Object.values(never).some((part) => part !== undefined), "say what never happens")
export type Never = z.infer<typeof Never>

/** What only the person decides, each time. */
export const UserOnly = z
  .strictObject({ effects: Effects.optional(), tools: ToolPatterns.optional() })
  .refine(
    (entry) => entry.effects !== undefined || entry.tools !== undefined,
    "give `effects`, `tools` or both",
  )
export type UserOnly = z.infer<typeof UserOnly>

/** A mandate as a person writes it, before Hufu gives it an id and a time. */
export const MandateDraft = z.strictObject({
  /** Null: every task of the agent. */
  task: idSchema("task").nullable().default(null),
  /** The principal's own words. */
  words: z.string().max(4000),
  grants: z.array(Grant).max(64).default([]),
  never: z.array(Never).max(64).default([]),
  userOnly: z.array(UserOnly).max(64).default([]),
  /** What happens to everything else. */
  otherwise: z.enum(["ask", "deny"]).default("ask"),
  /** For everything under this mandate together. */
  budget: Budget.optional(),
  from: Time.optional(),
  until: Time,
})
export type MandateDraft = z.infer<typeof MandateDraft>

/** 授权: what a principal authorised an agent to do. INVARIANT: it is only ever narrowed. */
export const Mandate = z.strictObject({
  ...MandateDraft.shape,
  id: idSchema("mandate"),
  agent: idSchema("agent"),
  principal: idSchema("person"),
  /** The mandate of another agent that this one was passed on from; null: the principal gave it. */
  parent: idSchema("mandate").nullable(),
  /** The question by which the principal approved that it says more than what it was passed on from. */
  widened: idSchema("hold").optional(),
  createdAt: Time,
})
export type Mandate = z.infer<typeof Mandate>

/** What a mandate says, to be changed or passed on. */
export function draftOf({
  id: _id,
  agent: _agent,
  principal: _principal,
  parent: _parent,
  widened: _widened,
  createdAt: _createdAt,
  ...draft
}: Mandate): MandateDraft {
  return draft
}
