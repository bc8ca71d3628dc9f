import { assertSize, emptyRoot, equalBytes, isProof, isSubtree, isTreeSize } from "./merkle.ts"
import { nodeHash, splitOf, subtreeRoot, type NodeReader } from "./merkle.ts"
import { sha256, type Hash } from "./sha256.ts"

/** What a consistency proof claims: the tree with `root1` is how the tree with `root2` began. */
export interface ConsistencyClaim {
  size1: number
  size2: number
  root1: Uint8Array
  root2: Uint8Array
  proof: readonly Uint8Array[]
}

/** Proves that the first `size1` of `size2` leaves are as they were (RFC 9162 section 2.1.4.1). */
export function consistencyProof(
  size1: number,
  size2: number,
  read: NodeReader,
  hash: Hash = sha256,
): Uint8Array[] {
  assertSize(size1)
  assertSize(size2)
  if (size1 < 1 || size1 > size2)
    throw new RangeError(`a tree of ${size1} is no beginning of one of ${size2}`)
  const proof: Uint8Array[] = []
  let start = 0
  let end = size2
  while (end !== size1) {
    const middle = start + splitOf(end - start)
    if (size1 <= middle) {
      proof.push(subtreeRoot(middle, end, read, hash))
      end = middle
    } else {
      proof.push(subtreeRoot(start, middle, read, hash))
      start = middle
    }
  }
  // Where the old tree is itself a full left edge, its root is known to the verifier and left out.
  if (start > 0) proof.push(subtreeRoot(start, end, read, hash))
  return proof.toReversed()
}

/**
 * Whether a consistency proof holds. UNTRUSTED input; never throws. From an empty tree there is nothing to
 * prove, so `size1` 0 is refused and the caller decides.
 */
export function verifyConsistency(claim: ConsistencyClaim, hash: Hash = sha256): boolean {
  const { size1, size2, root1, root2, proof } = claim
  return (
    size1 !== 0 && verifySubtreeConsistency({ start: 0, end: size1, size: size2, root1, root2, proof }, hash)
  )
}

/** What a subtree consistency proof claims: the subtree `[start, end)` with `root1` is part of `root2`'s tree. */
export interface SubtreeConsistencyClaim {
  start: number
  end: number
  size: number
  root1: Uint8Array
  root2: Uint8Array
  proof: readonly Uint8Array[]
}

/** Whether a subtree is part of a tree; with `start` 0 this is RFC 9162 section 2.1.4.2. */
export function verifySubtreeConsistency(claim: SubtreeConsistencyClaim, hash: Hash = sha256): boolean {
  const { start, end, size, root1, root2 } = claim
  if (start === end) return isTreeSize(start) && start <= size && holdsOfNothing(claim, hash)
  if (!isSubtree(start, end) || !isTreeSize(size) || end > size || !isProof(claim.proof)) return false
  const row: Row = { first: start, last: end - 1, edge: size - 1 }
  // Climb to the node where the proof begins: the largest full subtree at the range's right end.
  const reachesEdge = row.last === row.edge
  // oxlint-disable-next-line no-unmodified-loop-condition -- decided once, by where the range ends
  while (row.first !== row.last && (reachesEdge || row.last % 2 === 1)) rise(row)
  const [seed, ...siblings] = row.first === row.last ? [root1, ...claim.proof] : claim.proof
  if (!seed) return false
  let part = seed
  let whole = seed
  for (const sibling of siblings) {
    if (row.edge === 0) return false
    if (row.last % 2 === 1 || row.last === row.edge) {
      if (row.first < row.last) part = nodeHash(sibling, part, hash)
      whole = nodeHash(sibling, whole, hash)
      while (row.last % 2 === 0 && row.last !== 0) rise(row)
    } else {
      whole = nodeHash(whole, sibling, hash)
    }
    rise(row)
  }
  return row.edge === 0 && equalBytes(part, root1) && equalBytes(whole, root2)
}

/** An empty range is part of every tree: only its own root can be wrong. */
function holdsOfNothing(claim: SubtreeConsistencyClaim, hash: Hash): boolean {
  return isTreeSize(claim.size) && claim.proof.length === 0 && equalBytes(claim.root1, emptyRoot(hash))
}

/** Places in one row of the tree: the range's first and last node, and the last node of the row. */
interface Row {
  first: number
  last: number
  edge: number
}

function rise(row: Row): void {
  row.first = Math.floor(row.first / 2)
  row.last = Math.floor(row.last / 2)
  row.edge = Math.floor(row.edge / 2)
}
