import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { consistencyProof, verifyConsistency, verifySubtreeConsistency } from "./consistency.ts"
import { appendLeaves, emptyFrontier, frontierAt, frontierRoot, type Frontier } from "./frontier.ts"
import { inclusionProof, verifyInclusion, verifySubtreeInclusion } from "./inclusion.ts"
import { leafHash, nodeHash, rootAt, rootFromLeaves, type NodeReader } from "./merkle.ts"

// Published proofs, good and bad: transparency-dev/merkle, folder testdata, Apache-2.0.
const vectors = fileURLToPath(new URL("../../../../../shared/data/vectors/merkle/testdata", import.meta.url))

interface Vector {
  desc: string
  wantErr: boolean
  leafIdx: number
  treeSize: number
  start: number
  end: number
  size: number
  size1: number
  size2: number
  root: string
  root1: string
  root2: string
  leafHash: string
  proof: string[] | null
}

function bytes(base64: string | undefined): Uint8Array {
  return new Uint8Array(Buffer.from(base64 ?? "", "base64"))
}

const judge: Record<string, (vector: Vector, proof: Uint8Array[]) => boolean> = {
  inclusion: (v, proof) =>
    verifyInclusion({
      index: v.leafIdx,
      size: v.treeSize,
      leaf: bytes(v.leafHash),
      root: bytes(v.root),
      proof,
    }),
  consistency: (v, proof) =>
    verifyConsistency({
      size1: v.size1,
      size2: v.size2,
      root1: bytes(v.root1),
      root2: bytes(v.root2),
      proof,
    }),
  subtreeinclusion: (v, proof) =>
    verifySubtreeInclusion({
      index: v.leafIdx,
      start: v.start,
      end: v.end,
      leaf: bytes(v.leafHash),
      root: bytes(v.root),
      proof,
    }),
  subtreeconsistency: (v, proof) =>
    verifySubtreeConsistency({
      start: v.start,
      end: v.end,
      size: v.size,
      root1: bytes(v.root1),
      root2: bytes(v.root2),
      proof,
    }),
}

describe("the published Merkle vectors", () => {
  it.for(Object.entries(judge))("come out right for %s", ([folder, verify], ctx) => {
    const files = globSync("**/*.json", { cwd: join(vectors, folder) })
    if (files.length === 0) ctx.skip("the published vectors are not on this machine")
    for (const file of files) {
      // The files are the vectors' own JSON.
      const vector = JSON.parse(readFileSync(join(vectors, folder, file), "utf8")) as Vector
      expect([file, verify(vector, (vector.proof ?? []).map(bytes))]).toEqual([file, !vector.wantErr])
    }
  })
})

/** A tree kept as every full subtree there is, grown leaf by leaf. */
function grow(size: number): { read: NodeReader; leaves: Uint8Array[]; frontiers: Frontier[] } {
  const nodes = new Map<string, Uint8Array>()
  const leaves: Uint8Array[] = []
  const frontiers: Frontier[] = [emptyFrontier]
  let frontier = emptyFrontier
  for (let index = 0; index < size; index += 1) {
    const leaf = leafHash(new TextEncoder().encode(`entry ${index}`))
    frontier = appendLeaves(frontier, [leaf], (level, at, hash) => nodes.set(`${level}/${at}`, hash))
    frontiers.push(frontier)
    leaves.push(leaf)
  }
  const read: NodeReader = (level, index) => {
    const node = nodes.get(`${level}/${index}`)
    if (!node) throw new Error(`node ${level}/${index} was never completed`)
    return node
  }
  return { read, leaves, frontiers }
}

const SIZE = 300
const tree = grow(SIZE)
const sizes = fc.integer({ min: 1, max: SIZE })
const pair = fc.tuple(sizes, sizes).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)

/** Every proof that differs from a good one in one bit, one hash or one place. */
function spoilt(proof: readonly Uint8Array[], bit: number): Uint8Array[][] {
  const flipped = proof.map((_, at) => proof.map((hash, other) => (other === at ? flip(hash, bit) : hash)))
  return [
    ...flipped,
    proof.slice(1),
    proof.slice(0, -1),
    [...proof, new Uint8Array(32)],
    [...proof, new Uint8Array(31)],
  ].filter((changed) => changed.length !== proof.length || proof.length > 0)
}

function flip(hash: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(hash)
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return copy
}

const bit = fc.integer({ min: 0, max: 255 })

describe("a frontier", () => {
  it("has the root of all leaves at every size, and is the same when read back from stored nodes", () => {
    for (const [size, frontier] of tree.frontiers.entries()) {
      const root = rootFromLeaves(tree.leaves.slice(0, size))
      expect(frontierRoot(frontier)).toEqual(root)
      expect(frontierRoot(frontierAt(size, tree.read))).toEqual(root)
      expect(frontierAt(size, tree.read)).toEqual(frontier)
      expect(rootAt(size, tree.read)).toEqual(root)
    }
  })

  it("is not changed by an append, so that a rolled-back append leaves no trace", () => {
    const before = tree.frontiers[7] ?? emptyFrontier
    const root = frontierRoot(before)
    appendLeaves(before, [leafHash(new Uint8Array([1]))], () => {})
    expect(frontierRoot(before)).toEqual(root)
    expect(appendLeaves(before, [tree.leaves[7] ?? root], () => {})).toEqual(tree.frontiers[8])
  })

  it("is the same after many leaves at once as after each of them", () => {
    fc.assert(
      fc.property(pair, ([from, to]) => {
        const before = tree.frontiers[from] ?? emptyFrontier
        const seen: string[] = []
        const after = appendLeaves(before, tree.leaves.slice(from, to), (level, index, hash) => {
          expect(hash).toEqual(tree.read(level, index))
          seen.push(`${level}/${index}`)
        })
        expect(after).toEqual(tree.frontiers[to])
        expect(new Set(seen).size).toBe(seen.length)
      }),
    )
  })

  it("refuses to grow beyond a safe size", () => {
    const full = { size: Number.MAX_SAFE_INTEGER, peaks: [] }
    expect(() => appendLeaves(full, [new Uint8Array(32)], () => {})).toThrow(RangeError)
    expect(() => frontierAt(-1, tree.read)).toThrow(RangeError)
    expect(() => rootAt(1.5, tree.read)).toThrow(RangeError)
  })
})

