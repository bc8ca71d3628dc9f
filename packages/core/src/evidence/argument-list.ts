import type { JsonObject, JsonValue } from "../json/json-value.ts"
import { canonicalize } from "../json/canonical.ts"
import { isJsonObject } from "../json/json-value.ts"
import { opensCommitment } from "./commitment.ts"
import { toHex } from "./hex.ts"
import { sha256, type Hash } from "./sha256.ts"

/** How many commitments stand for one call's arguments at most; what is beyond shares the last. */
export const MAX_ARGUMENT_LEAVES = 32

/** Keeps the hash of a list apart from a commitment to a value. */
const DOMAIN = "hufu-arguments/v1\n"

/** One argument that is shown: its place among the commitments, and what opens that one. */
export interface OpenedArgument {
  readonly at: number
  readonly salt: Uint8Array
  /** An object with the one argument in it; the last place of a full list may hold several, and no arguments are `{}`. */
  readonly value: JsonValue
}

/**
 * What the commitments to a call's arguments are made of, one text for each: `{"name":value}`, in canonical order. A name is as
 * private as its value.
 *
 * @param members the canonical texts of the members, as `canonicalMembers` gives them
 */
export function argumentTexts(members: readonly string[]): string[] {
  if (members.length === 0) return ["{}"]
  if (members.length <= MAX_ARGUMENT_LEAVES) return members.map((member) => `{${member}}`)
  const alone = members.slice(0, MAX_ARGUMENT_LEAVES - 1)
  return [...alone.map((member) => `{${member}}`), `{${members.slice(alone.length).join(",")}}`]
}

/** What an intent logs as `arguments`: the hash of its commitments, each of which can be opened without the others. */
export function argumentsCommitment(leaves: readonly string[], hash: Hash = sha256): string {
  return toHex(hash(new TextEncoder().encode(argumentListText(leaves))))
}

/** What that hash is of. */
export function argumentListText(leaves: readonly string[]): string {
  return DOMAIN + leaves.join("\n")
}

/** The arguments that are shown, or null when one of them is not what was committed to. UNTRUSTED input. */
export function openedArguments(
  leaves: readonly string[],
  opened: readonly OpenedArgument[],
  hash: Hash = sha256,
): JsonObject | null {
  const shown: [string, JsonValue][] = []
  for (const [place, { at, salt, value }] of opened.entries()) {
    const leaf = leaves[at]
    const inOrder = at > (opened[place - 1]?.at ?? -1)
    if (leaf === undefined || !inOrder || !isJsonObject(value)) return null
    if (!opensCommitment(leaf, { salt, value: canonicalize(value) }, hash)) return null
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    if (!mayHold(members.length, at, leaves.length)) return null
    shown.push(...members)
  }
  // Places are in the order of names, so two arguments of one name, or one that was slipped in, show.
  const ascends = shown.every(([name], at) => at === 0 || (shown[at - 1]?.[0] ?? "") < name)
  return ascends ? Object.fromEntries(shown) : null
}

/** How many arguments a place holds: one, but for an empty list's only place and a full list's last. */
function mayHold(count: number, at: number, places: number): boolean {
  if (count === 0) return places === 1
  return count === 1 || at === MAX_ARGUMENT_LEAVES - 1
}
