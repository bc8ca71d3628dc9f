import { Failure } from "../failure.ts"
import { TILE_WIDTH } from "./tile-path.ts"

/** The longest entry that a bundle can hold: its length is written in two bytes. */
export const MAX_BUNDLED_BYTES = 0xffff
const lengthBytes = 2

/** The most bytes that a bundle of so many entries can have. */
export function maxBundleBytes(width: number = TILE_WIDTH): number {
  return width * (lengthBytes + MAX_BUNDLED_BYTES)
}

/** Entries one after another, each after its length (C2SP tlog-tiles). */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length === 0 || entries.length > TILE_WIDTH)
    throw new RangeError("a bundle holds 1 to 256 entries")
  if (entries.some((entry) => entry.length > MAX_BUNDLED_BYTES))
    throw new Failure("entry_too_large", "an entry is longer than 65535 bytes: a bundle cannot hold it")
  const bytes = new Uint8Array(entries.reduce((sum, entry) => sum + lengthBytes + entry.length, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const entry of entries) {
    view.setUint16(at, entry.length)
    bytes.set(entry, at + lengthBytes)
    at += lengthBytes + entry.length
  }
  return bytes
}

/** The entries of a bundle, which holds exactly so many and nothing else. UNTRUSTED input. */
export function decodeBundle(bytes: Uint8Array, width: number): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const entries: Uint8Array[] = []
  let at = 0
  for (let i = 0; i < width; i += 1) {
    if (at + lengthBytes > bytes.length) throw malformed()
    const end = at + lengthBytes + view.getUint16(at)
    if (end > bytes.length) throw malformed()
    entries.push(bytes.subarray(at + lengthBytes, end))
    at = end
  }
  if (at !== bytes.length) throw malformed()
  return entries
}

function malformed(): Failure {
  return new Failure(
    "invalid_evidence",
    "the file is not a bundle of that many entries; fetch it again, whole",
  )
}