describe("an inclusion proof", () => {
  it("holds for every leaf of a tree of any size", () => {
    for (const size of [1, 2, 3, 7, 8, 9, 64, 65, 127, 300]) {
      const root = rootAt(size, tree.read)
      for (const [index, leaf] of tree.leaves.slice(0, size).entries()) {
        const proof = inclusionProof(index, size, tree.read)
        expect(verifyInclusion({ index, size, leaf, proof, root })).toBe(true)
      }
    }
  })

  it("fails when any part of it is changed", () => {
    fc.assert(
      fc.property(sizes, fc.nat(), bit, (size, pick, where) => {
        const index = pick % size
        const leaf = tree.leaves[index] ?? new Uint8Array()
        const root = rootAt(size, tree.read)
        const proof = inclusionProof(index, size, tree.read)
        const good = { index, size, leaf, proof, root }
        expect(verifyInclusion(good)).toBe(true)
        for (const changed of spoilt(proof, where)) {
          expect(verifyInclusion({ ...good, proof: changed })).toBe(false)
        }
        expect(verifyInclusion({ ...good, leaf: flip(leaf, where) })).toBe(false)
        expect(verifyInclusion({ ...good, root: flip(root, where) })).toBe(false)
        for (const other of [index - 1, index + 1, index ^ 1, index + size, -1, 0.5, Number.NaN]) {
          expect(verifyInclusion({ ...good, index: other })).toBe(false)
        }
      }),
    )
  })

  it("works at the largest safe size, where bit operations and logarithms would round", () => {
    const size = Number.MAX_SAFE_INTEGER
    // Every leaf is the same, so a full subtree of any level has one hash.
    const levels = [leafHash(new Uint8Array())]
    for (let level = 1; level < 53; level += 1) {
      const below = levels[level - 1] ?? new Uint8Array()
      levels.push(nodeHash(below, below))
    }
    const read: NodeReader = (level) => levels[level] ?? new Uint8Array()
    const root = rootAt(size, read)
    for (const index of [0, 2 ** 40 - 1, size - 1]) {
      const proof = inclusionProof(index, size, read)
      expect(verifyInclusion({ index, size, leaf: read(0, 0), proof, root })).toBe(true)
    }
    for (const size1 of [1, 2 ** 49 - 1, 2 ** 52, size - 1]) {
      const proof = consistencyProof(size1, size, read)
      const claim = { size1, size2: size, root1: rootAt(size1, read), root2: root, proof }
      expect(verifyConsistency(claim)).toBe(true)
    }
  })
})

describe("a consistency proof", () => {
  it("holds between any two sizes, and fails when any part of it is changed", () => {
    fc.assert(
      fc.property(pair, bit, ([size1, size2], where) => {
        const root1 = rootAt(size1, tree.read)
        const root2 = rootAt(size2, tree.read)
        const proof = consistencyProof(size1, size2, tree.read)
        const good = { size1, size2, root1, root2, proof }
        expect(verifyConsistency(good)).toBe(true)
        for (const changed of spoilt(proof, where)) {
          expect(verifyConsistency({ ...good, proof: changed })).toBe(false)
        }
        expect(verifyConsistency({ ...good, root1: flip(root1, where) })).toBe(false)
        expect(verifyConsistency({ ...good, root2: flip(root2, where) })).toBe(false)
        if (size1 !== size2) {
          expect(verifyConsistency({ ...good, size1: size2, size2: size1 })).toBe(false)
          expect(verifyConsistency({ ...good, root1: root2, root2: root1 })).toBe(false)
        }
      }),
      { numRuns: 300 },
    )
  })

  it("refuses an empty beginning, a shrinking log and numbers that are no sizes", () => {
    const root = rootAt(8, tree.read)
    const good = { size1: 8, size2: 8, root1: root, root2: root, proof: [] }
    expect(verifyConsistency(good)).toBe(true)
    for (const size of [0, -8, 7.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(verifyConsistency({ ...good, size1: size })).toBe(false)
      expect(verifyConsistency({ ...good, size2: size })).toBe(false)
    }
    expect(() => consistencyProof(0, 8, tree.read)).toThrow(RangeError)
    expect(() => consistencyProof(9, 8, tree.read)).toThrow(RangeError)
    expect(() => inclusionProof(8, 8, tree.read)).toThrow(RangeError)
  })

  it("does not let a fork pass for a continuation", () => {
    const forked = grow(20)
    const other = appendLeaves(
      forked.frontiers[10] ?? emptyFrontier,
      [leafHash(new Uint8Array([9]))],
      () => {},
    )
    const proof = consistencyProof(11, 20, forked.read)
    const root2 = rootAt(20, forked.read)
    expect(verifyConsistency({ size1: 11, size2: 20, root1: rootAt(11, forked.read), root2, proof })).toBe(
      true,
    )
    expect(verifyConsistency({ size1: 11, size2: 20, root1: frontierRoot(other), root2, proof })).toBe(false)
  })
})
