import {
  type Arbitrary,
  array,
  assert,
  constantFrom,
  letrec,
  oneof,
  property,
  string,
  tuple,
} from "fast-check"
import { describe, expect, it } from "vitest"
import { isFailure } from "../failure.ts"
import { findText } from "./find-text.ts"
import { allOf, languageOf, not } from "./language.ts"
import { parsePattern } from "./parse-pattern.ts"
import { compilePattern, matchPattern, patternContains, patternIntersects } from "./pattern.ts"

const matches = (text: string, value: string) => matchPattern(compilePattern(text), value)
const refusalOf = (text: string): unknown => {
  try {
    return compilePattern(text)
  } catch (error) {
    return error
  }
}
const isWithin = (inner: string, outer: string) =>
  patternContains(compilePattern(outer), compilePattern(inner))

describe("patterns", () => {
  it.each([
    ["abc", "abc", "abcd"],
    ["[a-c]{2,3}", "ab", "a"],
    ["\\d{4}-\\d{2}", "2026-09", "2026-9"],
    ["(cat|dog)s?", "dogs", "dogss"],
    ["[^/]+\\.txt", "a.txt", "a/b.txt"],
    [".*", "anything 任意", "two\nlines"],
    ["\\u{1F600}+", "😀😀", "x"],
    ["a|", "", "b"],
    ["[-a]", "-", "b"],
    ["[\\w-]+@example\\.com", "a-b@example.com", "a-b@exampleXcom"],
    ["\\s\\S", " x", "xx"],
  ])("`%s` matches %j and not %j", (text, good, bad) => {
    expect(matches(text, good)).toBe(true)
    expect(matches(text, bad)).toBe(false)
  })

  it.each([
    "^a",
    "a$",
    "(",
    ")",
    "a**",
    "a+?",
    "*a",
    "[",
    "[]",
    "[b-a]",
    "[\\d-z]",
    "a{2",
    "a{3,2}",
    "a{1001}",
    "a{,2}",
    "}",
    "]",
    "(?=a)",
    "(?<x>a)",
    "\\b",
    "\\1",
    "\\u12",
    "\\u{D800}",
    "\\u{110000}",
    "\\",
    "(a{100}){100}",
    "\ud800",
    "a".repeat(257),
  ])("refuses %j with a sentence", (text) => {
    const refusal = refusalOf(text)
    expect(isFailure(refusal, "pattern_invalid")).toBe(true)
  })

  it("matches no half of a surrogate pair", () => {
    expect(matches(".*", "\ud800")).toBe(false)
    expect(matches("[^a]", "\udc00")).toBe(false)
  })

  it("does not loop over repetitions of nothing", () => {
    expect(matches("((((){1000}){1000}){1000}){1000}", "")).toBe(true)
    expect(matches("(()*)*a", "a")).toBe(true)
  })

  it("reads values that make backtracking engines explode, and machines that outgrow their memory", () => {
    expect(matches("(a+)+b", "a".repeat(20_000))).toBe(false)
    expect(matches("(a|a)*b", `${"a".repeat(20_000)}b`)).toBe(true)
    const coins = Array.from({ length: 3000 }, (_, i) => ((i * 7919) % 13 < 6 ? "a" : "b")).join("")
    const wanted = new RegExp("^(?:[ab]*a[ab]{14})$").test(coins)
    expect(matches("[ab]*a[ab]{14}", coins)).toBe(wanted)
    expect(matches("[ab]*a[ab]{14}", `${coins}a${"b".repeat(14)}`)).toBe(true)
  })

  it.each([
    ["abc", "[a-z]+", true],
    ["[a-z]+", "abc", false],
    ["[a-c]{2}", "[a-z]{1,3}", true],
    ["(a|b)*", "[ab]*", true],
    ["[ab]*", "(a|b)*", true],
    ["\\d+", "\\w+", true],
    ["\\w+", "\\d+", false],
    [".*", "[\\s\\S]*", true],
    ["[\\s\\S]*", ".*", false],
    ["a{3}", "(aa)*", false],
    ["(aaaa)*", "(aa)*", true],
  ])("`%s` is within `%s`: %s", (inner, outer, expected) => {
    expect(isWithin(inner, outer)).toBe(expected)
  })

  it("does not claim what it cannot show within bounds", () => {
    expect(isWithin("[ab]*a[ab]{40}", "[ab]*b[ab]{39}[ab]*|[ab]*a[ab]{40}")).toBe(false)
  })

  it("says whether two patterns meet", () => {
    expect(patternIntersects(compilePattern("a.*"), compilePattern(".*b"))).toBe(true)
    expect(patternIntersects(compilePattern("a.*"), compilePattern("b.*"))).toBe(false)
  })
})

const patternText: Arbitrary<string> = letrec<{ pattern: string }>((tie) => ({
  pattern: oneof(
    { depthSize: "small", withCrossShrink: true },
    constantFrom("a", "b", "é", ".", "[ab]", "[^a]", "\\d", "\\w", "\\s", "0", "\\."),
    tuple(tie("pattern"), tie("pattern")).map(([one, two]) => one + two),
    tuple(tie("pattern"), tie("pattern")).map(([one, two]) => `(${one}|${two})`),
    tuple(tie("pattern"), constantFrom("*", "+", "?", "{2}", "{1,3}", "{0,1}", "{2,}")).map(
      ([one, bounds]) => `(?:${one})${bounds}`,
    ),
  ),
})).pattern.filter((text) => text.length <= 60)
const value = string({ unit: constantFrom("a", "b", "é", "0", ".", " ", "\n", "😀"), maxLength: 8 })

describe("patterns, over random ones", () => {
  it("agree with the engine of the language", () => {
    assert(
      property(patternText, value, (text, candidate) => {
        expect(matches(text, candidate)).toBe(new RegExp(`^(?:${text})$`, "u").test(candidate))
      }),
      { numRuns: 2000 },
    )
  })

  it("find a text of a language exactly when there is one, and contain what they should", () => {
    assert(
      property(patternText, patternText, array(value, { maxLength: 20 }), (one, two, values) => {
        const difference = allOf(languageOf(parsePattern(one)), not(languageOf(parsePattern(two))))
        const found = findText(difference)
        if (found.kind === "found")
          expect([matches(one, found.text), matches(two, found.text)]).toEqual([true, false])
        expect(isWithin(one, two)).toBe(found.kind === "none")
        if (found.kind === "none")
          for (const candidate of values)
            expect(matches(one, candidate) && !matches(two, candidate)).toBe(false)
        expect(isWithin(one, `(${one})|(${two})`)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
