import { appendLeaves, emptyFrontier, type Frontier, frontierAt } from "@hufu/core/evidence/frontier"
import { type NodeReader, rootFromLeaves } from "@hufu/core/evidence/merkle"
import { nativeHash } from "./native-hash.ts"

/** Hashes in a full tile, and the levels of the tree that one level of tiles spans. */
export const tileWidth = 256
const tileHeight = 8
const hashBytes = 32

/** A full tile, as tlog-tiles wants it: 256 hashes one after another. */
export interface Tile {
  readonly level: number
  readonly n: number
  readonly bytes: Uint8Array
}

/** Reads a full tile; throws when it is not there. */
export type TileReader = (level: number, n: number) => Uint8Array

/** The growing edge of the log in memory: its frontier and, per tile level, the hashes of the tile not full yet. */
export interface TreeEdge {
  readonly frontier: Frontier
  readonly partial: readonly (readonly Uint8Array[])[]
}

export const emptyEdge: TreeEdge = { frontier: emptyFrontier, partial: [] }

/** The edge after more leaves, and the tiles they fill; the edge before stays as it is, for a batch that fails. */
export function growEdge(edge: TreeEdge, leaves: readonly Uint8Array[]): { edge: TreeEdge; tiles: Tile[] } {
  const partial = edge.partial.map((hashes) => hashes.slice())
  const tiles: Tile[] = []
  const keep = (level: number, index: number, hash: Uint8Array): void => {
    if (level % tileHeight !== 0) return
    const tile = addHash(partial, { level: level / tileHeight, index, hash })
    if (tile !== null) tiles.push(tile)
  }
  return { edge: { frontier: appendLeaves(edge.frontier, leaves, keep, nativeHash), partial }, tiles }
}

function addHash(
  partial: Uint8Array[][],
  { level, index, hash }: { level: number; index: number; hash: Uint8Array },
): Tile | null {
  const hashes = (partial[level] ??= [])
  hashes.push(hash)
  if (hashes.length < tileWidth) return null
  partial[level] = []
  return { level, n: Math.floor(index / tileWidth), bytes: Buffer.concat(hashes) }
}

/** The edge of a stored log: only the leaves and tiles of its right side are read. */
export function loadEdge(
  size: number,
  { readTile, readLeaves }: { readTile: TileReader; readLeaves: (from: number, to: number) => Uint8Array[] },
): TreeEdge {
  const partial: Uint8Array[][] = []
  for (let level = 0, count = size; count > 0; level += 1, count = Math.floor(count / tileWidth)) {
    const from = count - (count % tileWidth)
    partial.push(level === 0 ? readLeaves(from, count) : tileRoots(level - 1, { from, to: count, readTile }))
  }
  return { frontier: frontierAt(size, nodesOf({ size, partial }, readTile)), partial }
}

function tileRoots(
  level: number,
  { from, to, readTile }: { from: number; to: number; readTile: TileReader },
) {
  const roots: Uint8Array[] = []
  for (let n = from; n < to; n += 1) roots.push(rootFromLeaves(hashesOf(readTile(level, n)), nativeHash))
  return roots
}

/** Reads any full subtree of a log from its edge and its tiles. */
export function nodeReader({ frontier, partial }: TreeEdge, readTile: TileReader): NodeReader {
  return nodesOf({ size: frontier.size, partial }, readTile)
}

function nodesOf(tree: { size: number; partial: TreeEdge["partial"] }, readTile: TileReader): NodeReader {
  return (level, index) => {
    const tileLevel = Math.floor(level / tileHeight)
    const width = 2 ** (level % tileHeight)
    const first = index * width
    const n = Math.floor(first / tileWidth)
    const edgeTile = Math.floor(tree.size / tileWidth ** (tileLevel + 1))
    const hashes = n < edgeTile ? hashesOf(readTile(tileLevel, n)) : (tree.partial[tileLevel] ?? [])
    const under = hashes.slice(first % tileWidth, (first % tileWidth) + width)
    if (n > edgeTile || under.length < width)
      throw new RangeError("a hash beyond the log's size was asked for")
    return rootFromLeaves(under, nativeHash)
  }
}

/** The hashes of a tile. */
export function hashesOf(bytes: Uint8Array): Uint8Array[] {
  const hashes: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += hashBytes) hashes.push(bytes.subarray(at, at + hashBytes))
  return hashes
}
