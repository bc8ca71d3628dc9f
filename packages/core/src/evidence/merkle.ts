import { HASH_BYTES, sha256, type Hash } from "./sha256.ts"

/** The longest proof: a tree of safe-integer size has 53 levels, and a consistency proof one hash more. */
export const MAX_PROOF_HASHES = 54

/**
 * Reads the hash of a full subtree: the leaves from `index · 2^level` up to `(index + 1) · 2^level`, so that
 * level 0 holds the leaf hashes.
 */
export type NodeReader = (level: number, index: number) => Uint8Array

/** What is hashed, over memory that is used again: a Hash is synchronous and keeps nothing of its input. */
const short = new Uint8Array(4096)
const pair = new Uint8Array(1 + 2 * HASH_BYTES)

/** The hash of a leaf (RFC 9162 section 2.1.1): the prefix keeps leaves and nodes apart. */
export function leafHash(entry: Uint8Array, hash: Hash = sha256): Uint8Array {
  const length = entry.length + 1
  const input = length <= short.length ? short.subarray(0, length) : new Uint8Array(length)
  input.set(entry, 1)
  return hash(input)
}

/** The hash of an inner node (RFC 9162 section 2.1.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array, hash: Hash = sha256): Uint8Array {
  // UNTRUSTED: a verifier may be given anything in place of a hash; no two inputs may ever read as one.
  const isPair = left.length === HASH_BYTES && right.length === HASH_BYTES
  const input = isPair ? pair : new Uint8Array(1 + left.length + right.length)
  input[0] = 1
  input.set(left, 1)
  input.set(right, 1 + left.length)
  return hash(input)
}

/** The root of the tree without leaves. */
export function emptyRoot(hash: Hash = sha256): Uint8Array {
  return hash(new Uint8Array())
}

/** The root over all leaf hashes, recomputed from nothing: the oracle that everything else must agree with. */
export function rootFromLeaves(leaves: readonly Uint8Array[], hash: Hash = sha256): Uint8Array {
  if (leaves.length === 0) return emptyRoot(hash)
  let row = leaves
  while (row.length > 1) {
    const above: Uint8Array[] = []
    for (let at = 0; at < row.length; at += 2) {
      const left = row[at]
      const right = row[at + 1]
      // The last node without a sibling moves up unchanged.
      if (left) above.push(right ? nodeHash(left, right, hash) : left)
    }
    row = above
  }
  return row[0] ?? emptyRoot(hash)
}

/** The root of the first `size` leaves, read from full subtrees. */
export function rootAt(size: number, read: NodeReader, hash: Hash = sha256): Uint8Array {
  assertSize(size)
  return size === 0 ? emptyRoot(hash) : subtreeRoot(0, size, read, hash)
}

/** The root over `[start, end)`, where `start` is a multiple of the largest power of two within the range. */
export function subtreeRoot(start: number, end: number, read: NodeReader, hash: Hash = sha256): Uint8Array {
  const parts: Uint8Array[] = []
  for (let at = start; at < end;) {
    const level = floorLog2(end - at)
    parts.push(read(level, at / 2 ** level))
    at += 2 ** level
  }
  return foldPeaks(parts, hash)
}

/** Joins the roots of full subtrees, largest first, into the root of them all. */
export function foldPeaks(peaks: readonly Uint8Array[], hash: Hash = sha256): Uint8Array {
  const last = peaks.at(-1)
  if (!last) return emptyRoot(hash)
  return peaks.slice(0, -1).reduceRight((right, left) => nodeHash(left, right, hash), last)
}

/** The largest power of two below `size`, for a size of at least 2 (RFC 9162 section 2.1.1). */
export function splitOf(size: number): number {
  return 2 ** floorLog2(size - 1)
}

/** The exponent of the largest power of two within a positive safe integer; Math.log2 is not exact. */
export function floorLog2(value: number): number {
  const high = Math.floor(value / 0x1_0000_0000)
  return high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(value)
}

/** Whether `[start, end)` is a subtree: `start` is a multiple of the least power of two that spans it. */
export function isSubtree(start: number, end: number): boolean {
  if (!isTreeSize(start) || !isTreeSize(end) || start >= end) return false
  const width = end - start
  return start % (width === 1 ? 1 : splitOf(width) * 2) === 0
}

/** Whether a number can be the size of a tree. */
export function isTreeSize(size: number): boolean {
  return Number.isSafeInteger(size) && size >= 0
}

/** Whether every hash has the length of a hash and their number that of a proof. */
export function isProof(proof: readonly Uint8Array[]): boolean {
  return proof.length <= MAX_PROOF_HASHES && proof.every((hash) => hash.length === HASH_BYTES)
}

/** Compares two byte strings; they are public, so the time that it takes tells nothing. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false
  return true
}

/** A size that is no size is a bug of the caller, never input. */
export function assertSize(size: number): void {
  if (!isTreeSize(size)) throw new RangeError(`a tree cannot have ${size} leaves`)
}
