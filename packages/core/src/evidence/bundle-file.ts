import { z } from "zod"
import { MAX_PROOF_HASHES } from "./merkle.ts"
import { ReceiptOpening } from "./receipt-opening.ts"

const MAX_OPENINGS_OF_ENTRY = 8
const hashes = z.array(z.string().length(44)).max(MAX_PROOF_HASHES)

/**
 * The first line of a bundle: one proof for the whole range `[from, to)`. `left` are the roots of the full subtrees before it,
 * `right` proves that the tree of `to` entries is how the signed one began.
 */
export const BundleHead = z.strictObject({
  format: z.literal("hufu-bundle/1"),
  from: z.int().min(0),
  to: z.int().min(1),
  left: hashes,
  right: hashes,
  /** The signed checkpoint, verbatim. */
  checkpoint: z.string().max(256 * 1024),
  logKey: z.string().max(512),
})
export type BundleHead = z.infer<typeof BundleHead>

/** Each further line: the exact bytes of one entry, in order, and what is disclosed of it. */
export const BundleLine = z.strictObject({
  entry: z.string().max(24 * 1024),
  openings: z.array(ReceiptOpening).max(MAX_OPENINGS_OF_ENTRY).optional(),
})
export type BundleLine = z.infer<typeof BundleLine>
