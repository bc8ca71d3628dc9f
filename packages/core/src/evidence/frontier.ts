import { assertSize, emptyRoot, floorLog2, foldPeaks, nodeHash, type NodeReader } from "./merkle.ts"
import { sha256, type Hash } from "./sha256.ts"

/**
 * All that a log must remember to grow: its size and the roots of the full subtrees on its left edge, largest
 * first. A frontier is never changed; an append that is rolled back just keeps the one before.
 */
export interface Frontier {
  readonly size: number
  readonly peaks: readonly Uint8Array[]
}

/** The frontier of a log without entries. */
export const emptyFrontier: Frontier = { size: 0, peaks: [] }

/** The frontier of the first `size` leaves, read from stored nodes after a restart. */
export function frontierAt(size: number, read: NodeReader): Frontier {
  assertSize(size)
  const peaks: Uint8Array[] = []
  for (let at = 0; at < size;) {
    const level = floorLog2(size - at)
    peaks.push(read(level, at / 2 ** level))
    at += 2 ** level
  }
  return { size, peaks }
}

/**
 * The frontier after more leaves.
 *
 * @param onNode told of every full subtree that a leaf completes, to be stored where a NodeReader finds it: the leaf itself
 *   and those above, in the order in which they are complete
 */
export function appendLeaves(
  frontier: Frontier,
  leaves: readonly Uint8Array[],
  onNode: (level: number, index: number, hash: Uint8Array) => void,
  hash: Hash = sha256,
): Frontier {
  assertSize(frontier.size + leaves.length)
  const peaks = frontier.peaks.slice()
  let { size } = frontier
  for (const leaf of leaves) {
    onNode(0, size, leaf)
    let top = leaf
    // Each trailing one bit of the old size is a full subtree that pairs with the one that just completed.
    for (let level = 1, left = size; left % 2 === 1; level += 1) {
      const sibling = peaks.pop()
      if (!sibling) throw new RangeError("a frontier lacks peaks for its size")
      top = nodeHash(sibling, top, hash)
      left = Math.floor(left / 2)
      onNode(level, left, top)
    }
    peaks.push(top)
    size += 1
  }
  return { size, peaks }
}

/** The root of the log at its frontier. */
export function frontierRoot(frontier: Frontier, hash: Hash = sha256): Uint8Array {
  return frontier.size === 0 ? emptyRoot(hash) : foldPeaks(frontier.peaks, hash)
}
