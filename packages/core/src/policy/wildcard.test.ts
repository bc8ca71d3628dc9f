import { expect, test } from "vitest"
import { type PatternPart, wildcardTest } from "./wildcard.ts"

const pattern = (...parts: string[]): PatternPart[] =>
  parts.map((part) => (part === "*" ? "Wildcard" : { Literal: part }))

test("a pattern without wildcards is equality", () => {
  const matches = wildcardTest(pattern("a", "b"))
  expect([matches("ab"), matches("abc"), matches("")]).toEqual([true, false, false])
  expect(wildcardTest([])("")).toBe(true)
  expect(wildcardTest([])("a")).toBe(false)
})

test("a wildcard stands for any text, also none", () => {
  const matches = wildcardTest(pattern("a", "*", "b", "*", "c"))
  for (const text of ["abc", "axxbyyc", "abbc", "a虎b符c"]) expect(matches(text)).toBe(true)
  for (const text of ["ab", "ac", "xabc", "abcx", "cba"]) expect(matches(text)).toBe(false)
  expect(wildcardTest(pattern("*"))("")).toBe(true)
})

test("the beginning and the end of a pattern do not share characters of the text", () => {
  const matches = wildcardTest(pattern("aba", "*", "aba"))
  expect(matches("aba")).toBe(false)
  expect(matches("ababa")).toBe(false)
  expect(matches("abaaba")).toBe(true)
})

test("an asterisk that is written as a literal is one", () => {
  const matches = wildcardTest([{ Literal: "a" }, { Literal: "*" }])
  expect([matches("a*"), matches("ab")]).toEqual([true, false])
})

test("a text made to provoke backtracking is answered by a scan", () => {
  const parts = Array.from({ length: 200 }, () => ["a", "*"]).flat()
  const matches = wildcardTest(pattern(...parts, "b"))
  expect(matches("a".repeat(100_000))).toBe(false)
  expect(matches(`${"a".repeat(100_000)}b`)).toBe(true)
})
