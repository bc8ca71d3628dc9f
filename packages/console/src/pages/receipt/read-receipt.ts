import type { Output } from "@hufu/core/contract/contract"
import { decodeEntry } from "@hufu/core/evidence/encode-entry"
import type { Entry } from "@hufu/core/evidence/entry"
import { parseReceipt, type Receipt, receiptBytes } from "@hufu/core/evidence/receipt"
import { parseTlogProof } from "@hufu/core/evidence/tlog-proof"
import type { JsonValue } from "@hufu/core/json/json-value"

/** One entry of a receipt, not verified: only read. */
export interface ReadEntry {
  readonly index: number
  readonly bytes: Uint8Array
  readonly entry: Entry
}

export interface ReadReceipt {
  /** The file, as it would be saved. */
  readonly text: string
  readonly receipt: Receipt
  readonly entries: readonly ReadEntry[]
  /** What it discloses as a whole, by field. */
  readonly openings: Readonly<Partial<Record<string, JsonValue>>>
}

/** Reads what a node answered to `action.receipt`. */
export function readReceipt(answer: Output<"action.receipt">): ReadReceipt {
  const text = `${JSON.stringify(answer, null, 2)}\n`
  const receipt = parseReceipt(text)
  const entries = receipt.entries.map((item) => {
    const bytes = receiptBytes(item)
    return { index: parseTlogProof(item.proof).index, bytes, entry: decodeEntry(bytes) }
  })
  const openings = Object.fromEntries(
    (receipt.openings ?? []).flatMap((each) => ("value" in each ? [[each.field, each.value]] : [])),
  )
  return { text, receipt, entries, openings }
}
