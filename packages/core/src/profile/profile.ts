import { z } from "zod"
import { resultSources } from "../provenance/own-records.ts"
import { type Effect, Effect as EffectSchema } from "../words.ts"

/** What an argument means to the world: `content` is what is carried, all others say where or how much. */
export const argumentRoles = [
  "target",
  "recipient",
  "account",
  "path",
  "url",
  "host",
  "command",
  "amount",
  "currency",
  "content",
  "latitude",
  "longitude",
] as const
export const ArgumentRole = z.enum(argumentRoles)
export type ArgumentRole = z.infer<typeof ArgumentRole>

/** A JSON pointer into the arguments, in which a segment `-` stands for every element of an array. */
export const ArgumentPointer = z
  .string()
  .max(256)
  .regex(/^(?:\/(?:[^~/]|~[01])+)+$/, "name the argument by a pointer such as `/path` or `/items/-/id`")

export const RoleEntry = z.strictObject({
  argument: ArgumentPointer,
  role: ArgumentRole,
  /** For a path or an account that something leaves (`from`) or arrives at (`to`). */
  direction: z.enum(["from", "to"]).optional(),
  /** `item`: the tool touches only what the path names. Left out: it may touch everything below as well. */
  reach: z.literal("item").optional(),
  /** For an amount: the currency when no argument says it. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  /** For an amount: the tool takes cents, not euros. */
  minorUnits: z.literal(true).optional(),
})
export type RoleEntry = z.infer<typeof RoleEntry>

/** Another effect when one argument has exactly this value: `dryRun: true` turns a write into a read. */
export const EffectVariant = z.strictObject({
  argument: ArgumentPointer,
  equal: z.union([z.boolean(), z.number(), z.string().max(256)]),
  effect: EffectSchema,
})
export type EffectVariant = z.infer<typeof EffectVariant>

const Note = z.strictObject({ en: z.string().max(1000), zh: z.string().max(1000) })

/** 工具画像: what a tool does, pinned to the digest of one definition. */
export const ToolProfile = z
  .strictObject({
    tool: z.string().regex(/^[A-Za-z0-9_.-]{1,128}$/),
    definition: z.string().regex(/^[0-9a-f]{64}$/),
    effect: EffectSchema,
    variants: z.array(EffectVariant).max(16).optional(),
    roles: z.array(RoleEntry).max(64),
    reversible: z.enum(["yes", "no", "unknown"]),
    /** How private the result is at most. */
    sensitivity: z.enum(["public", "own", "private", "secret"]),
    /** Whether it reaches beyond this machine and the tool server's own data. */
    openWorld: z.boolean(),
    /** Whose words it gives back. Left out: what others wrote. */
    results: z.enum(resultSources).optional(),
    source: z.enum(["automatic", "reviewed", "user"]),
    /** A person has said that this profile fits. */
    confirmed: z.boolean(),
    note: Note.optional(),
  })
  // INVARIANT: a guess never lowers an effect, so an automatic profile has no variants.
  .refine((profile) => profile.source !== "automatic" || profile.variants === undefined, {
    error: "an automatic profile cannot have variants; set the profile yourself",
    path: ["variants"],
  })
export type ToolProfile = z.infer<typeof ToolProfile>

/** Whether a person stands behind a profile: Hufu's reviewers or the user. */
export interface ProfileStanding {
  readonly reviewed: boolean
  readonly confirmed: boolean
}

/**
 * Who stands behind a profile. A reviewed tool that gives out secrets counts as not reviewed, so that it never
 * runs alone on our word; only the user can confirm it.
 */
export function profileStanding(profile: ToolProfile): ProfileStanding {
  return {
    reviewed: profile.source === "reviewed" && profile.sensitivity !== "secret",
    confirmed: profile.confirmed,
  }
}

/** Whether someone other than the tool itself says what its arguments mean. */
export function isVouchedFor(profile: ToolProfile): boolean {
  return profile.source !== "automatic" || profile.confirmed
}

/** Every effect that some arguments could give a call, for listing tools before the arguments are known. */
export function possibleEffects(profile: ToolProfile): ReadonlySet<Effect> {
  const found = new Set<Effect>([profile.effect])
  for (const variant of profile.variants ?? []) found.add(variant.effect)
  const inward = found.has("read") || found.has("compute")
  const namesPlace = profile.roles.some((entry) => entry.role === "url" || entry.role === "host")
  if (inward && (namesPlace || !isVouchedFor(profile))) found.add("send")
  return found
}
