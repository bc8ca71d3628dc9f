import { Failure } from "../failure.ts"
import { fromBase64, toBase64 } from "./base64.ts"
import { parseDecimal, parseHashLine } from "./checkpoint.ts"
import { MAX_PROOF_HASHES } from "./merkle.ts"
import { MAX_NOTE_BYTES, parseNote } from "./signed-note.ts"

/** A proof that an entry is in a log, checkable offline (C2SP tlog-proof v1). */
export interface TlogProof {
  /** Data beside the proof that nothing authenticates. */
  extra?: Uint8Array
  index: number
  /** The inclusion proof, the leaf's sibling first. */
  hashes: Uint8Array[]
  /** The signed checkpoint, verbatim. */
  checkpoint: string
}

const MAGIC = "c2sp.org/tlog-proof@v1"
const MAX_EXTRA_CHARACTERS = 8 * 1024

/** The longest proof text, in characters. */
export const MAX_PROOF_CHARACTERS = MAX_NOTE_BYTES + MAX_EXTRA_CHARACTERS + 64 * MAX_PROOF_HASHES

/** The text of a proof. */
export function formatTlogProof(proof: TlogProof): string {
  const extra = proof.extra ? [`extra ${toBase64(proof.extra)}`] : []
  const lines = [MAGIC, ...extra, `index ${proof.index}`, ...proof.hashes.map(toBase64), "", proof.checkpoint]
  const text = lines.join("\n")
  parseTlogProof(text)
  return text
}

/** Reads a proof's text; what it claims is not yet checked. UNTRUSTED input. */
export function parseTlogProof(text: string): TlogProof {
  const split = text.indexOf("\n\n")
  if (text.length > MAX_PROOF_CHARACTERS || split < 0) throw malformed()
  const checkpoint = text.slice(split + 2)
  parseNote(checkpoint)
  const [magic, ...rest] = text.slice(0, split).split("\n")
  if (magic !== MAGIC) throw malformed()
  const extra = rest[0]?.startsWith("extra ") ? parseExtra(rest.shift() ?? "") : undefined
  const [index, ...hashes] = rest
  if (!index?.startsWith("index ") || hashes.length > MAX_PROOF_HASHES) throw malformed()
  const proof = { index: parseDecimal(index.slice(6)), hashes: hashes.map(parseHashLine), checkpoint }
  return extra ? { ...proof, extra } : proof
}

function parseExtra(line: string): Uint8Array {
  if (line.length > MAX_EXTRA_CHARACTERS) throw malformed()
  return fromBase64(line.slice(6))
}

function malformed(): Failure {
  return new Failure("invalid_evidence", `the text is not a \`${MAGIC}\`; copy it whole`)
}
