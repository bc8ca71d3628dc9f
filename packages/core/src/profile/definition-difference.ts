import { canonicalize } from "../json/canonical.ts"
import type { JsonValue } from "../json/json-value.ts"
import type { ToolDefinition } from "./definition.ts"
import { makeVisible } from "./visible-text.ts"
import { type DiffSegment, diffWords } from "./word-diff.ts"

/** Members compared one by one; a definition with more is compared as one text. */
const MAX_MEMBERS = 5_000

/**
 * What changed between two definitions of one tool, word by word, one line per member that differs. Members
 * that are equal are left out. UNTRUSTED: the text is a tool server's own; show it as text only.
 */
export function definitionDifference(before: ToolDefinition, after: ToolDefinition): DiffSegment[] {
  const old = membersOf(before)
  const now = membersOf(after)
  if (!old || !now) return diffWords(before.text, after.text)
  const segments: DiffSegment[] = []
  for (const pointer of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const was = old.get(pointer)
    const is = now.get(pointer)
    if (!isSameLeaf(was, is)) segments.push(...diffMember(pointer, was, is))
  }
  // An array that became an object with the keys 0, 1, … has the same leaves.
  return segments.length === 0 && before.text !== after.text ? diffWords(before.text, after.text) : segments
}

function diffMember(pointer: string, was: JsonValue | undefined, is: JsonValue | undefined): DiffSegment[] {
  const line = makeVisible(pointer)
  if (was === undefined && is !== undefined) return [{ kind: "added", text: `${line}: ${show(is)}\n` }]
  if (is === undefined && was !== undefined) return [{ kind: "removed", text: `${line}: ${show(was)}\n` }]
  const words =
    typeof was === "string" && typeof is === "string"
      ? diffWords(was, is)
      : diffWords(canonicalize(was ?? null), canonicalize(is ?? null))
  return [{ kind: "same", text: `${line}: ` }, ...words, { kind: "same", text: "\n" }]
}

function show(leaf: JsonValue): string {
  return makeVisible(typeof leaf === "string" ? leaf : canonicalize(leaf))
}

/** Each leaf of a definition by its JSON pointer, or nothing when there are too many to show one by one. */
function membersOf(definition: ToolDefinition): Map<string, JsonValue> | undefined {
  const found = new Map<string, JsonValue>()
  return collect(definition.members, "", found) ? found : undefined
}

function collect(value: JsonValue, pointer: string, found: Map<string, JsonValue>): boolean {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : []
  if (entries.length === 0) {
    found.set(pointer, value)
    return found.size <= MAX_MEMBERS
  }
  return entries.every(([key, member]) =>
    collect(member, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`, found),
  )
}

/** Leaves are scalars, or an empty array or object. */
function isSameLeaf(was: JsonValue | undefined, is: JsonValue | undefined): boolean {
  return was !== undefined && is !== undefined && canonicalize(was) === canonicalize(is)
}
