import { assertSize, equalBytes, isProof, isSubtree, isTreeSize } from "./merkle.ts"
import { nodeHash, splitOf, subtreeRoot, type NodeReader } from "./merkle.ts"
import { HASH_BYTES, sha256, type Hash } from "./sha256.ts"

/** What an inclusion proof claims: the leaf at `index` is in the tree of `size` leaves with this root. */
export interface InclusionClaim {
  index: number
  size: number
  leaf: Uint8Array
  proof: readonly Uint8Array[]
  root: Uint8Array
}

/** The hashes beside the path from a leaf to the root, the leaf's sibling first (RFC 9162 section 2.1.3.1). */
export function inclusionProof(
  index: number,
  size: number,
  read: NodeReader,
  hash: Hash = sha256,
): Uint8Array[] {
  assertSize(size)
  if (!isTreeSize(index) || index >= size) throw new RangeError(`leaf ${index} is not among ${size}`)
  const proof: Uint8Array[] = []
  let start = 0
  let end = size
  while (end - start > 1) {
    const middle = start + splitOf(end - start)
    if (index < middle) {
      proof.push(subtreeRoot(middle, end, read, hash))
      end = middle
    } else {
      proof.push(subtreeRoot(start, middle, read, hash))
      start = middle
    }
  }
  return proof.toReversed()
}

/** Whether an inclusion proof holds (RFC 9162 section 2.1.3.2). UNTRUSTED input; never throws. */
export function verifyInclusion(claim: InclusionClaim, hash: Hash = sha256): boolean {
  const computed = rootFromInclusion(claim, hash)
  return computed !== null && equalBytes(computed, claim.root)
}

/** The root that an inclusion proof leads to, or null when it leads nowhere. UNTRUSTED input; never throws. */
export function rootFromInclusion(
  { index, size, leaf, proof }: Omit<InclusionClaim, "root">,
  hash: Hash = sha256,
): Uint8Array | null {
  if (!isTreeSize(index) || !isTreeSize(size) || index >= size) return null
  if (leaf.length !== HASH_BYTES || !isProof(proof)) return null
  let node = index
  let last = size - 1
  let computed = leaf
  for (const sibling of proof) {
    if (last === 0) return null
    if (node % 2 === 1 || node === last) {
      computed = nodeHash(sibling, computed, hash)
      // The last node of a row may have moved up without a sibling.
      while (node % 2 === 0 && node !== 0) {
        node /= 2
        last = Math.floor(last / 2)
      }
    } else {
      computed = nodeHash(computed, sibling, hash)
    }
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 ? computed : null
}

/** What an inclusion proof within the subtree `[start, end)` claims. */
export interface SubtreeInclusionClaim extends Omit<InclusionClaim, "size"> {
  start: number
  end: number
}

/** Whether a leaf is in a subtree: inclusion, counted from where the subtree starts. */
export function verifySubtreeInclusion(claim: SubtreeInclusionClaim, hash: Hash = sha256): boolean {
  const { start, end, index } = claim
  if (!isSubtree(start, end) || !isTreeSize(index) || index < start) return false
  return verifyInclusion({ ...claim, index: index - start, size: end - start }, hash)
}
