import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decodeBundle, encodeBundle, MAX_BUNDLED_BYTES, maxBundleBytes } from "./entry-bundle.ts"

const bundles = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 256 })

describe("a bundle of entries", () => {
  it("is a big-endian length and the bytes, entry after entry", () => {
    const bytes = encodeBundle([new Uint8Array([7, 8]), new Uint8Array(258).fill(9)])
    expect([...bytes.subarray(0, 6)]).toEqual([0, 2, 7, 8, 1, 2])
    expect(bytes).toHaveLength(2 + 2 + 2 + 258)
  })

  it("is read back as the entries that it holds", () => {
    fc.assert(
      fc.property(bundles, (entries) => {
        const bytes = encodeBundle(entries)
        expect(bytes.length).toBeLessThanOrEqual(maxBundleBytes(entries.length))
        expect(decodeBundle(bytes, entries.length)).toEqual(entries)
      }),
    )
  })

  it("is refused with more or fewer entries, or with any bytes too many or too few", () => {
    fc.assert(
      fc.property(bundles, fc.nat(), (entries, at) => {
        const bytes = encodeBundle(entries)
        const width = entries.length
        const cut = bytes.subarray(0, at % bytes.length)
        for (const [text, count] of [
          [bytes, width - 1],
          [bytes, width + 1],
          [cut, width],
          [new Uint8Array([...bytes, 0]), width],
        ] as const)
          expect(() => decodeBundle(text, count)).toThrow("not a bundle")
      }),
    )
  })

  it("reads whatever it accepts into entries that write the same bytes", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 2, maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        (bytes, width) => {
          let entries: Uint8Array[] = []
          try {
            entries = decodeBundle(bytes, width)
          } catch {
            return
          }
          expect(encodeBundle(entries)).toEqual(bytes)
        },
      ),
    )
  })

  it("holds 1 to 256 entries of at most 65535 bytes", () => {
    const longest = new Uint8Array(MAX_BUNDLED_BYTES)
    expect(decodeBundle(encodeBundle([longest]), 1)).toEqual([longest])
    expect(() => encodeBundle([new Uint8Array(MAX_BUNDLED_BYTES + 1)])).toThrow("65535")
    expect(() => encodeBundle([])).toThrow(RangeError)
    expect(() => encodeBundle(Array.from({ length: 257 }, () => new Uint8Array()))).toThrow(RangeError)
  })
})
