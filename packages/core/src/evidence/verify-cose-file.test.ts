import { generateKeyPairSync, sign as nodeSign } from "node:crypto"
import { describe, expect, it } from "vitest"
import { encodeCbor } from "./cbor.ts"
import { type CoseFileItem, formatCoseFile, parseCoseFile } from "./cose-file.ts"
import { signCoseReceipt } from "./cose-receipt.ts"
import { encodeEntry } from "./encode-entry.ts"
import type { Entry } from "./entry.ts"
import { inclusionProof } from "./inclusion.ts"
import { leafHash, type NodeReader, rootFromLeaves } from "./merkle.ts"
import { verifyCoseFile } from "./verify-cose-file.ts"
import { formatVkey, verifierKey } from "./vkey.ts"

function signer(name: string) {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519")
  const raw = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(-32))
  const sign = (bytes: Uint8Array) => new Uint8Array(nodeSign(null, bytes, privateKey))
  return { key: verifierKey(name, raw), sign }
}

const log = signer("log.example/hufu")
const trust = { trustedKeys: [formatVkey(log.key)] }
const digest = (character: string): string => character.repeat(64)

const intent: Entry = {
  v: 1,
  kind: "intent",
  at: 5000,
  action: "act_1",
  agent: "agt_1",
  version: "ver_1",
  principal: "usr_1",
  task: "tsk_1",
  mandate: "mnd_1",
  server: "srv_1",
  tool: digest("1"),
  effect: "write",
  door: "mcp-http",
  verdict: "allow",
  rules: ["platform/covered"],
  policy: digest("2"),
  profile: digest("3"),
  facts: digest("4"),
  arguments: digest("5"),
}
const outcome: Entry = { v: 1, kind: "outcome", at: 6000, action: "act_1", outcome: "done", ms: 12 }
const other: Entry = { v: 1, kind: "outcome", at: 6000, action: "act_2", outcome: "done", ms: 12 }
const denied: Entry = { ...intent, verdict: "deny" }

/** Logs the entries and gives each its receipt in the tree of them all, or of the size that is named. */
function receipts(entries: readonly Entry[], { by = log, sizes = [] as number[] } = {}): CoseFileItem[] {
  const bytes = entries.map((entry) => new TextEncoder().encode(encodeEntry(entry)))
  const leaves = bytes.map((each) => leafHash(each))
  const read: NodeReader = (level, index) =>
    rootFromLeaves(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))
  return bytes.map((entry, index) => {
    const size = sizes[index] ?? entries.length
    const root = rootFromLeaves(leaves.slice(0, size))
    const path = inclusionProof(index, size, read)
    return { entry, receipt: signCoseReceipt({ ...by, size, index, path, root }) }
  })
}

const good = receipts([intent, outcome])
const [first, second] = good as [CoseFileItem, CoseFileItem]

describe("a COSE file", () => {
  it("holds the entries of one action and their receipts, and verifies", async () => {
    expect(parseCoseFile(formatCoseFile(good))).toEqual(good)
    expect(await verifyCoseFile(formatCoseFile(good), trust)).toMatchObject({
      ok: true,
      trusted: true,
      origin: "log.example/hufu",
      size: 2,
      entries: [
        { index: 0, entry: intent },
        { index: 1, entry: outcome },
      ],
    })
    expect(await verifyCoseFile(formatCoseFile(good))).toMatchObject({ ok: true, trusted: false })
  })

  const forked = receipts([intent, other, outcome])
  it.each<[string, string, Uint8Array]>([
    ["a receipt alone", "format", first.receipt],
    ["an entry alone", "format", encodeCbor(first.entry)],
    ["a receipt cut short", "format", formatCoseFile(good).slice(0, -1)],
    ["more after the end", "format", new Uint8Array([...formatCoseFile(good), 0])],
    ["nothing", "format", new Uint8Array()],
    ["too many entries", "format", formatCoseFile(Array.from({ length: 65 }, () => first))],
    ["an entry that is none", "entries", formatCoseFile([{ ...first, entry: new Uint8Array([123]) }])],
    ["another order", "entries", formatCoseFile([second, first])],
    ["another action", "action", formatCoseFile(receipts([intent, other]))],
    [
      "the receipt of another log",
      "key",
      formatCoseFile([first, ...receipts([intent, outcome], { by: signer("log.example/hufu") }).slice(1)]),
    ],
    [
      "another entry",
      "inclusion",
      formatCoseFile([
        first,
        { ...second, entry: new TextEncoder().encode(encodeEntry({ ...outcome, at: 6001 })) },
      ]),
    ],
    ["states of two sizes", "inclusion", formatCoseFile(receipts([intent, outcome], { sizes: [1, 2] }))],
    [
      "states of two forks",
      "inclusion",
      formatCoseFile([...receipts([intent, outcome, other]).slice(0, 1), ...forked.slice(2)]),
    ],
    ["an outcome of what was denied", "authority", formatCoseFile(receipts([denied, outcome]))],
  ])("is refused with %s", async (_what, step, bytes) => {
    expect(await verifyCoseFile(bytes)).toMatchObject({ ok: false, step })
  })

  it("is refused where the reader asks for more signatures than it can carry", async () => {
    const bytes = formatCoseFile(good)
    expect(await verifyCoseFile(bytes, { minWitnesses: 1 })).toMatchObject({ ok: false, step: "key" })
    const second = formatVkey(verifierKey(log.key.name, new Uint8Array(1312), "ml-dsa-44"))
    expect(await verifyCoseFile(bytes, { trustedKeys: [...trust.trustedKeys, second] })).toMatchObject({
      ok: false,
      step: "key",
    })
    expect(await verifyCoseFile(bytes, { trustedKeys: [second] })).toMatchObject({ ok: false, step: "key" })
  })
})
