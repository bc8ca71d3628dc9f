import { z } from "zod"
import type { JsonValue } from "../json/json-value.ts"
import { MAX_ARGUMENT_LEAVES, type OpenedArgument } from "./argument-list.ts"
import { SALT_BYTES } from "./commitment.ts"
import { Digest } from "./entry.ts"
import { toHex } from "./hex.ts"

/** The commitments of an entry that a receipt may open. */
export const openableFields = ["tool", "facts", "arguments", "result", "digest"] as const
export type OpenableField = (typeof openableFields)[number]

/** Hex of a salt, and the value that it opens a commitment with. */
const secret = { salt: z.string().length(SALT_BYTES * 2), value: z.json() }

/** What opens a commitment: the whole of it, or of the arguments those that were chosen. */
export const ReceiptOpening = z.union([
  z.strictObject({ field: z.enum(openableFields), ...secret }),
  z.strictObject({
    field: z.literal("arguments"),
    /** The commitments to each argument, in canonical order; those that are not opened tell nothing but their number. */
    leaves: z.array(Digest).min(1).max(MAX_ARGUMENT_LEAVES),
    opened: z.array(z.strictObject({ at: z.int().min(0), ...secret })).max(MAX_ARGUMENT_LEAVES),
  }),
])
export type ReceiptOpening = z.infer<typeof ReceiptOpening>

/** What opens a commitment, before it is written into a receipt. */
export type CommitmentOpening =
  | { readonly field: OpenableField; readonly salt: Uint8Array; readonly value: JsonValue }
  | {
      readonly field: "arguments"
      readonly leaves: readonly string[]
      readonly opened: readonly OpenedArgument[]
    }

/** An opening as a receipt holds it. */
export function writeOpening(opening: CommitmentOpening): ReceiptOpening {
  if (!("leaves" in opening)) return { ...opening, salt: toHex(opening.salt) }
  const { field, leaves, opened } = opening
  return {
    field,
    leaves: [...leaves],
    opened: opened.map(({ at, salt, value }) => ({ at, salt: toHex(salt), value })),
  }
}
