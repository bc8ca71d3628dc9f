import { Failure } from "../failure.ts"
import { formatCheckpoint, parseCheckpoint, type Checkpoint } from "./checkpoint-text.ts"
import { signNote, verifyNote, type NoteChecks, type NoteSigner, type VerifiedBy } from "./signed-note.ts"
import type { VerifierKey } from "./vkey.ts"

export {
  formatCheckpoint,
  parseCheckpoint,
  parseDecimal,
  parseHashLine,
  type Checkpoint,
} from "./checkpoint-text.ts"

/** The result of checking a signed checkpoint against a log's key and known witnesses. */
export type CheckpointVerdict =
  | {
      ok: true
      checkpoint: Checkpoint
      witnesses: VerifiedBy[]
      /** Known keys whose signatures this runtime cannot check: they count for nothing. */
      unchecked: VerifierKey[]
    }
  | { ok: false; reason: "malformed" | "bad_signature" | "unknown_signer" | "other_origin" }

/** Signs a checkpoint. INVARIANT: the caller never signs one that is inconsistent with one signed before. */
export function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): string {
  if (signer.key.name !== checkpoint.origin) {
    throw new Failure(
      "invalid_evidence",
      "a checkpoint is signed under its origin's name; use that log's key",
    )
  }
  return signNote(formatCheckpoint(checkpoint), signer)
}

/** Checks a signed checkpoint: the log itself must have signed it; known witnesses are counted. UNTRUSTED input. */
export async function verifyCheckpoint(
  note: string,
  log: VerifierKey,
  witnesses: readonly VerifierKey[] = [],
  checks: NoteChecks = {},
): Promise<CheckpointVerdict> {
  const verdict = await verifyNote(note, [log, ...witnesses], checks)
  if (!verdict.ok) return verdict
  if (!verdict.by.some(({ key }) => key === log)) return { ok: false, reason: "unknown_signer" }
  const checkpoint = tryParse(verdict.text)
  if (!checkpoint) return { ok: false, reason: "malformed" }
  if (checkpoint.origin !== log.name) return { ok: false, reason: "other_origin" }
  return {
    ok: true,
    checkpoint,
    witnesses: verdict.by.filter(({ key }) => key !== log),
    unchecked: verdict.unchecked,
  }
}

function tryParse(text: string): Checkpoint | null {
  try {
    return parseCheckpoint(text)
  } catch {
    return null
  }
}
