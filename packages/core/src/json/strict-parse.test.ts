import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isFailure } from "../failure.ts"
import { canonicalize } from "./canonical.ts"
import type { JsonValue } from "./json-value.ts"
import { parseStrict } from "./strict-parse.ts"

function refusal(text: string, maxDepth?: number): string {
  try {
    parseStrict(text, maxDepth === undefined ? {} : { maxDepth })
  } catch (error) {
    if (isFailure(error, "invalid_json")) return error.message
    throw error
  }
  return "accepted"
}

/** JSON values whose numbers every reader agrees on. */
const jsonValue = fc
  .jsonValue({ maxDepth: 6, stringUnit: "binary" })
  .filter((value) => !/\d{16,}/.test(JSON.stringify(value)))
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue)

/** Writes every string with escapes alone, so that the scanner has to decide. */
function escapeAll(value: JsonValue): string {
  if (typeof value === "string") return quoteEscaped(value)
  if (typeof value !== "object" || value === null) return ` ${JSON.stringify(value)}\n`
  if (Array.isArray(value)) return `[ ${value.map(escapeAll).join(" ,\t")}]`
  const members = Object.entries(value).map(([key, member]) => `${quoteEscaped(key)} : ${escapeAll(member)}`)
  return `{${members.join(",")} }`
}

function quoteEscaped(text: string): string {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))
  return `"${units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("")}"`
}

describe("parseStrict", () => {
  it("gives what JSON.parse gives for every well-formed value, however it is spelt", () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect(parseStrict(JSON.stringify(value))).toEqual(value)
        expect(parseStrict(JSON.stringify(value, null, 2))).toEqual(value)
        expect(parseStrict(escapeAll(value))).toEqual(value)
      }),
      { numRuns: 500 },
    )
  })

  it("refuses a key that is repeated anywhere, whatever the spelling of either copy", () => {
    fc.assert(
      fc.property(jsonValue, fc.string({ unit: "binary" }), fc.boolean(), (value, key, escaped) => {
        const first = JSON.stringify(key.toWellFormed())
        const second = escaped ? quoteEscaped(key.toWellFormed()) : first
        const inner = `{${first}:${JSON.stringify(value)},"…":1,${second}:2}`
        if (key === "…") return
        expect(refusal(`[1,{"a":${inner}}]`)).toMatch(/appears twice/)
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['{"a":1,"\\u0061":2}', /the key `a` appears twice/],
    ['{"__proto__":1,"__proto__":2}', /appears twice/],
    ['{"1":1,"0":2,"1":3}', /appears twice/],
    ['{"a":{},"a":{}}', /appears twice/],
    ['{"":1,"":2}', /appears twice/],
    ["9007199254740992", /does not survive/],
    ["-9007199254740992", /does not survive/],
    ["[100000000000000000000]", /does not survive/],
    ['{"a":1e400}', /does not survive/],
    ["[-1E+999]", /does not survive/],
    ['"\\ud800"', /surrogate/],
    ['{"\\udc00":1}', /surrogate/],
    ['"\ud800"', /surrogate/],
    ['["\\ud83d","\\ude00"]', /surrogate/],
    ["", /not JSON/],
    ["{} {}", /not JSON/],
    ["\ufeff{}", /not JSON/],
    ["[01]", /not JSON/],
    ['{"a":undefined}', /not JSON/],
  ])("refuses %s", (text, reason) => {
    expect(refusal(text)).toMatch(reason)
  })

  it.each([
    ["9007199254740991", 9007199254740991],
    ["-9007199254740991", -9007199254740991],
    ["1e21", 1e21],
    ["-0", -0],
    ["1.50", 1.5],
    ['"\\ud83d\\ude00"', "😀"],
    ['"\\\\ud800"', "\\ud800"],
    [' {"b":1,"a":2,"1":3} ', { b: 1, a: 2, 1: 3 }],
    ['[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
    ['{"a":{"a":{"a":"a"}}}', { a: { a: { a: "a" } } }],
    ['{"a":"b","b":"a"}', { a: "b", b: "a" }],
  ])("accepts %s", (text, value) => {
    expect(parseStrict(text)).toEqual(value)
  })

  it("keeps a member named __proto__ as data and not as a prototype", () => {
    const value = parseStrict('{"__proto__":{"admin":true}}')
    expect(Object.keys(value as object)).toEqual(["__proto__"])
    expect((value as Record<string, JsonValue>)["admin"]).toBeUndefined()
    expect(canonicalize(value)).toBe('{"__proto__":{"admin":true}}')
  })

  it("counts depth the same on both paths and stands any depth of hostile nesting", () => {
    for (const space of ["", " "]) {
      expect(refusal(`[[[1]]]${space}`, 3)).toBe("accepted")
      expect(refusal(`[[[[1]]]]${space}`, 3)).toMatch(/deeper than 3/)
      expect(refusal(`{"a":{"a":{"a":[]}}}${space}`, 3)).toMatch(/deeper than 3/)
      expect(refusal("[".repeat(64) + "]".repeat(64) + space)).toBe("accepted")
      expect(refusal("[".repeat(200_000) + "]".repeat(200_000) + space)).toMatch(/deeper than 64/)
    }
  })
})
