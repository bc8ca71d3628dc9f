import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createLineSplitter } from "./json-lines.ts"

describe("lines", () => {
  it("come apart the same way however the bytes are cut", () => {
    const lines = fc.array(fc.string({ unit: "grapheme" }).map((text) => JSON.stringify(text)))
    fc.assert(
      fc.property(lines, fc.array(fc.integer({ min: 1, max: 9 })), (texts, cuts) => {
        const split = createLineSplitter(1 << 20)
        let rest = Buffer.from(texts.map((text) => `${text}\n`).join(""))
        const got: string[] = []
        for (const cut of cuts) {
          got.push(...split(rest.subarray(0, cut)))
          rest = rest.subarray(cut)
        }
        got.push(...split(rest))
        expect(got).toEqual(texts)
      }),
    )
  })

  it("fail beyond the bound, with or without an end", () => {
    expect(() => createLineSplitter(10)(Buffer.from("x".repeat(11)))).toThrow("longer")
    expect(() => createLineSplitter(10)(Buffer.from(`${"x".repeat(11)}\n`))).toThrow("longer")
    expect(createLineSplitter(10)(Buffer.from(`${"x".repeat(10)}\n`))).toEqual(["x".repeat(10)])
  })

  it("that are not UTF-8 become a text that is no JSON, and the next line is read", () => {
    const [broken, next] = createLineSplitter(10)(Buffer.from([34, 255, 34, 10, 49, 10]))
    expect(() => JSON.parse(broken ?? "1")).toThrow()
    expect(next).toBe("1")
  })
})
