import { Failure } from "../failure.ts"
import { fromBase64, toBase64 } from "./base64.ts"
import { toHex } from "./hex.ts"
import { sha256 } from "./sha256.ts"

/**
 * What a key signs: notes themselves, the Ed25519 cosignatures of a witness, or the ML-DSA-44 (sub)tree
 * signatures of a witness or of a log beside its own.
 */
export type KeyAlgorithm = "ed25519" | "cosignature" | "ml-dsa-44"

/** A named public key that verifies signed notes (C2SP signed-note v1). */
export interface VerifierKey {
  name: string
  /** The first 4 bytes of the hash of name, algorithm and key, in hex. */
  id: string
  algorithm: KeyAlgorithm
  publicKey: Uint8Array
}

/** The algorithm bytes of C2SP signed-note v1 that Hufu checks. */
const typeBytes: Record<KeyAlgorithm, number> = {
  ed25519: 0x01,
  cosignature: 0x04,
  "ml-dsa-44": 0x06,
}

/** The longest text of a key: a name, and an ML-DSA-44 key. */
export const MAX_VKEY_LENGTH = 2_048
const publicKeyBytes: Record<KeyAlgorithm, number> = { ed25519: 32, cosignature: 32, "ml-dsa-44": 1_312 }
/** A name is signed behind one length byte (C2SP tlog-cosignature). */
const MAX_NAME_BYTES = 255

/** Names a public key for signed notes. */
export function verifierKey(
  name: string,
  publicKey: Uint8Array,
  algorithm: KeyAlgorithm = "ed25519",
): VerifierKey {
  if (!isKeyName(name) || new TextEncoder().encode(name).length > MAX_NAME_BYTES) {
    throw new Failure("invalid_evidence", "a key name holds no space and no plus sign; choose another one")
  }
  if (publicKey.length !== publicKeyBytes[algorithm]) {
    throw new Failure(
      "invalid_evidence",
      `a public key of this type has ${publicKeyBytes[algorithm]} bytes; send the raw key`,
    )
  }
  const identity = new Uint8Array([
    ...new TextEncoder().encode(`${name}\n`),
    typeBytes[algorithm],
    ...publicKey,
  ])
  return { name, id: toHex(sha256(identity).subarray(0, 4)), algorithm, publicKey }
}

/** The one-line text of a key: `<name>+<id>+<base64 of type and key>`. */
export function formatVkey(key: VerifierKey): string {
  const typed = new Uint8Array([typeBytes[key.algorithm], ...key.publicKey])
  return `${key.name}+${key.id}+${toBase64(typed)}`
}

/** Reads a key's text, and refuses one whose id does not belong to it. UNTRUSTED input. */
export function parseVkey(text: string): VerifierKey {
  // The name holds no plus sign, but base64 may.
  const match = text.length > MAX_VKEY_LENGTH ? null : /^([^+]+)\+([0-9a-f]{8})\+([^\n]+)$/.exec(text)
  const typed = fromBase64(match?.[3] ?? "")
  const algorithm = algorithmOf(typed[0])
  if (!match || !algorithm) {
    throw new Failure(
      "invalid_evidence",
      "a verifier key is `name+id+base64` of an Ed25519 or ML-DSA-44 key; copy it whole",
    )
  }
  const key = verifierKey(match[1] ?? "", typed.slice(1), algorithm)
  if (key.id !== match[2]) {
    throw new Failure(
      "invalid_evidence",
      "the verifier key's id does not match its name and key; copy it again",
    )
  }
  return key
}

/** Whether a text can name a key: not empty, no Unicode space, no plus sign, no control character. */
export function isKeyName(name: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  return name.length > 0 && name.isWellFormed() && !/[\s\u0000-\u001f\u0085+]/u.test(name)
}

function algorithmOf(type: number | undefined): KeyAlgorithm | undefined {
  return (["ed25519", "cosignature", "ml-dsa-44"] as const).find((algorithm) => typeBytes[algorithm] === type)
}
