import type { Change, ServerChange } from "./connect-journal.ts"
import { removeHook } from "./hook-entry.ts"
import { meansTheSame } from "./same-value.ts"
import { type JsoncNode, nodeAt, scanJsonc } from "./scan-jsonc.ts"
import { serverEntries } from "./server-entries.ts"
import { applyEdits } from "./text-edit.ts"

/** A change that the user has changed again, and what stands there now. */
export interface Changed {
  readonly change: Change
  readonly now: string
}

export interface Restored {
  readonly text: string
  /** Put back. */
  readonly restored: readonly Change[]
  /** Nothing to put back: the user did it, or took the entry out. */
  readonly undone: readonly Change[]
  readonly gone: readonly Change[]
  /** Left as they are, unless `force`. */
  readonly changed: readonly Changed[]
}

/** A text with these changes taken back and everything else as it is, however it was edited since. */
export function restoreText(
  text: string,
  changes: readonly Change[],
  containers: readonly (readonly string[])[],
  force = false,
): Restored {
  const found = {
    restored: [] as Change[],
    undone: [] as Change[],
    gone: [] as Change[],
    changed: [] as Changed[],
  }
  const root = scanJsonc(text)
  const edits = changes.flatMap((change) => {
    if (change.kind !== "server") return []
    const at = findEntry(text, root, change, containers)
    if (at.kind === "gone") found.gone.push(change)
    else if (at.kind === "undone") found.undone.push(change)
    else if (at.kind === "changed") found.changed.push({ change, now: spelled(text, at.node) })
    else found.restored.push(change)
    const take = at.kind === "ours" || (at.kind === "changed" && force)
    return take ? [{ start: at.node.start, end: at.node.end, text: change.before }] : []
  })
  let result = applyEdits(text, edits)
  for (const change of changes) {
    if (change.kind !== "hook") continue
    const removal = removeHook(result, change, force)
    if (removal.kind === "gone") found.gone.push(change)
    else if (removal.kind === "changed") found.changed.push({ change, now: removal.now })
    else {
      found.restored.push(change)
      result = removal.text
    }
  }
  return { text: result, ...found }
}

type Found =
  | { readonly kind: "ours" | "changed"; readonly node: JsoncNode }
  | { readonly kind: "gone" }
  | { readonly kind: "undone" }

function findEntry(
  text: string,
  root: JsoncNode | undefined,
  change: ServerChange,
  containers: readonly (readonly string[])[],
): Found {
  const node = nodeAt(root, change.pointer)
  if (node !== undefined) {
    const now = spelled(text, node)
    if (meansTheSame(now, change.after)) return { kind: "ours", node }
    return meansTheSame(now, change.before) ? { kind: "undone" } : { kind: "changed", node }
  }
  // The user may have given it another name.
  const renamed = serverEntries(root, containers).find((entry) =>
    meansTheSame(spelled(text, entry.node), change.after),
  )
  return renamed === undefined ? { kind: "gone" } : { kind: "ours", node: renamed.node }
}

function spelled(text: string, { start, end }: JsoncNode): string {
  return text.slice(start, end)
}
