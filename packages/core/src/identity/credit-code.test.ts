import { describe, expect, it } from "vitest"
import { isCreditCode } from "./credit-code.ts"

const letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
// The example of GB 32100-2015, and two codes that companies publish.
const codes = ["91350100M000100Y43", "91110000802100433B", "91440300708461136T"]

describe("a unified social credit code", () => {
  it.each(codes)("%s is one", (code) => {
    expect(isCreditCode(code)).toBe(true)
  })

  it("with any one character mistyped is none", () => {
    const wrong = codes.flatMap((code) =>
      Array.from(code).flatMap((right, at) =>
        Array.from(letters)
          .filter((letter) => letter !== right)
          .map((letter) => code.slice(0, at) + letter + code.slice(at + 1)),
      ),
    )
    expect(wrong).toHaveLength(codes.length * 18 * 30)
    expect(wrong.filter(isCreditCode)).toEqual([])
  })

  it.each([
    "",
    "91350100M000100Y4",
    "91350100M000100Y430",
    "91350100m000100y43",
    "９1350100M000100Y43",
    "91350100I000100Y43",
  ])("%j is none", (text) => {
    expect(isCreditCode(text)).toBe(false)
  })
})
