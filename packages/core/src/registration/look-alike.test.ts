import { describe, expect, it } from "vitest"
import { looksLike, mixesScripts } from "./look-alike.ts"

describe("names that look alike", () => {
  it.each([
    ["paypal", "pаypаl"],
    ["planner", "p1anner"],
    ["modern", "modem"],
    ["Travel Planner", "travel-planner"],
    ["wechat", "vvechat"],
    ["Café", "cafe"],
    ["ＡＢＣ", "abc"],
    ["google", "gооglе"],
    ["tiger", "tlger"],
  ])("%s and %s", (one, other) => {
    expect(looksLike(one)).toBe(looksLike(other))
  })

  it.each([
    ["planner", "planer"],
    ["旅行", "旅游"],
    ["ann", "anne"],
  ])("%s and %s do not", (one, other) => {
    expect(looksLike(one)).not.toBe(looksLike(other))
  })

  it("mix alphabets within one word, or do not", () => {
    expect(mixesScripts("pаypal")).toBe(true)
    expect(mixesScripts("北京 travel планы")).toBe(false)
    expect(mixesScripts("ΑΒΓ abc")).toBe(false)
  })
})
