import { Failure } from "../failure.ts"
import { encodeCbor, readCbor } from "./cbor.ts"
import { MAX_ENTRY_BYTES } from "./encode-entry.ts"

/** The longest COSE file in bytes. */
export const MAX_COSE_FILE_BYTES = 4 * 1024 * 1024
const MAX_ENTRIES = 64

/** One entry's exact bytes, and its COSE receipt (RFC 9942) beside it. */
export interface CoseFileItem {
  readonly entry: Uint8Array
  readonly receipt: Uint8Array
}

/** The evidence of one action for tools that speak COSE: a CBOR sequence (RFC 8742) of each entry and its receipt, in the log's order. */
export function formatCoseFile(items: readonly CoseFileItem[]): Uint8Array {
  const parts = items.flatMap(({ entry, receipt }) => [encodeCbor(entry), receipt])
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Reads a COSE file; what it claims is not yet checked. UNTRUSTED input. */
export function parseCoseFile(bytes: Uint8Array): CoseFileItem[] {
  if (bytes.length > MAX_COSE_FILE_BYTES) throw malformed("it is too long")
  const items: CoseFileItem[] = []
  let at = 0
  while (at < bytes.length) {
    if (items.length === MAX_ENTRIES) throw malformed("it holds too many entries")
    const [entry, end] = readCbor(bytes, at)
    if (!(entry instanceof Uint8Array))
      throw malformed("an entry's bytes are missing before its receipt, and a receipt alone proves nothing")
    if (entry.length > MAX_ENTRY_BYTES) throw malformed("an entry is too long")
    if (end === bytes.length) throw malformed("the last entry has no receipt")
    const [, next] = readCbor(bytes, end)
    items.push({ entry, receipt: bytes.slice(end, next) })
    at = next
  }
  if (items.length === 0) throw malformed("it is empty")
  return items
}

function malformed(why: string): Failure {
  return new Failure(
    "invalid_evidence",
    `the file is not entries with COSE receipts: ${why}; export it again`,
  )
}
