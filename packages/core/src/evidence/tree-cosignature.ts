import { Failure } from "../failure.ts"
import { parseCheckpoint } from "./checkpoint-text.ts"

/** A part of a log's tree as a cosigner saw it; a whole tree is `[0, size)`. */
export interface CosignedTree {
  origin: string
  start: number
  end: number
  root: Uint8Array
}

const LABEL = "subtree/v1\n\0"
const MAX_NAME_BYTES = 255

/** What an Ed25519 witness signs: the time and the whole text, extension lines included (C2SP tlog-cosignature v1). */
export function cosignedText(text: string, atSeconds: number): Uint8Array {
  return new TextEncoder().encode(`cosignature/v1\ntime ${atSeconds}\n${text}`)
}

/** What an ML-DSA-44 cosigner signs about a (sub)tree (C2SP tlog-cosignature, type 0x06). */
export function cosignedTree(cosigner: string, atSeconds: number, tree: CosignedTree): Uint8Array {
  return new Uint8Array([
    ...new TextEncoder().encode(LABEL),
    ...lengthPrefixed(cosigner),
    ...uint64(atSeconds),
    ...lengthPrefixed(tree.origin),
    ...uint64(tree.start),
    ...uint64(tree.end),
    ...tree.root,
  ])
}

/** The same for a checkpoint's text; its extension lines are not covered. UNTRUSTED text: throws where it is no checkpoint. */
export function cosignedCheckpoint(cosigner: string, atSeconds: number, text: string): Uint8Array {
  const { origin, size, root } = parseCheckpoint(text)
  return cosignedTree(cosigner, atSeconds, { origin, start: 0, end: size, root })
}

/** A number of 8 bytes, big endian. */
export function uint64(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value))
  return bytes
}

function lengthPrefixed(name: string): Uint8Array {
  const bytes = new TextEncoder().encode(name)
  if (bytes.length < 1 || bytes.length > MAX_NAME_BYTES)
    throw new Failure("invalid_evidence", "a name that is cosigned has 1 to 255 bytes; choose a shorter one")
  return new Uint8Array([bytes.length, ...bytes])
}
