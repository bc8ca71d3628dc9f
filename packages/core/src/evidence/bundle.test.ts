import { generateKeyPairSync, sign as nodeSign } from "node:crypto"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { toBase64 } from "./base64.ts"
import { type BundleVerdict, verifyBundle } from "./bundle.ts"
import { signCheckpoint } from "./checkpoint.ts"
import { commit } from "./commitment.ts"
import { consistencyProof } from "./consistency.ts"
import { signCoseReceipt } from "./cose-receipt.ts"
import { encodeEntry } from "./encode-entry.ts"
import type { Entry } from "./entry.ts"
import { verifyEntryProof } from "./entry-proof.ts"
import type { EntryProof } from "./entry-proof-file.ts"
import { frontierAt } from "./frontier.ts"
import { toHex } from "./hex.ts"
import { inclusionProof } from "./inclusion.ts"
import { leafHash, rootFromLeaves, type NodeReader } from "./merkle.ts"
import type { NoteSigner } from "./signed-note.ts"
import { formatTlogProof } from "./tlog-proof.ts"
import { formatVkey, verifierKey } from "./vkey.ts"

function signer(name: string): NoteSigner {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519")
  const raw = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(-32))
  return { key: verifierKey(name, raw), sign: (bytes) => new Uint8Array(nodeSign(null, bytes, privateKey)) }
}

const log = signer("log.example/hufu")
const logKey = formatVkey(log.key)
const trust = { trustedKeys: [logKey] }
const salt = new Uint8Array(32).fill(3)

const entries = Array.from({ length: 21 }, (_, at): Entry => ({
  v: 1,
  kind: "statement",
  at: 1000 + at,
  fact: "note",
  subject: "node",
  digest: commit(salt, `"note ${at}"`),
}))
const bytes = entries.map((entry) => new TextEncoder().encode(encodeEntry(entry)))
const leaves = bytes.map((each) => leafHash(each))
const read: NodeReader = (level, index) =>
  rootFromLeaves(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))
const noteOf = (size: number) =>
  signCheckpoint({ origin: log.key.name, size, root: rootFromLeaves(leaves.slice(0, size)) }, log)

/** The lines of a bundle of `[from, to)` in the tree of a size. */
function bundle(
  from: number,
  to: number,
  size: number,
): [Record<string, unknown>, ...Record<string, unknown>[]] {
  return [
    {
      format: "hufu-bundle/1",
      from,
      to,
      left: frontierAt(from, read).peaks.map(toBase64),
      right: to === size ? [] : consistencyProof(to, size, read).map(toBase64),
      checkpoint: noteOf(size),
      logKey,
    },
    ...bytes.slice(from, to).map((entry) => ({ entry: toBase64(entry) })),
  ]
}

async function* textsOf(lines: readonly unknown[]): AsyncGenerator<string> {
  for (const line of lines) yield JSON.stringify(line)
}
const verify = (lines: readonly unknown[], given: object = trust): Promise<BundleVerdict> =>
  verifyBundle(textsOf(lines), given)

