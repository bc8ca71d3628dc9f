import { Failure } from "../failure.ts"
import { formatCheckpoint, parseCheckpoint, type Checkpoint } from "./checkpoint-text.ts"
import {
  signNote,
  verifyNote,
  type NoteChecks,
  type NoteSigner,
  type VerifiedBy,
  type VerifyMlDsa44,
} from "./signed-note.ts"
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

/** The keys of one log that a reader knows: its Ed25519 key, and those of its second signature by ML-DSA-44. */
export interface LogKeys {
  readonly key: VerifierKey
  readonly seconds: readonly VerifierKey[]
}

/** A log's ML-DSA-44 key, with what checks it: where it is named, nothing goes unchecked. */
export interface SecondKey {
  readonly key: VerifierKey
  readonly mlDsa44: VerifyMlDsa44
}

/** The same, where the log's second signature is asked for too: it is there and holds, or it is unchecked. */
export type TwiceSignedVerdict =
  | CheckpointVerdict
  | { ok: false; reason: "no_second_signature" | "bad_second_signature" }

/** Checks a signed checkpoint of a log of which the reader may know a second key too. UNTRUSTED input. */
export async function verifyTwiceSigned(
  note: string,
  { key, seconds }: LogKeys,
  witnesses: readonly VerifierKey[] = [],
  checks: NoteChecks = {},
): Promise<TwiceSignedVerdict> {
  const verdict = await verifyCheckpoint(note, key, [...seconds, ...witnesses], checks)
  if (!verdict.ok) {
    if (verdict.reason !== "bad_signature" || seconds.length === 0) return verdict
    const others = await verifyCheckpoint(note, key, witnesses, checks)
    return others.ok ? { ok: false, reason: "bad_second_signature" } : verdict
  }
  const signed = new Set([...verdict.witnesses.map((each) => each.key), ...verdict.unchecked])
  // Whoever trusts a second key asks for its signature, or leaving it out would be a way around it.
  if (seconds.some((second) => !signed.has(second))) return { ok: false, reason: "no_second_signature" }
  return { ...verdict, witnesses: verdict.witnesses.filter((each) => !seconds.includes(each.key)) }
}

function tryParse(text: string): Checkpoint | null {
  try {
    return parseCheckpoint(text)
  } catch {
    return null
  }
}
