import { createPublicKey, generateKeyPairSync, sign as nodeSign, verify as nodeVerify } from "node:crypto"
import { describe, expect, it } from "vitest"
import { type Cbor, type CborTag, decodeCbor, encodeCbor } from "./cbor.ts"
import { parseCoseReceipt, signCoseReceipt, verifyCoseReceipt } from "./cose-receipt.ts"
import { fromHex, toHex } from "./hex.ts"
import { inclusionProof } from "./inclusion.ts"
import { leafHash, rootFromLeaves, type NodeReader } from "./merkle.ts"
import { formatVkey, verifierKey } from "./vkey.ts"

const { publicKey, privateKey } = generateKeyPairSync("ed25519")
const raw = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(-32))
const key = verifierKey("log.example/hufu", raw)
const sign = (bytes: Uint8Array) => new Uint8Array(nodeSign(null, bytes, privateKey))

const entries = Array.from({ length: 11 }, (_, at) => new TextEncoder().encode(`entry ${at}`))
const leaves = entries.map((entry) => leafHash(entry))
const read: NodeReader = (level, index) =>
  rootFromLeaves(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))

function receiptOf(index: number, size: number): Uint8Array {
  const root = rootFromLeaves(leaves.slice(0, size))
  return signCoseReceipt({ key, sign, size, index, path: inclusionProof(index, size, read), root })
}

/** Whether the bytes are taken as the receipt of the entry. */
async function holds(bytes: Uint8Array, entry: Uint8Array | undefined): Promise<boolean> {
  try {
    return await verifyCoseReceipt(parseCoseReceipt(bytes), entry ?? new Uint8Array())
  } catch {
    return false
  }
}

const good = receiptOf(4, 11)

/** The receipt with its outer list changed, signed or not as it was. */
function changed(change: (parts: Cbor[]) => Cbor): Uint8Array {
  // What was just written is a tag over a list.
  const { value } = decodeCbor(good) as unknown as { value: Cbor[] }
  return encodeCbor({ tag: 18, value: change(value) })
}

/** A receipt with another protected header, properly signed. */
function withHead(head: ReadonlyMap<number, Cbor>): Uint8Array {
  const protectedBytes = encodeCbor(head)
  const root = rootFromLeaves(leaves)
  const signature = sign(encodeCbor(["Signature1", protectedBytes, new Uint8Array(), root]))
  return changed(([, unprotected = null]) => [protectedBytes, unprotected, null, signature])
}

const kid = new TextEncoder().encode(formatVkey(key))
const head = (more: [number, Cbor][]) => new Map<number, Cbor>([[1, -8], [4, kid], [395, 1], ...more])

describe("a COSE receipt", () => {
  it("proves every entry in every tree, and no other entry", async () => {
    for (let size = 1; size <= entries.length; size += 1)
      for (let index = 0; index < size; index += 1) {
        const receipt = receiptOf(index, size)
        expect(parseCoseReceipt(receipt)).toMatchObject({ key, index, size })
        expect(await holds(receipt, entries[index])).toBe(true)
        expect(await holds(receipt, entries[index + 1] ?? entries[index - 1])).toBe(false)
      }
  })

  it("is the COSE_Sign1 of RFC 9942 by its bytes, and its signature holds for another implementation", () => {
    const hex = toHex(good)
    // Tag 18, a list of four; EdDSA, the key id, RFC9162_SHA256; under 396 and -1 one proof; no payload.
    expect(hex).toMatch(/^d28458[0-9a-f]{2}a3012704/)
    expect(hex).toContain("19018b01")
    expect(hex).toContain("a119018ca12081")
    expect(hex).toMatch(/f65840[0-9a-f]{128}$/)
    const { protectedBytes, signature } = parseCoseReceipt(good)
    const signed = fromHex(
      `846a${Buffer.from("Signature1").toString("hex")}58${toHex(new Uint8Array([protectedBytes.length]))}` +
        `${toHex(protectedBytes)}405820${toHex(rootFromLeaves(leaves))}`,
    )
    const spki = publicKey.export({ format: "der", type: "spki" })
    const other = createPublicKey({ key: spki, format: "der", type: "spki" })
    expect(nodeVerify(null, signed, other, signature)).toBe(true)
  })

  it("does not survive a change of any byte but of the size, which is not signed", async () => {
    const survived = new Set<number>()
    for (let at = 0; at < good.length; at += 1)
      for (let bit = 0; bit < 8; bit += 1) {
        const other = good.with(at, (good[at] ?? 0) ^ (1 << bit))
        if (!(await holds(other, entries[4]))) continue
        const { size, ...rest } = parseCoseReceipt(other)
        expect({ ...rest, size: 11 }).toEqual(parseCoseReceipt(good))
        survived.add(size)
      }
    // The signature is of the root alone: in a tree of another size the same way may lead to the same root.
    expect([...survived].sort((one, other) => one - other)).toEqual([9, 10, 15])
  })

  it.each([
    ["another algorithm", withHead(head([[1, -7]])), "EdDSA"],
    ["another kind of tree", withHead(head([[395, 2]])), "RFC 9162"],
    ["a header that it does not know", withHead(head([[2, [99]]])), "headers"],
    [
      "no key id",
      withHead(
        new Map<number, Cbor>([
          [1, -8],
          [395, 1],
        ]),
      ),
      "headers",
    ],
    ["a payload", changed(([a = null, b = null, , d = null]) => [a, b, new Uint8Array(32), d]), "payload"],
    [
      "a short signature",
      changed(([a = null, b = null, c = null]) => [a, b, c, new Uint8Array(63)]),
      "length",
    ],
    [
      "no proof",
      changed(([a = null, , c = null, d = null]) => [a, new Map([[396, new Map([[-1, []]])]]), c, d]),
      "list",
    ],
    [
      "consistency proofs",
      changed(([a = null, , c = null, d = null]) => [a, new Map([[396, new Map([[-2, []]])]]), c, d]),
      "headers",
    ],
    ["another tag", encodeCbor({ tag: 98, value: (decodeCbor(good) as CborTag).value }), "COSE_Sign1"],
    ["no tag", good.slice(1), "COSE_Sign1"],
    ["trailing bytes", new Uint8Array([...good, 0]), "after its end"],
    ["a list in a longer form", new Uint8Array([0xd2, 0x98, 4, ...good.slice(2)]), "shortest"],
    ["too much", new Uint8Array(20_000), "too long"],
  ])("is refused with %s", (_what, bytes, why) => {
    expect(() => parseCoseReceipt(bytes)).toThrow(why)
  })

  it("is not taken from a witness's key", async () => {
    const witness = verifierKey("witness.example", raw, "cosignature")
    const root = rootFromLeaves(leaves)
    const path = inclusionProof(4, 11, read)
    expect(
      await holds(signCoseReceipt({ key: witness, sign, size: 11, index: 4, path, root }), entries[4]),
    ).toBe(false)
  })
})
