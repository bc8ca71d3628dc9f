import type { Change } from "./connect-journal.ts"
import { memberOf, scanJsonc } from "./scan-jsonc.ts"
import { isSecret } from "./secret-names.ts"
import { applyEdits, type TextEdit } from "./text-edit.ts"

const hidden = '"••••••"'
const maxCells = 1_000_000

/** A change as the lines that go and those that come, without the secrets in them. */
export function showChange(change: Change): string[] {
  if (change.kind === "hook")
    return change.inserted
      .split(/\r\n|\r|\n/)
      .filter((line) => line.trim() !== "" && line.trim() !== ",")
      .map((line) => `+ ${line}`)
  const { pointer, before, after, vault } = change
  return [`@ ${pointer.join(" › ")}`, ...differenceOf(masked(before, vault), masked(after, vault))]
}

/** The lines that two texts do not share, each with its sign. */
export function differenceOf(before: string, after: string): string[] {
  const [a, b] = [before.split(/\r\n|\r|\n/), after.split(/\r\n|\r|\n/)]
  if (a.length * b.length > maxCells)
    return [...a.map((line) => `- ${line}`), ...b.map((line) => `+ ${line}`)]
  // How many lines the ends from here on share.
  const shared = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--) {
      const below = shared[i + 1]?.[j] ?? 0
      const beside = shared[i]?.[j + 1] ?? 0
      const row = shared[i]
      if (row) row[j] = a[i] === b[j] ? (shared[i + 1]?.[j + 1] ?? 0) + 1 : Math.max(below, beside)
    }
  const lines: string[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(`  ${a[i] ?? ""}`)
      i += 1
      j += 1
    } else if (j >= b.length || (i < a.length && (shared[i + 1]?.[j] ?? 0) >= (shared[i]?.[j + 1] ?? 0)))
      lines.push(`- ${a[i++] ?? ""}`)
    else lines.push(`+ ${b[j++] ?? ""}`)
  }
  return lines
}

/** An entry's text with dots for what looks like a secret in it. */
export function masked(entry: string, named: readonly string[]): string {
  const root = scanJsonc(entry)
  const edits = ["env", "headers"].flatMap((key): TextEdit[] => {
    const held = memberOf(root, key)?.value
    if (held?.kind !== "object") return []
    return held.members.flatMap(({ key: name, value }) => {
      const text = value.kind === "scalar" && typeof value.value === "string" ? value.value : ""
      const isHidden = isSecret(name, text, named) && !text.startsWith("(") && !text.includes("${")
      return isHidden ? [{ start: value.start, end: value.end, text: hidden }] : []
    })
  })
  return applyEdits(entry, edits)
}
