import { Failure } from "../failure.ts"
import { fromBase64, toBase64 } from "./base64.ts"
import { verifyEd25519, type Sign } from "./ed25519.ts"
import { fromHex, toHex } from "./hex.ts"
import { cosignedCheckpoint, cosignedText, uint64 } from "./tree-cosignature.ts"
import { isKeyName, type VerifierKey } from "./vkey.ts"

/** The longest note in bytes, signatures included: sixteen of ML-DSA-44 fit. */
export const MAX_NOTE_BYTES = 64 * 1024
/** The most signatures a note may carry; each costs a verification. */
export const MAX_SIGNATURES = 64

const DASH = "\u2014"
const TIME_BYTES = 8
const ML_DSA_44_BYTES = 2_420

/** One signature line of a note, not yet verified. */
export interface NoteSignature {
  name: string
  id: string
  signature: Uint8Array
}

/** A key that has verified a note; a cosignature says when its witness saw it. */
export interface VerifiedBy {
  key: VerifierKey
  atSeconds?: number
}

/** A private key with the public name under which it signs. */
export interface NoteSigner {
  key: VerifierKey
  sign: Sign
}

/** Whether an ML-DSA-44 signature holds; a malformed key or signature is `false`. */
export type VerifyMlDsa44 = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean | Promise<boolean>

/** What a runtime can check beyond Ed25519. */
export interface NoteChecks {
  mlDsa44?: VerifyMlDsa44
}

/** The result of checking a note against the keys that a verifier knows. */
export type NoteVerdict =
  | {
      ok: true
      text: string
      by: VerifiedBy[]
      /** Known keys whose signatures this runtime cannot check: they are neither good nor forged. */
      unchecked: VerifierKey[]
    }
  | { ok: false; reason: "malformed" | "bad_signature" | "unknown_signer" }

/** Signs a text (which ends in a newline) as a C2SP signed note. */
export function signNote(text: string, signer: NoteSigner): string {
  if (signer.key.algorithm !== "ed25519") {
    throw new Failure("invalid_evidence", "a cosignature key signs no notes; use the log's own key")
  }
  return checkedNote(`${text}\n${signatureLine(signer, signer.sign(utf8(text)))}`)
}

/** Adds a witness's cosignature to a signed note: at this time it was the largest consistent tree it had seen. */
export function cosignNote(note: string, signer: NoteSigner, atSeconds: number): string {
  const { text } = parseNote(note)
  const { name, algorithm } = signer.key
  if (algorithm === "ed25519" || !Number.isSafeInteger(atSeconds) || atSeconds < 0) {
    throw new Failure("invalid_evidence", "a cosignature needs a cosignature key and a time in whole seconds")
  }
  const message =
    algorithm === "ml-dsa-44" ? cosignedCheckpoint(name, atSeconds, text) : cosignedText(text, atSeconds)
  const signature = signer.sign(message)
  return checkedNote(`${note}${signatureLine(signer, new Uint8Array([...uint64(atSeconds), ...signature]))}`)
}

/** Splits a note into its text and signature lines without trusting either. UNTRUSTED input. */
export function parseNote(note: string): { text: string; signatures: NoteSignature[] } {
  // The text may hold empty lines, signatures cannot: the split is at the last one.
  const split = note.lastIndexOf("\n\n")
  if (!isNoteText(note) || split < 0) throw malformed()
  const lines = note.slice(split + 2, -1).split("\n")
  if (lines.length > MAX_SIGNATURES) throw malformed()
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignature) }
}

/**
 * Checks a note: signatures of unknown keys are ignored, a known key's signature that fails refuses the whole
 * note, and at least one known key must have signed. UNTRUSTED input.
 */
export async function verifyNote(
  note: string,
  keys: readonly VerifierKey[],
  checks: NoteChecks = {},
): Promise<NoteVerdict> {
  const parsed = tryTo(() => parseNote(note))
  if (!parsed) return { ok: false, reason: "malformed" }
  const by: VerifiedBy[] = []
  const unchecked = new Set<VerifierKey>()
  for (const signature of parsed.signatures) {
    const key = keys.find((known) => known.name === signature.name && known.id === signature.id)
    if (!key) continue
    if (key.algorithm === "ml-dsa-44" && !checks.mlDsa44) {
      unchecked.add(key)
      continue
    }
    const verified = await verifySignature(parsed.text, { key, checks }, signature.signature)
    if (!verified) return { ok: false, reason: "bad_signature" }
    if (!by.some((other) => other.key === key)) by.push(verified)
  }
  return by.length > 0
    ? { ok: true, text: parsed.text, by, unchecked: [...unchecked] }
    : { ok: false, reason: "unknown_signer" }
}

async function verifySignature(
  text: string,
  { key, checks }: { key: VerifierKey; checks: NoteChecks },
  bytes: Uint8Array,
): Promise<VerifiedBy | null> {
  if (key.algorithm === "ed25519") {
    return (await verifyEd25519(key.publicKey, utf8(text), bytes)) ? { key } : null
  }
  if (bytes.length <= TIME_BYTES) return null
  const atSeconds = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0))
  if (!Number.isSafeInteger(atSeconds)) return null
  const signature = bytes.subarray(TIME_BYTES)
  if (key.algorithm === "cosignature") {
    const holds = await verifyEd25519(key.publicKey, cosignedText(text, atSeconds), signature)
    return holds ? { key, atSeconds } : null
  }
  const message = tryTo(() => cosignedCheckpoint(key.name, atSeconds, text))
  if (!message || signature.length !== ML_DSA_44_BYTES) return null
  return (await checks.mlDsa44?.(key.publicKey, message, signature)) === true ? { key, atSeconds } : null
}

function signatureLine(signer: NoteSigner, signature: Uint8Array): string {
  const bytes = new Uint8Array([...fromHex(signer.key.id), ...signature])
  return `${DASH} ${signer.key.name} ${toBase64(bytes)}\n`
}

function parseSignature(line: string): NoteSignature {
  const [dash, name, base64, ...rest] = line.split(" ")
  const bytes = fromBase64(base64 ?? "")
  if (dash !== DASH || !isKeyName(name ?? "") || bytes.length <= 4 || rest.length > 0) throw malformed()
  return { name: name ?? "", id: toHex(bytes.subarray(0, 4)), signature: bytes.slice(4) }
}

function tryTo<T>(work: () => T): T | null {
  try {
    return work()
  } catch {
    return null
  }
}

/** A note that we write must be one that we would read. */
function checkedNote(note: string): string {
  parseNote(note)
  return note
}

/** Bounded Unicode text in lines, each ended by a newline, without any other control character. */
function isNoteText(text: string): boolean {
  if (text.length > MAX_NOTE_BYTES || !text.endsWith("\n") || !text.isWellFormed()) return false
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  return !/[\u0000-\u0009\u000b-\u001f]/.test(text) && utf8(text).length <= MAX_NOTE_BYTES
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function malformed(): Failure {
  return new Failure(
    "invalid_evidence",
    "the text is not a signed note; copy it whole, with its last newline",
  )
}
