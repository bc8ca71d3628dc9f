import { createHash } from "node:crypto"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { fromBase64, fromBase64Url, toBase64, toBase64Url } from "./base64.ts"
import { fromHex, toHex } from "./hex.ts"
import { sha256 } from "./sha256.ts"

const bytes = fc.uint8Array({ maxLength: 300 })

describe("sha256", () => {
  it("gives the digests that FIPS 180-4 publishes", () => {
    expect(toHex(sha256(new Uint8Array()))).toBe(
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    )
    expect(toHex(sha256(new TextEncoder().encode("abc")))).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    )
  })

  it("agrees with the native implementation at every length around the block edges and on random bytes", () => {
    const native = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex")
    for (let length = 0; length < 200; length += 1) {
      const data = new Uint8Array(length).fill(length)
      expect(toHex(sha256(data))).toBe(native(data))
    }
    fc.assert(
      fc.property(bytes, (data) => {
        expect(toHex(sha256(data))).toBe(native(data))
      }),
    )
  })

  it("does not change the bytes it is given, nor read past a view of a larger buffer", () => {
    const backing = new Uint8Array(100).fill(7)
    const view = backing.subarray(10, 20)
    expect(toHex(sha256(view))).toBe(toHex(sha256(new Uint8Array(10).fill(7))))
    expect(backing.every((byte) => byte === 7)).toBe(true)
  })
})

describe("hex and base64", () => {
  it("agree with the native encodings and read back what they wrote", () => {
    fc.assert(
      fc.property(bytes, (data) => {
        const buffer = Buffer.from(data)
        expect(toHex(data)).toBe(buffer.toString("hex"))
        expect(toBase64(data)).toBe(buffer.toString("base64"))
        expect(toBase64Url(data)).toBe(buffer.toString("base64url"))
        expect(fromHex(toHex(data))).toEqual(data)
        expect(fromBase64(toBase64(data))).toEqual(data)
        expect(fromBase64Url(toBase64Url(data))).toEqual(data)
      }),
    )
  })

  it("give every value one spelling: whatever decodes encodes back to the same text", () => {
    const characters = fc.constantFrom(...Array.from("ABab019+/-_= \n.é"))
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 12 }), (text) => {
        for (const [read, write] of [
          [fromBase64, toBase64],
          [fromBase64Url, toBase64Url],
          [fromHex, toHex],
        ] as const) {
          let decoded
          try {
            decoded = read(text)
          } catch {
            continue
          }
          expect(write(decoded)).toBe(text)
        }
      }),
      { numRuns: 2000 },
    )
  })

  it.each(["QQ", "QQ=", "QR==", "Q===", "====", "QQ==\n", "QUJ-", "QUI=QUI="])(
    "refuses `%s` as standard base64",
    (text) => {
      expect(() => fromBase64(text)).toThrow(/canonical base64/)
    },
  )
})
