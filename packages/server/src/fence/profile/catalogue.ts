import { definitionDifference } from "@hufu/core/profile/definition-difference"
import { type ToolDefinition, definitionDigest } from "@hufu/core/profile/definition"
import { ToolProfile } from "@hufu/core/profile/profile"
import type { DiffSegment } from "@hufu/core/profile/word-diff"
import { Failure } from "@hufu/core/failure"
import type { Hash } from "@hufu/core/evidence/sha256"
import { profileAutomatically } from "./automatic.ts"
import { type ReviewedProfiles, loadReviewed } from "./reviewed-profiles.ts"

/** What is kept of a tool: its profile and the definition that the profile was made for. */
export interface Pin {
  readonly profile: ToolProfile
  readonly definition: ToolDefinition
}

/** Where pins are kept, by the registered name of the tool server and the name of the tool. */
export interface PinStore {
  get(server: string, tool: string): Pin | undefined
  set(server: string, tool: string, pin: Pin): void
}

export interface ResolveInput {
  readonly definition: ToolDefinition
  /** Digest of the definition, when it is known already. */
  readonly digest?: string
  readonly pinned?: Pin
  /** The package that the operator's configuration starts; without it, no review applies. */
  readonly package?: string | undefined
  readonly reviewed?: ReviewedProfiles
  readonly hash?: Hash
}

export interface Resolved {
  readonly profile: ToolProfile
  /** The definition is not the one that was pinned: every call asks until a person confirms again. */
  readonly changed: boolean
  /** Word by word, when it changed. */
  readonly difference?: readonly DiffSegment[]
}

/**
 * The profile that holds for a definition: what the user confirmed for exactly this definition, else what we
 * reviewed, else a guess.
 */
export function resolveProfile(input: ResolveInput): Resolved {
  const { pinned, definition } = input
  const digest = input.digest ?? definitionDigest(definition, input.hash)
  if (pinned && pinned.profile.definition !== digest) {
    return {
      profile: freshProfile(input, digest),
      changed: true,
      difference: definitionDifference(pinned.definition, definition),
    }
  }
  const isUsers = pinned !== undefined && (pinned.profile.confirmed || pinned.profile.source === "user")
  return { profile: isUsers ? pinned.profile : freshProfile(input, digest), changed: false }
}

/**
 * Resolves what a tool server says now. A tool that is seen for the first time is pinned to it; a pin is never
 * moved by what a server says.
 */
export function observeDefinition(
  pins: PinStore,
  server: string,
  input: Omit<ResolveInput, "pinned">,
): Resolved {
  const pinned = pins.get(server, input.definition.name)
  const resolved = resolveProfile({ ...input, ...(pinned ? { pinned } : {}) })
  if (!pinned)
    pins.set(server, input.definition.name, { profile: resolved.profile, definition: input.definition })
  return resolved
}

/**
 * A person says that a profile fits exactly the definition that they saw: the one that holds, or their own.
 * Throws when the definition is no longer the one that they saw.
 */
export function confirmProfile(
  pins: PinStore,
  server: string,
  input: Omit<ResolveInput, "pinned"> & { readonly seen: string; readonly profile?: unknown },
): ToolProfile {
  const { definition, seen } = input
  const digest = input.digest ?? definitionDigest(definition, input.hash)
  if (digest !== seen) {
    throw new Failure(
      "invalid_input",
      `the definition of \`${definition.name}\` has changed since it was shown; look at it again`,
    )
  }
  const pinned = pins.get(server, definition.name)
  const current = resolveProfile({ ...input, ...(pinned ? { pinned } : {}) }).profile
  const profile =
    input.profile === undefined
      ? { ...current, confirmed: true }
      : usersProfile(input.profile, { tool: definition.name, definition: digest })
  pins.set(server, definition.name, { profile, definition })
  return profile
}

function usersProfile(given: unknown, pinnedTo: { tool: string; definition: string }): ToolProfile {
  const draft = typeof given === "object" && given !== null ? given : {}
  const parsed = ToolProfile.safeParse({ ...draft, ...pinnedTo, source: "user", confirmed: true })
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new Failure(
    "invalid_input",
    `the profile is not valid at \`${issue?.path.join(".") ?? ""}\`: ${issue?.message ?? "correct it"}`,
  )
}

function freshProfile(input: ResolveInput, digest: string): ToolProfile {
  const reviewed = input.reviewed ?? loadReviewed()
  return (
    reviewed.find({ package: input.package, definition: digest }) ??
    profileAutomatically(input.definition, digest)
  )
}
