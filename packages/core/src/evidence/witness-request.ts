import { Failure } from "../failure.ts"
import { toBase64 } from "./base64.ts"
import { parseDecimal, parseHashLine } from "./checkpoint-text.ts"
import { MAX_NOTE_BYTES } from "./signed-note.ts"

/** What a log asks a witness: to cosign this checkpoint, which grew from a tree of size `old` (C2SP tlog-witness). */
export interface WitnessRequest {
  old: number
  proof: Uint8Array[]
  /** The signed checkpoint, verbatim. */
  note: string
}

const MAX_PROOF_LINES = 63
const MAX_OLD_LINE = "old ".length + 16
const HASH_LINE = 45

/** The longest request in bytes. */
export const MAX_WITNESS_REQUEST_BYTES = MAX_OLD_LINE + 2 + MAX_PROOF_LINES * HASH_LINE + MAX_NOTE_BYTES

/** The text of a request. */
export function formatWitnessRequest({ old, proof, note }: WitnessRequest): string {
  const text = [`old ${old}`, ...proof.map(toBase64), "", note].join("\n")
  parseWitnessRequest(text)
  return text
}

/** Reads a request; what it claims is not yet checked. UNTRUSTED input. */
export function parseWitnessRequest(text: string): WitnessRequest {
  const split = text.indexOf("\n\n")
  if (text.length > MAX_WITNESS_REQUEST_BYTES || split < 0) throw malformed()
  const [first = "", ...hashes] = text.slice(0, split).split("\n")
  if (!first.startsWith("old ") || hashes.length > MAX_PROOF_LINES) throw malformed()
  return {
    old: parseDecimal(first.slice("old ".length)),
    proof: hashes.map(parseHashLine),
    note: text.slice(split + 2),
  }
}

function malformed(): Failure {
  return new Failure(
    "invalid_evidence",
    "the request is not `old SIZE`, the hashes of a proof, an empty line and a checkpoint",
  )
}
