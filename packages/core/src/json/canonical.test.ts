import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isFailure } from "../failure.ts"
import { canonicalize } from "./canonical.ts"
import type { JsonValue } from "./json-value.ts"

/** The members of every object in the opposite order, to show that the order given does not matter. */
function reversed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reversed(member)]),
  )
}

describe("canonicalize", () => {
  it("sorts the example of RFC 8785 section 3.2.3 by UTF-16 code units", () => {
    const value = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    const order = Array.from(canonicalize(value).matchAll(/:"([A-Z])/g), (match) => match[1]).join("")
    expect(order).toBe("COCLEEH")
  })

  it("writes the example of RFC 8785 section 3.2.2", () => {
    const value = {
      // oxlint-disable-next-line no-loss-of-precision -- as the RFC spells it
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000f\nA\'B"\\\\"/',
      literals: [null, true, false],
    }
    expect(canonicalize(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
  })

  // RFC 8785 appendix B.
  it.each([
    [-0, "0"],
    [5e-324, "5e-324"],
    [-1.7976931348623157e308, "-1.7976931348623157e+308"],
    [9007199254740992, "9007199254740992"],
    [295147905179352830000, "295147905179352830000"],
    [9.999999999999997e22, "9.999999999999997e+22"],
    [1e23, "1e+23"],
    [999999999999999900000, "999999999999999900000"],
    [1e21, "1e+21"],
    [9.999999999999997e-7, "9.999999999999997e-7"],
    [0.000001, "0.000001"],
    [-0.0000033333333333333333, "-0.0000033333333333333333"],
    // oxlint-disable-next-line no-loss-of-precision -- rounds half to even
    [1424953923781206.25, "1424953923781206.2"],
  ])("writes the number %d as ECMAScript does", (value, text) => {
    expect(canonicalize(value)).toBe(text)
  })

  it("gives one text per value: it parses back, and the order of members does not matter", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, stringUnit: "binary" }), (generated) => {
        const value = JSON.parse(JSON.stringify(generated)) as JsonValue
        const text = canonicalize(value)
        expect(JSON.parse(text)).toEqual(value)
        expect(canonicalize(reversed(value))).toBe(text)
        expect(canonicalize(JSON.parse(text) as JsonValue)).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    [Number.NaN, /NaN/],
    [Number.NEGATIVE_INFINITY, /Infinity/],
    ["\ud800", /surrogate/],
    [{ "\udc00": 1 }, /surrogate/],
    [{ a: undefined }, /undefined/],
    [Array.from({ length: 2 }), /undefined/],
    [10n, /bigint/],
    [() => 1, /function/],
    [{ at: new Date(0) }, /plain objects/],
    [new Map(), /plain objects/],
  ])("refuses %s", (value, reason) => {
    // The cast plays a caller who went around the types.
    expect(() => canonicalize(value as JsonValue)).toThrow(reason)
  })

  it("refuses a cycle instead of running out of stack", () => {
    const loop: JsonValue[] = []
    loop.push(loop)
    try {
      canonicalize(loop)
      expect.unreachable()
    } catch (error) {
      expect(isFailure(error, "invalid_json")).toBe(true)
    }
  })
})
