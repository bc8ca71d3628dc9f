import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import { type ToolProfile, isVouchedFor } from "@hufu/core/profile/profile"
import type { Effect } from "@hufu/core/words"
import { moreCautious } from "../profile/effect-caution.ts"
import { type Amount, sumAmounts } from "./amount.ts"
import type { OwnPlaces } from "./own-places.ts"
import { TargetFinder } from "./target-finder.ts"

/** What an action acts upon. UNTRUSTED: `value` is what the agent wrote; the rest is how Hufu reads it. */
export interface Target {
  readonly kind: "path" | "url" | "host" | "recipient" | "account" | "command" | "other"
  readonly value: string
  readonly host?: string
  /** After links are followed, as far as this machine can tell. */
  readonly path?: string
  /** It is Hufu's own data, socket or origin, or a client's config. */
  readonly own: boolean
}

/** Why a call cannot be read for certain; any of them is a reason to ask. */
export type Doubt =
  | "overflow"
  | "relative-path"
  | "unreadable-path"
  | "process-path"
  | "network-path"
  | "contains-own"
  | "unreadable-address"
  | "unclear-amount"

/** What a tool call means. */
export interface Grounded {
  readonly effect: Effect
  readonly targets: readonly Target[]
  /** Every place to which a path among the targets can lead, in each of its readings. */
  readonly paths: { readonly places: readonly string[]; readonly isUnclear: boolean }
  readonly amount?: Amount
  /** Why the effect is graver than the profile's. */
  readonly raised?: "address"
  /** The arguments were too deep or too many to read to the end. */
  readonly overflow: boolean
  /** INVARIANT: the caller asks when there is any. */
  readonly doubts: readonly Doubt[]
}

export interface GroundOptions {
  readonly own: OwnPlaces
  /** Folders that the tool server may take a relative path from: where it runs and what it was given. */
  readonly bases?: readonly string[]
}

/**
 * Step ground: what a call means under a profile, on this machine, at this moment.
 *
 * Limits: a tool resolves its arguments itself, later, and perhaps elsewhere, so a link may have changed, a name
 * may resolve to this machine, and a command can compute anything. What can be read is read in every way that
 * we know a tool to read it, and what cannot is a doubt.
 */
export function ground(profile: ToolProfile, args: JsonObject, options: GroundOptions): Grounded {
  const effect = effectFor(profile, args)
  const finder = new TargetFinder(profile, effect, options)
  finder.find(args)
  const addressed = finder.targets.some(({ kind }) => kind === "url" || kind === "host")
  const isRaised = addressed && (effect === "read" || effect === "compute")
  const amount = readAmount(finder)
  return {
    effect: isRaised ? "send" : effect,
    targets: finder.targets,
    paths: finder.paths,
    ...(amount ? { amount } : {}),
    ...(isRaised ? { raised: "address" as const } : {}),
    overflow: finder.doubts.has("overflow"),
    doubts: [...finder.doubts],
  }
}

function readAmount(finder: TargetFinder): Amount | undefined {
  if (finder.amounts.length === 0) return undefined
  const amount =
    finder.currencies.size > 1 ? undefined : sumAmounts(finder.amounts, [...finder.currencies][0])
  if (!amount) finder.doubts.add("unclear-amount")
  return amount
}

/** A variant counts only when a person vouches for the profile, and the gravest of those that match. */
function effectFor(profile: ToolProfile, args: JsonObject): Effect {
  if (!profile.variants || !isVouchedFor(profile)) return profile.effect
  const matching = profile.variants.filter((variant) => valueAt(args, variant.argument) === variant.equal)
  const [first, ...others] = matching
  return first
    ? others.reduce((gravest, { effect }) => moreCautious(gravest, effect), first.effect)
    : profile.effect
}

function valueAt(args: JsonObject, pointer: string): JsonValue | undefined {
  let at: JsonValue | undefined = args
  for (const step of pointer.slice(1).split("/")) {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~")
    at =
      typeof at === "object" && at !== null && !Array.isArray(at) && Object.hasOwn(at, key)
        ? at[key]
        : undefined
  }
  return at
}
