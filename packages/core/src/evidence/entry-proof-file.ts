import { z } from "zod"
import { Digest } from "./entry.ts"

/** Bounds for a first look; whoever reads a part bounds it exactly. */
const maxProofCharacters = 256 * 1024

/** One entry of a log with the proof that it is there, twice: as a C2SP tlog-proof and as a COSE receipt. */
export const EntryProof = z.strictObject({
  format: z.literal("hufu-entry/1"),
  index: z.int().min(0),
  /** The leaf hash. */
  hash: Digest,
  /** Base64 of the exact logged bytes. */
  entry: z.string().max(24 * 1024),
  /** A C2SP tlog-proof v1. */
  proof: z.string().max(maxProofCharacters),
  /** Base64 of a COSE receipt (RFC 9942) for the same bytes. */
  cose: z.string().max(24 * 1024),
  logKey: z.string().max(512),
})
export type EntryProof = z.infer<typeof EntryProof>
