import { toBase64 } from "@hufu/core/evidence/base64"
import type { ReadReceipt } from "./read-receipt.ts"

export interface Flipped {
  readonly text: string
  /** Which byte of which entry. */
  readonly at: number
  readonly index: number
}

/** The place of the last digit of an entry's time: another digit there leaves the entry well formed. */
const time = /"at":\d+/

/** The same receipt with one byte of its first entry changed, so that only the proof can tell. */
export function flipAByte({ text, receipt, entries }: ReadReceipt): Flipped {
  const [first] = entries
  const logged = receipt.entries[0]?.entry
  if (!first || logged === undefined) return { text, at: 0, index: 0 }
  // Entries are ASCII, so characters are bytes.
  const found = time.exec(String.fromCharCode(...first.bytes))
  const at = found ? found.index + found[0].length - 1 : 0
  const bytes = first.bytes.with(at, (first.bytes[at] ?? 0) ^ 1)
  return { text: text.replace(logged, () => toBase64(bytes)), at, index: first.index }
}
