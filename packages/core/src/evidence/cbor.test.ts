import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Cbor, decodeCbor, encodeCbor } from "./cbor.ts"
import { fromHex, toHex } from "./hex.ts"

describe("CBOR", () => {
  // RFC 8949 appendix A, what of it receipts are made of.
  it.each<[Cbor, string]>([
    [0, "00"],
    [10, "0a"],
    [23, "17"],
    [24, "1818"],
    [100, "1864"],
    [1000, "1903e8"],
    [1_000_000, "1a000f4240"],
    [1_000_000_000_000, "1b000000e8d4a51000"],
    [-1, "20"],
    [-10, "29"],
    [-100, "3863"],
    [-1000, "3903e7"],
    [null, "f6"],
    [{ tag: 1, value: 1_363_896_240 }, "c11a514b67b0"],
    [new Uint8Array(), "40"],
    [new Uint8Array([1, 2, 3, 4]), "4401020304"],
    ["", "60"],
    ["IETF", "6449455446"],
    ['"\\', "62225c"],
    ["\u00fc", "62c3bc"],
    ["\u6c34", "63e6b0b4"],
    ["\ud800\udd51", "64f0908591"],
    [[], "80"],
    [[1, 2, 3], "83010203"],
    [[1, [2, 3], [4, 5]], "8301820203820405"],
    [new Map(), "a0"],
    [
      new Map([
        [3, 4],
        [1, 2],
      ]),
      "a201020304",
    ],
  ])("writes and reads %j as published", (value, hex) => {
    expect(toHex(encodeCbor(value))).toBe(hex)
    expect(toHex(encodeCbor(decodeCbor(fromHex(hex))))).toBe(hex)
  })

  it.each([
    ["a number in a longer form", "1800"],
    ["a length in a longer form", "58020102"],
    ["a number beyond exactness", "1bffffffffffffffff"],
    ["an indefinite string", "5f42010243030405ff"],
    ["an indefinite list", "9f01ff"],
    ["an indefinite map", "bf0102ff"],
    ["a float", "f93c00"],
    ["true", "f5"],
    ["undefined", "f7"],
    ["a reserved length", "1c"],
    ["trailing bytes", "0000"],
    ["nothing", ""],
    ["a cut string", "4401"],
    ["a cut list", "8301"],
    ["a length beyond the end", "5a7fffffff"],
    ["a list of more than there is", "9a00ffffff"],
    ["labels out of order", "a203040102"],
    ["a label twice", "a201020103"],
    ["a label that is a text", "a1616101"],
    ["a text that is not UTF-8", "61ff"],
    ["nesting beyond reason", `${"81".repeat(20)}00`],
  ])("refuses %s", (_what, hex) => {
    expect(() => decodeCbor(fromHex(hex))).toThrow(/CBOR/)
  })

  it("takes only the one encoding of a value", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        let value: Cbor
        try {
          value = decodeCbor(bytes)
        } catch {
          return
        }
        expect(encodeCbor(value)).toEqual(bytes)
      }),
      { numRuns: 2000 },
    )
  })
})
