import { verifyCheckpoint } from "@hufu/core/evidence/checkpoint"
import { parseVkey } from "@hufu/core/evidence/vkey"
import { expect, test } from "vitest"
import { Checkpointer, type CheckpointerParts, type SignedCheckpoint } from "./checkpointer.ts"
import { createLedgerKey, parseLedgerKey } from "./ledger-key.ts"
import { nativeHash } from "./native-hash.ts"
import { emptyEdge, growEdge, type TreeEdge } from "./tile-tree.ts"

const { key, text } = createLedgerKey("localhost/ledger/test")

function edgeOf(...leaves: string[]): TreeEdge {
  const hashes = leaves.map((leaf) => nativeHash(Buffer.from(leaf)))
  return growEdge(emptyEdge, hashes).edge
}

function open(more: Partial<CheckpointerParts>): { checkpointer: Checkpointer; kept: SignedCheckpoint[] } {
  const kept: SignedCheckpoint[] = []
  const checkpointer = new Checkpointer({
    key,
    latest: null,
    edge: () => emptyEdge,
    readTile: () => new Uint8Array(),
    keep: async (checkpoint) => void kept.push(checkpoint),
    onError: () => {},
    ...more,
  })
  return { checkpointer, kept }
}

test("a checkpoint verifies with the public key, and one without news is not signed again", async () => {
  const { checkpointer, kept } = open({ edge: () => edgeOf("a", "b") })
  await checkpointer.sign()
  await checkpointer.sign()
  expect(kept).toEqual([checkpointer.latest])
  const verdict = await verifyCheckpoint(checkpointer.latest.note, parseVkey(key.vkey))
  expect(verdict).toMatchObject({ ok: true, checkpoint: { size: 2, origin: "localhost/ledger/test" } })
})

test("nobody sees a checkpoint before it is kept", async () => {
  let edge = edgeOf("a")
  const durable = Promise.withResolvers<void>()
  const keeping = Promise.withResolvers<void>()
  const { checkpointer } = open({
    edge: () => edge,
    keep: ({ size }) => {
      if (size === 1) return Promise.resolve()
      keeping.resolve()
      return durable.promise
    },
  })
  await checkpointer.sign()
  edge = edgeOf("a", "b")
  const signing = checkpointer.sign()
  const covering = checkpointer.covering(1)
  await keeping.promise
  expect(checkpointer.latest.size).toBe(1)
  durable.resolve()
  await signing
  expect((await covering).size).toBe(2)
})

test("one that could not be kept is not shown, and the next attempt covers it", async () => {
  let isFull = false
  const { checkpointer, kept } = open({
    edge: () => (isFull ? edgeOf("a", "b") : edgeOf("a")),
    keep: async (checkpoint) => {
      if (isFull) throw new Error("the disk is full")
      kept.push(checkpoint)
    },
  })
  await checkpointer.sign()
  isFull = true
  await expect(checkpointer.sign()).rejects.toThrow("full")
  expect(checkpointer.latest.size).toBe(1)
  await expect(checkpointer.close()).rejects.toThrow("full")
})

test.each([
  ["another history", edgeOf("x", "y", "z")],
  ["a shorter one", edgeOf("a")],
  ["another last entry", edgeOf("a", "y", "c")],
])("a tree with %s is not signed", async (_, forked) => {
  let edge = edgeOf("a", "b")
  const { checkpointer, kept } = open({ edge: () => edge })
  await checkpointer.sign()
  edge = forked
  if (forked.frontier.size > 2) {
    await expect(checkpointer.sign()).rejects.toMatchObject({ code: "ledger_ambiguous" })
  } else {
    await checkpointer.sign()
  }
  expect(kept).toHaveLength(1)
  await checkpointer.close().catch(() => {})
})

test("who waits for a checkpoint is told when the ledger closes", async () => {
  const { checkpointer } = open({ edge: () => edgeOf("a") })
  await checkpointer.sign()
  const waiting = expect(checkpointer.covering(5)).rejects.toMatchObject({ code: "store_unavailable" })
  await checkpointer.close()
  await waiting
  await expect(checkpointer.covering(5)).rejects.toMatchObject({ code: "store_unavailable" })
})

test("a kept key is the same key again, and other text is none", () => {
  expect(parseLedgerKey(text, key.origin)?.vkey).toBe(key.vkey)
  expect(parseLedgerKey("not a key", key.origin)).toBeNull()
})
