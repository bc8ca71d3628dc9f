import { z } from "zod"
import { Failure } from "../failure.ts"
import { parseStrict } from "../json/strict-parse.ts"
import { fromBase64, toBase64 } from "./base64.ts"
import { type CommitmentOpening, ReceiptOpening, writeOpening } from "./receipt-opening.ts"
import { MAX_PROOF_CHARACTERS, formatTlogProof } from "./tlog-proof.ts"
import { MAX_ENTRY_BYTES } from "./encode-entry.ts"

/** The longest receipt file in characters. */
export const MAX_RECEIPT_CHARACTERS = 4 * 1024 * 1024
const MAX_ENTRIES = 64
const MAX_OPENINGS = 64

/** The signed evidence of one action, complete in one JSON file that verifies offline. */
export const Receipt = z.strictObject({
  format: z.literal("hufu-receipt/1"),
  entries: z
    .array(
      z.strictObject({
        /** Base64 of the exact logged bytes. */
        entry: z.string().max(Math.ceil(MAX_ENTRY_BYTES / 3) * 4),
        /** A C2SP tlog-proof v1. */
        proof: z.string().max(MAX_PROOF_CHARACTERS),
      }),
    )
    .min(1)
    .max(MAX_ENTRIES),
  openings: z.array(ReceiptOpening).max(MAX_OPENINGS).optional(),
  /** The log's verifier key, by which a reader finds it among the keys they trust. */
  logKey: z.string().max(512),
})
export type Receipt = z.infer<typeof Receipt>

/** What a receipt is built from: logged bytes, each with its inclusion proof in the same checkpoint's tree. */
export interface ReceiptParts {
  entries: readonly { bytes: Uint8Array; index: number; proof: readonly Uint8Array[] }[]
  /** The signed checkpoint, verbatim. */
  checkpoint: string
  logKey: string
  /** What the receipt discloses; leave out what its reader need not know. */
  openings?: readonly CommitmentOpening[]
}

/** Builds the receipt of one action, in the order of the log. */
export function buildReceipt(parts: ReceiptParts): Receipt {
  const entries = parts.entries
    .toSorted((a, b) => a.index - b.index)
    .map(({ bytes, index, proof }) => ({
      entry: toBase64(bytes),
      proof: formatTlogProof({ index, hashes: [...proof], checkpoint: parts.checkpoint }),
    }))
  const openings = parts.openings?.map(writeOpening)
  return checkReceipt({
    format: "hufu-receipt/1",
    entries,
    ...(openings && openings.length > 0 ? { openings } : {}),
    logKey: parts.logKey,
  })
}

/** Reads a receipt file; what it claims is not yet verified. UNTRUSTED input. */
export function parseReceipt(text: string): Receipt {
  if (text.length > MAX_RECEIPT_CHARACTERS) {
    throw new Failure("invalid_evidence", "the file is too long to be a receipt; choose another file")
  }
  return checkReceipt(parseStrict(text))
}

/** Whether a value has the form of a receipt; throws where it has not. */
function checkReceipt(value: unknown): Receipt {
  const parsed = Receipt.safeParse(value)
  if (parsed.success) return parsed.data
  const place = parsed.error.issues[0]?.path.join(".") ?? ""
  throw new Failure(
    "invalid_evidence",
    `the receipt is malformed at \`${place.slice(0, 80)}\`; export it again`,
    {
      cause: parsed.error,
    },
  )
}

/** The exact logged bytes of one entry of a receipt. */
export function receiptBytes(entry: Receipt["entries"][number]): Uint8Array {
  return fromBase64(entry.entry)
}
