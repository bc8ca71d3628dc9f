import { Failure } from "../failure.ts"
import { fromBase64, toBase64 } from "./base64.ts"
import { emptyRoot, equalBytes } from "./merkle.ts"
import { HASH_BYTES } from "./sha256.ts"
import { isKeyName } from "./vkey.ts"

/** The size and root of a log at one moment (C2SP tlog-checkpoint v1). */
export interface Checkpoint {
  origin: string
  size: number
  root: Uint8Array
  /** Extension lines: discouraged, kept so that a foreign checkpoint reads back as it was. */
  extensions?: string[]
}

/** The text of a checkpoint, before it is signed. */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root, extensions = [] } = checkpoint
  const text = [origin, size, toBase64(root), ...extensions].join("\n") + "\n"
  parseCheckpoint(text)
  return text
}

/** Reads a checkpoint's text. UNTRUSTED input: verify the note that it came in first. */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split("\n")
  const [origin, size, root, ...extensions] = lines.slice(0, -1)
  // The text ends in a newline and no line in it is empty.
  if (lines.at(-1) !== "" || lines.slice(0, -1).includes("") || !origin || !isKeyName(origin))
    throw malformed()
  const checkpoint = { origin, size: parseDecimal(size ?? ""), root: parseHashLine(root ?? "") }
  if (checkpoint.size === 0 && !equalBytes(checkpoint.root, emptyRoot())) throw malformed()
  return extensions.length > 0 ? { ...checkpoint, extensions } : checkpoint
}

/** Reads an ASCII decimal without leading zeros, as far as a number is exact. */
export function parseDecimal(text: string): number {
  const value = /^(0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(value)) throw malformed()
  return value
}

/** Reads one base64 hash. */
export function parseHashLine(text: string): Uint8Array {
  const hash = text.length === 44 ? fromBase64(text) : new Uint8Array()
  if (hash.length !== HASH_BYTES) throw malformed()
  return hash
}

function malformed(): Failure {
  return new Failure("invalid_evidence", "the text is not a checkpoint: origin, size and root, a line each")
}
