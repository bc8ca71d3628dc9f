import { z } from "zod"
import { Failure } from "../failure.ts"
import { parseStrict } from "../json/strict-parse.ts"
import { canonicalize } from "../json/canonical.ts"
import { EntryId } from "./entry.ts"
import { toHex } from "./hex.ts"
import { Receipt } from "./receipt.ts"
import { sha256 } from "./sha256.ts"

/** The longest trace file in characters. */
export const MAX_TRACE_CHARACTERS = 64 * 1024 * 1024
/** How many actions one trace may have. */
export const MAX_TRACE_LINKS = 1000
/** How many actions one order may list below it. */
export const MAX_BELOW = 10_000

/** What agents asked of each other for one thing, from the first order down: a receipt for each action, all in one state of the log. */
export const TraceFile = z.strictObject({
  format: z.literal("hufu-trace/1"),
  /** The action at the top. */
  root: EntryId,
  links: z
    .array(
      z.strictObject({
        /** Each with the receipt's own checks; bounded there. */
        receipt: Receipt,
        /** What was attempted under it, as its outcome committed to it. */
        below: z.array(EntryId).max(MAX_BELOW).optional(),
      }),
    )
    .min(1)
    .max(MAX_TRACE_LINKS),
})
export type TraceFile = z.infer<typeof TraceFile>

/** Reads a trace file; what it claims is not yet verified. UNTRUSTED input. */
export function parseTrace(text: string): TraceFile {
  if (text.length > MAX_TRACE_CHARACTERS)
    throw new Failure("invalid_evidence", "the file is too long to be a trace; choose another file")
  const parsed = TraceFile.safeParse(parseStrict(text))
  if (parsed.success) return parsed.data
  const place = parsed.error.issues[0]?.path.join(".") ?? ""
  throw new Failure(
    "invalid_evidence",
    `the trace is malformed at \`${place.slice(0, 80)}\`; export it again`,
    { cause: parsed.error },
  )
}

/** The digest of a list of actions, in whatever order they stand: what an order's outcome says of what was attempted under it. */
export function belowDigest(actions: readonly string[]): string {
  return toHex(sha256(new TextEncoder().encode(canonicalize(actions.toSorted()))))
}
