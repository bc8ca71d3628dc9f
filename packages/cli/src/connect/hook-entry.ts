import { Failure } from "@hufu/core/failure"
import type { HookChange } from "./connect-journal.ts"
import { meansTheSame } from "./same-value.ts"
import {
  type JsoncArray,
  type JsoncItem,
  type JsoncNode,
  type JsoncObject,
  memberOf,
  nodeAt,
  scanJsonc,
  valueOf,
} from "./scan-jsonc.ts"
import { applyEdits, indentAt, lineEndOf } from "./text-edit.ts"

const event = "UserPromptSubmit"

/** A settings text with the hook in it, and what was put there. Undefined when a hook of Hufu's is there already. */
export function addHook(text: string, element: unknown): { text: string; change: HookChange } | undefined {
  const root = scanJsonc(text)
  const said = JSON.stringify(element)
  if (root === undefined) {
    const inserted = `${JSON.stringify({ hooks: { [event]: [element] } }, null, 2)}\n`
    return { text: text + inserted, change: { kind: "hook", inserted, element: said, made: "file" } }
  }
  if (root.kind !== "object") throw unreadable("the file")
  const hooks = memberOf(root, "hooks")?.value
  if (hooks !== undefined && hooks.kind !== "object") throw unreadable("`hooks`")
  const list = memberOf(hooks, event)?.value
  if (list !== undefined && list.kind !== "array") throw unreadable(`\`${event}\``)
  if (list?.items.some(({ value }) => isHufuHook(value))) return undefined
  const place = placeOf(root, hooks, list, element)
  const inserted = insertionInto(text, place.into, place.key, place.value)
  const at = insertAt(place.into)
  return {
    text: applyEdits(text, [{ start: at, end: at, text: inserted }]),
    change: { kind: "hook", inserted, element: said, made: place.made },
  }
}

/** What became of the hook: it was taken out, it was gone, or the user changed it. */
export type HookRemoval =
  | { readonly kind: "removed"; readonly text: string }
  | { readonly kind: "gone" }
  | { readonly kind: "changed"; readonly now: string }

/** The same text without the hook, and without what was made only to hold it. */
export function removeHook(
  text: string,
  { inserted, element, made }: HookChange,
  force = false,
): HookRemoval {
  const exact = without(text, inserted)
  if (exact !== undefined) return { kind: "removed", text: exact }
  const root = scanJsonc(text)
  const list = nodeAt(root, ["hooks", event])
  if (list?.kind !== "array") return { kind: "gone" }
  const spelled = ({ value }: JsoncItem) => text.slice(value.start, value.end)
  const ours = list.items.findIndex((item) => meansTheSame(spelled(item), element))
  const changed = list.items.findIndex(({ value }) => isHufuHook(value))
  const index = ours < 0 && force ? changed : ours
  const other = list.items[changed]
  if (index < 0) return other === undefined ? { kind: "gone" } : { kind: "changed", now: spelled(other) }
  let result = removeChild(text, list, index)
  if (made !== "element") result = dropEmpty(result, ["hooks"], event)
  if (made === "hooks" || made === "file") result = dropEmpty(result, [], "hooks")
  return { kind: "removed", text: result }
}

/** Whether a settings value starts `hufu hook`. */
export function isHufuHook(node: JsoncNode): boolean {
  return /hufu(?:\.\w+)?["']?\s+hook\s+user-prompt\b/.test(textsIn(valueOf(node)).join("\n"))
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value]
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : []
}

function placeOf(
  root: JsoncObject,
  hooks: JsoncObject | undefined,
  list: JsoncArray | undefined,
  element: unknown,
): {
  into: JsoncObject | JsoncArray
  key: string | undefined
  value: unknown
  made: HookChange["made"]
} {
  if (list) return { into: list, key: undefined, value: element, made: "element" }
  if (hooks) return { into: hooks, key: event, value: [element], made: "event" }
  return { into: root, key: "hooks", value: { [event]: [element] }, made: "hooks" }
}

function childrenOf(node: JsoncObject | JsoncArray): readonly JsoncItem[] {
  return node.kind === "object" ? node.members : node.items
}

function insertAt(into: JsoncObject | JsoncArray): number {
  return childrenOf(into).at(-1)?.end ?? into.start + 1
}

/** Written like the children that are there already. */
function insertionInto(
  text: string,
  into: JsoncObject | JsoncArray,
  key: string | undefined,
  value: unknown,
): string {
  const last = childrenOf(into).at(-1)
  const name = key === undefined ? "" : `${JSON.stringify(key)}: `
  const indent = last === undefined ? undefined : indentAt(text, last.start)
  if (indent === undefined) return `${last === undefined ? "" : ", "}${name}${JSON.stringify(value)}`
  const end = lineEndOf(text)
  const step = indent.includes("\t") ? "\t" : "  "
  const lines = JSON.stringify(value, null, step).split("\n").join(`${end}${indent}`)
  return `,${end}${indent}${name}${lines}`
}

function without(text: string, inserted: string): string | undefined {
  const at = text.indexOf(inserted)
  if (at < 0 || text.includes(inserted, at + 1)) return undefined
  const result = text.slice(0, at) + text.slice(at + inserted.length)
  try {
    scanJsonc(result)
    return result
  } catch {
    // The user wrote around it, so that its comma is needed now.
    return undefined
  }
}

function dropEmpty(text: string, path: readonly string[], key: string): string {
  const holder = nodeAt(scanJsonc(text), path)
  if (holder?.kind !== "object") return text
  const index = holder.members.findIndex((member) => member.key === key)
  const value = holder.members[index]?.value
  if (value === undefined || value.kind === "scalar" || childrenOf(value).length > 0) return text
  return removeChild(text, holder, index)
}

/** Takes a child out with the one comma that belongs to it and the white space before it. */
function removeChild(text: string, from: JsoncObject | JsoncArray, index: number): string {
  const children = childrenOf(from)
  const child = children[index]
  if (child === undefined) return text
  const start = text.slice(0, child.start).trimEnd().length
  const end = child.comma === undefined ? child.end : child.comma + 1
  const before = child.comma === undefined ? children[index - 1]?.comma : undefined
  return applyEdits(text, [
    ...(before === undefined ? [] : [{ start: before, end: before + 1, text: "" }]),
    { start: Math.max(start, (before ?? -1) + 1), end, text: "" },
  ])
}

function unreadable(what: string): Failure {
  return new Failure(
    "invalid_json",
    `${what} in the settings is not what Claude Code expects: correct it first`,
  )
}
