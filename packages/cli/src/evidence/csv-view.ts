import type { Entry } from "@hufu/core/evidence/entry"
import type { ReceiptOpening } from "@hufu/core/evidence/receipt-opening"
import { makeVisible } from "@hufu/core/profile/visible-text"
import { csvLine } from "./csv-line.ts"
import { shownBy } from "./shown-by.ts"

/** An entry as the exports see it. */
export interface ExportedEntry {
  readonly index: number
  readonly hash: string
  readonly entry: Entry
  readonly openings: readonly ReceiptOpening[]
}

/** The members that have a column, in order. */
const members = [
  "action",
  "agent",
  "version",
  "principal",
  "task",
  "mandate",
  "server",
  "effect",
  "door",
  "verdict",
  "rules",
  "hold",
  "approval",
  "decision",
  "outcome",
  "reason",
  "ms",
  "fact",
  "subject",
  "by",
] as const

export const csvHead = csvLine(["index", "time", "kind", ...members, "tool", "arguments", "leaf_hash"])

/** An entry as a record: a view for people, which proves nothing by itself. */
export function csvView({ index, hash, entry, openings }: ExportedEntry): string {
  // Which members there are depends on the kind; a cell is empty where there is none.
  const all = entry as Partial<Record<(typeof members)[number], string | number | null | readonly string[]>>
  const cells = members.map((member) => {
    const value = all[member]
    return typeof value === "object" && value !== null ? value.join(" ") : value
  })
  const { tool, args } = shownBy(openings)
  // UNTRUSTED: whoever reads a table must see what is in it.
  const shown = [tool, args === undefined ? undefined : JSON.stringify(args)].map(
    (text) => text && makeVisible(text),
  )
  return csvLine([index, new Date(entry.at).toISOString(), entry.kind, ...cells, ...shown, hash])
}
