import {
  array,
  assert,
  constantFrom,
  integer,
  oneof,
  property,
  record,
  string,
  stringMatching,
} from "fast-check"
import { describe, expect, it } from "vitest"
import {
  completeSearch,
  filtersOf,
  formatSearch,
  parseSearch,
  searchKeys,
  searchValues,
  sinceOf,
  tokenize,
} from "./search-grammar.ts"

const nearly = array(
  oneof(
    string(),
    constantFrom(...searchKeys.map((key) => `${key}:`)),
    constantFrom('"', " ", ":", "foo:", "verdict:deny", "since:1h"),
  ),
).map((parts) => parts.join(""))

const name = stringMatching(/^[a-z0-9 ._/-]{1,20}$/).map((text) => text.trim() || "x")
const search = record({
  terms: record(
    {
      agent: name,
      tool: name,
      server: name,
      effect: constantFrom(...(searchValues.effect ?? [])),
      verdict: constantFrom(...(searchValues.verdict ?? [])),
      outcome: constantFrom(...(searchValues.outcome ?? [])),
      task: constantFrom("tsk_0123456789abcdef"),
      since: constantFrom("15m", "2026-11-22", "2026-11-22T08:30"),
    },
    { requiredKeys: [] },
  ),
  text: oneof(constantFrom(""), name),
})

describe("the search box", () => {
  it("reads what it writes", () => {
    assert(
      property(search, (any) => {
        expect(parseSearch(formatSearch(any))).toEqual({ ...any, terms: { ...any.terms }, faults: [] })
      }),
    )
  })

  it("never throws, and its words are where it says, in order, without overlap", () => {
    assert(
      property(nearly, (text) => {
        let end = 0
        for (const { from, to, value } of tokenize(text)) {
          expect(from).toBeGreaterThanOrEqual(end)
          expect(text.slice(from, to)).toContain(value)
          end = to
        }
        expect(text.slice(0, 500).length).toBeGreaterThanOrEqual(end)
        const { terms, faults } = parseSearch(text)
        for (const key of Object.keys(terms)) expect(searchKeys).toContain(key)
        expect(faults.length).toBeLessThanOrEqual(text.length + 1)
      }),
    )
  })

  it("completes to words that parse, whatever stands before the caret", () => {
    assert(
      property(nearly, integer({ min: 0, max: 60 }), (text, at) => {
        const caret = Math.min(at, text.length)
        const { from, to, options } = completeSearch(text, caret, { agent: ["ann", "bob smith"] })
        expect(from).toBeLessThanOrEqual(to)
        for (const option of options) {
          const [token] = tokenize(option)
          expect(searchKeys).toContain(token?.key)
        }
      }),
    )
  })

  it("names what cannot be meant", () => {
    const kinds = (text: string) => parseSearch(text).faults.map(({ kind, key }) => `${kind} ${key}`)
    expect(kinds("agnet:ann")).toEqual(["unknown-key agnet"])
    expect(kinds("effect:fly")).toEqual(["bad-value effect"])
    expect(kinds("task:ann")).toEqual(["bad-value task"])
    expect(kinds("verdict:")).toEqual(["no-value verdict"])
    expect(kinds("verdict: deny")).toEqual(["no-value verdict"])
    expect(kinds("verdict:deny verdict:ask")).toEqual(["twice verdict"])
    expect(kinds("since:yesterday")).toEqual(["bad-value since"])
    expect(kinds("x".repeat(501))).toEqual(["too-long ", "too-long "])
  })

  it("keeps a quoted value together, and free words as one text", () => {
    expect(parseSearch('tool:"a b" AGENT:ann act_01 "two  words"')).toEqual({
      terms: { tool: "a b", agent: "ann" },
      text: "act_01 two  words",
      faults: [],
    })
  })
})

describe("what is asked of the node", () => {
  const now = Date.UTC(2026, 10, 23, 12)

  it("is one filter for each key", () => {
    expect(filtersOf(parseSearch('agent:ann verdict:deny since:2h "act_9"'), now)).toEqual({
      agent: "ann",
      verdict: "deny",
      since: now - 7_200_000,
      text: "act_9",
    })
    expect(filtersOf(parseSearch(""), now)).toEqual({})
  })

  it("is a time before now, or a day in UTC", () => {
    expect(sinceOf("7d", now)).toBe(now - 604_800_000)
    expect(sinceOf("2026-11-22", now)).toBe(Date.UTC(2026, 10, 22))
    expect(sinceOf("2026-11-22T08:30", now)).toBe(Date.UTC(2026, 10, 22, 8, 30))
    for (const wrong of ["7", "d", "99999d", "2026-13-01", "2026-1-1", "-1h"])
      expect(sinceOf(wrong, now)).toBeUndefined()
  })
})

describe("completion", () => {
  it("offers keys, then the values that there are", () => {
    expect(completeSearch("", 0).options).toEqual(searchKeys.map((key) => `${key}:`))
    expect(completeSearch("ver", 3)).toEqual({ from: 0, to: 3, options: ["verdict:"] })
    expect(completeSearch("verdict:", 8).options).toEqual(["verdict:allow", "verdict:ask", "verdict:deny"])
    expect(completeSearch("agent:b x", 7, { agent: ["ann", "bob smith"] })).toEqual({
      from: 0,
      to: 7,
      options: ['agent:"bob smith"'],
    })
    // A key that is given already is not offered again.
    expect(completeSearch("verdict:deny ", 13).options).not.toContain("verdict:")
  })
})
