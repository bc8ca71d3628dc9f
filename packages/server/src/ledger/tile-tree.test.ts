import { emptyFrontier, frontierRoot } from "@hufu/core/evidence/frontier"
import { inclusionProof, verifyInclusion } from "@hufu/core/evidence/inclusion"
import { rootAt, rootFromLeaves } from "@hufu/core/evidence/merkle"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { nativeHash } from "./native-hash.ts"
import { emptyEdge, growEdge, loadEdge, nodeReader, type Tile, type TileReader } from "./tile-tree.ts"

const count = 66_000
const leaves = Array.from({ length: count }, (_, i) => nativeHash(Buffer.from(String(i))))

function grow(size: number, step: number) {
  const tiles = new Map<string, Tile>()
  let edge = emptyEdge
  for (let at = 0; at < size; at += step) {
    const grown = growEdge(edge, leaves.slice(at, Math.min(at + step, size)))
    edge = grown.edge
    for (const tile of grown.tiles) tiles.set(`${tile.level}/${tile.n}`, tile)
  }
  const readTile: TileReader = (level, n) => {
    const tile = tiles.get(`${level}/${n}`)
    if (tile === undefined) throw new Error(`tile ${level}/${n} was never full`)
    return tile.bytes
  }
  return { edge, tiles, readTile }
}

const whole = grow(count, 977)

test("tiles are full, and there are as many as the specification says", () => {
  const levels = [...whole.tiles.values()].map((tile) => tile.level)
  expect(levels.filter((level) => level === 0)).toHaveLength(Math.floor(count / 256))
  expect(levels.filter((level) => level === 1)).toHaveLength(1)
  for (const tile of whole.tiles.values()) expect(tile.bytes).toHaveLength(8_192)
})

test("the edge has the root of all leaves, however they came in batches", () => {
  for (const [size, step] of [
    [1, 1],
    [255, 7],
    [256, 256],
    [257, 100],
    [3_000, 1],
    [count, 977],
  ] as const) {
    const { edge } = grow(size, step)
    expect(frontierRoot(edge.frontier, nativeHash)).toEqual(rootFromLeaves(leaves.slice(0, size), nativeHash))
  }
  expect(emptyEdge.frontier).toEqual(emptyFrontier)
})

test("a stored log gives back the very edge that it was stored from", () => {
  for (const size of [0, 1, 255, 256, 257, 65_535, 65_536, count]) {
    const { edge, readTile } = grow(size, 5_000)
    const loaded = loadEdge(size, { readTile, readLeaves: (from, to) => leaves.slice(from, to) })
    expect(loaded.frontier).toEqual(edge.frontier)
    for (const [level, hashes] of edge.partial.entries()) expect(loaded.partial[level] ?? []).toEqual(hashes)
  }
})

test("every leaf is proved at every size, from tiles and edge alone", () => {
  const read = nodeReader(whole.edge, whole.readTile)
  const sizes = fc.integer({ min: 1, max: count })
  fc.assert(
    fc.property(sizes, fc.nat(), (size, seed) => {
      const index = seed % size
      const root = rootAt(size, read, nativeHash)
      const proof = inclusionProof(index, size, read, nativeHash)
      const leaf = leaves[index] ?? new Uint8Array()
      expect(verifyInclusion({ index, size, leaf, proof, root }, nativeHash)).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test("a hash beyond the log is refused", () => {
  const read = nodeReader(whole.edge, whole.readTile)
  expect(() => read(0, count)).toThrow("beyond")
  expect(() => read(8, Math.floor(count / 256))).toThrow("beyond")
})
