import { fromBase64, toBase64 } from "@hufu/core/evidence/base64"
import { parseReceipt } from "@hufu/core/evidence/receipt"
import { Failure } from "@hufu/core/failure"

/** A commitment of an intent, up to a digit whose lowest bit leads to another digit. */
const digit = /"kind":"intent".*"policy":"[0-9a-f]*?[0-9bcde]/

/**
 * The same receipt with one byte changed in what it says was logged: the entry stays well formed, so that the
 * proof alone can tell.
 */
export function flipOneBit(receipt: string): string {
  for (const { entry } of parseReceipt(receipt).entries) {
    const bytes = fromBase64(entry)
    const found = digit.exec(Buffer.from(bytes).toString("latin1"))
    if (!found) continue
    const at = found.index + found[0].length - 1
    bytes[at] = (bytes[at] ?? 0) ^ 1
    return receipt.replace(entry, () => toBase64(bytes))
  }
  throw new Failure("invalid_evidence", "the receipt holds no intent to change: export it again")
}