describe("a bundle", () => {
  it("holds for every range of every tree", async () => {
    const sizes = fc.integer({ min: 1, max: entries.length })
    await fc.assert(
      fc.asyncProperty(fc.tuple(sizes, sizes, sizes), async (three) => {
        const [from = 0, to = 0, size = 0] = three.toSorted((a, b) => a - b)
        const seen: number[] = []
        const lines = textsOf(bundle(from - 1, to, size))
        expect(await verifyBundle(lines, trust, (index) => seen.push(index))).toMatchObject({
          ok: true,
          trusted: true,
          from: from - 1,
          to,
          size,
        })
        expect(seen).toEqual(Array.from({ length: to - from + 1 }, (_, at) => from - 1 + at))
      }),
    )
  })

  it("shows what it opens, and refuses an opening that opens nothing", async () => {
    const [head, first, ...rest] = bundle(5, 9, 20)
    const opening = { field: "digest", salt: toHex(salt), value: "note 5" }
    expect(await verify([head, { ...first, openings: [opening] }, ...rest])).toMatchObject({
      ok: true,
      opened: 1,
    })
    expect(
      await verify([head, { ...first, openings: [{ ...opening, value: "no" }] }, ...rest]),
    ).toMatchObject({
      ok: false,
      line: 2,
    })
  })

  it.each<[string, (lines: ReturnType<typeof bundle>) => unknown[]]>([
    ["an entry left out", ([head, , ...rest]) => [head, ...rest]],
    ["an entry twice", ([head, first, ...rest]) => [head, first, first, ...rest]],
    ["the last one cut", (lines) => lines.slice(0, -1)],
    ["one more", (lines) => [...lines, { entry: toBase64(bytes[9] ?? new Uint8Array()) }]],
    ["two exchanged", ([head, a, b, ...rest]) => [head, b, a, ...rest]],
    [
      "another entry",
      ([head, , ...rest]) => [head, { entry: toBase64(bytes[0] ?? new Uint8Array()) }, ...rest],
    ],
    ["another place", ([head, ...rest]) => [{ ...head, from: 6, to: 10 }, ...rest]],
    ["a proof of the left side too short", ([head, ...rest]) => [{ ...head, left: [] }, ...rest]],
    [
      "a changed proof of the left side",
      ([head, ...rest]) => [{ ...head, left: ["A".repeat(43) + "=", "A".repeat(43) + "="] }, ...rest],
    ],
    ["no proof of the right side", ([head, ...rest]) => [{ ...head, right: [] }, ...rest]],
    ["a range beyond the log", ([head, ...rest]) => [{ ...head, to: 30 }, ...rest]],
    ["a member that nobody knows", ([head, ...rest]) => [{ ...head, more: 1 }, ...rest]],
    [
      "another log's key",
      ([head, ...rest]) => [{ ...head, logKey: formatVkey(signer("log.example/hufu").key) }, ...rest],
    ],
    ["nothing in it", () => []],
  ])("is refused with %s", async (_what, change) => {
    expect(await verify(bundle(5, 9, 20))).toMatchObject({ ok: true })
    expect(await verify(change(bundle(5, 9, 20)), {})).toMatchObject({ ok: false })
  })

  it("of a log that is not trusted is refused, and without keys said to be of nobody", async () => {
    expect(await verify(bundle(5, 9, 20), { trustedKeys: [] })).toMatchObject({ ok: false, line: 1 })
    expect(await verify(bundle(5, 9, 20), {})).toMatchObject({ ok: true, trusted: false })
  })
})

describe("the file of one entry", () => {
  const [size, index] = [21, 7]
  const path = inclusionProof(index, size, read)
  const root = rootFromLeaves(leaves)
  const good: EntryProof = {
    format: "hufu-entry/1",
    index,
    hash: toHex(leaves[index] ?? new Uint8Array()),
    entry: toBase64(bytes[index] ?? new Uint8Array()),
    proof: formatTlogProof({ index, hashes: path, checkpoint: noteOf(size) }),
    cose: toBase64(signCoseReceipt({ ...log, size, index, path, root })),
    logKey,
  }

  it("verifies by both of its proofs", async () => {
    const verdict = await verifyEntryProof(JSON.stringify(good), trust)
    expect(verdict).toMatchObject({ ok: true, trusted: true, logged: { index, entry: entries[index] } })
  })

  it.each<[string, Partial<EntryProof>, string]>([
    ["another entry", { entry: toBase64(bytes[8] ?? new Uint8Array()) }, "entry"],
    [
      "another entry and its hash",
      { entry: toBase64(bytes[8] ?? new Uint8Array()), hash: toHex(leaves[8] ?? new Uint8Array()) },
      "inclusion",
    ],
    ["another index", { index: 8 }, "entry"],
    ["another key", { logKey: formatVkey(signer("log.example/hufu").key) }, "key"],
    [
      "the COSE receipt of another log",
      { cose: toBase64(signCoseReceipt({ ...signer("log.example/hufu"), size, index, path, root })) },
      "cose",
    ],
    [
      "the COSE receipt of another entry",
      {
        cose: toBase64(
          signCoseReceipt({ ...log, size, index: 8, path: inclusionProof(8, size, read), root }),
        ),
      },
      "cose",
    ],
    ["no COSE receipt", { cose: "" }, "cose"],
  ])("is refused with %s", async (_what, change, step) => {
    expect(await verifyEntryProof({ ...good, ...change }, trust)).toMatchObject({ ok: false, step })
  })
})
