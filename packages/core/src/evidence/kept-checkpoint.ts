import { Failure } from "../failure.ts"
import { isJsonObject } from "../json/json-value.ts"
import { parseStrict } from "../json/strict-parse.ts"
import { parseEntryProof } from "./entry-proof.ts"
import { parseReceipt } from "./receipt.ts"
import { parseTlogProof } from "./tlog-proof.ts"

/**
 * The checkpoint that a reader has kept: the text is one, or a receipt, or an entry with its proofs, which both hold one. What it
 * signs is not verified here. UNTRUSTED input.
 */
export function keptCheckpoint(text: string): string {
  if (!text.startsWith("{")) return text
  const file = parseStrict(text)
  const isReceipt = isJsonObject(file) && file["format"] === "hufu-receipt/1"
  const [proof] = isReceipt
    ? parseReceipt(text).entries.map((entry) => entry.proof)
    : [parseEntryProof(text).proof]
  if (proof === undefined)
    throw new Failure("invalid_evidence", "the file holds no checkpoint: choose a receipt or a checkpoint")
  return parseTlogProof(proof).checkpoint
}
