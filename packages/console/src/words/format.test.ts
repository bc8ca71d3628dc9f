import { describe, expect, test } from "vitest"
import { sayAgo, sayTime } from "./format.ts"

const at = Date.UTC(2026, 10, 15, 12, 30, 29)

describe("a time in Chinese", () => {
  test("has spaces beside its numbers, and the zone at its end", () => {
    expect(sayTime(at, "zh")).toMatch(/^2026 年 11 月 1[456] 日 \d\d:\d\d:29 [A-Z]\S+$/u)
  })

  test("stands apart from its unit where it is told from another", () => {
    expect(sayAgo(at - 180_000, at, "zh")).toBe("3 分钟前")
  })
})
