import { array, assert, property } from "fast-check"
import { describe, expect, it } from "vitest"
import { couldCover } from "./could-cover.ts"
import type { CallShape } from "./call.ts"
import { cover } from "./cover.ts"
import type { Limit } from "./limit.ts"
import { Mandate } from "./mandate.ts"
import { arbitraryArguments, arbitraryMandate, arbitraryShape, fullBudget } from "./mandate.arbitrary.ts"

const shape: CallShape = {
  effect: "send",
  server: "mail",
  tool: "send",
  reviewed: false,
  now: 1000,
  budgetLeft: fullBudget,
}

function mandateOf(parts: object): Mandate {
  return Mandate.parse({
    id: "mnd_00000000",
    agent: "agt_00000000",
    principal: "usr_00000000",
    parent: null,
    createdAt: 0,
    words: "",
    until: 5000,
    otherwise: "deny",
    ...parts,
  })
}

const grant = (limits: object[], more: object = {}) => ({
  effects: ["send"],
  tools: ["*"],
  mode: "auto",
  limits,
  ...more,
})

describe("what could be covered", () => {
  it.each<[string, Limit[], boolean]>([
    ["one text", [{ argument: "/a", kind: "equal", value: "x" }], true],
    [
      "two different texts at once",
      [
        { argument: "/a", kind: "equal", value: "x" },
        { argument: "/a", kind: "equal", value: "y" },
      ],
      false,
    ],
    [
      "a number that is a path",
      [
        { argument: "/a", kind: "range", min: 1 },
        { argument: "/a", kind: "path", under: "/" },
      ],
      false,
    ],
    [
      "a path under another",
      [
        { argument: "/a", kind: "path", under: "/home/ann" },
        { argument: "/a", kind: "path", under: "/home" },
      ],
      true,
    ],
    [
      "a path beside another",
      [
        { argument: "/a", kind: "path", under: "/home/ann" },
        { argument: "/a", kind: "path", under: "/home/an" },
      ],
      false,
    ],
    [
      "an impossible pattern",
      [
        { argument: "/a", kind: "pattern", pattern: "[a-z]+" },
        { argument: "/a", kind: "pattern", pattern: "\\d+" },
      ],
      false,
    ],
    [
      "a host that the pattern of the URL excludes",
      [
        { argument: "/a", kind: "host", hosts: ["example.com"] },
        { argument: "/a", kind: "pattern", pattern: "https://example\\.org/.*" },
      ],
      false,
    ],
    [
      "a single value that holds others",
      [
        { argument: "/a", kind: "equal", value: "x" },
        { argument: "/a/b", kind: "equal", value: "x" },
      ],
      false,
    ],
    [
      "every element and the second",
      [
        { argument: "/a/-", kind: "prefix", prefix: "x" },
        { argument: "/a/1", kind: "pattern", pattern: "[a-z]{3}" },
      ],
      true,
    ],
    [
      "every element and a different second",
      [
        { argument: "/a/-", kind: "prefix", prefix: "x" },
        { argument: "/a/1", kind: "prefix", prefix: "y" },
      ],
      false,
    ],
  ])("finds out about %s", (_, limits, expected) => {
    expect(couldCover([mandateOf({ grants: [grant(limits)] })], shape).allow).toBe(expected)
  })

  it("does not list what a prohibition takes away whole, and lists what it leaves", () => {
    const limits = [{ argument: "/a", kind: "path", under: "/home/ann" }]
    const never = (under: string) => [{ limits: [{ argument: "/a", kind: "path", under }] }]
    expect(couldCover([mandateOf({ grants: [grant(limits)], never: never("/home") })], shape).allow).toBe(
      false,
    )
    const left = couldCover([mandateOf({ grants: [grant(limits)], never: never("/home/ann/keys") })], shape)
    expect(left.examples.allow).toBeDefined()
  })

  it("does not list hosts that are all forbidden", () => {
    const limits = [{ argument: "/a", kind: "host", hosts: ["example.com", "*.example.org"] }]
    const never = (hosts: string[]) => [{ limits: [{ argument: "/a", kind: "host", hosts }] }]
    const ask = (hosts: string[]) =>
      couldCover([mandateOf({ grants: [grant(limits)], never: never(hosts) })], shape).allow
    expect(ask(["example.com", "*.example.org"])).toBe(false)
    expect(ask(["example.com", "a.example.org"])).toBe(true)
    expect(ask(["*.example.org"])).toBe(true)
  })

  it("does not list what an exhausted budget cannot pay", () => {
    const paid = grant([{ argument: "/n", kind: "range", min: 5 }], {
      budget: { amount: { argument: "/n", max: 900, decimals: 2 } },
    })
    const left = (amount: number) =>
      couldCover([mandateOf({ grants: [paid] })], { ...shape, budgetLeft: () => ({ count: 1, amount }) })
    expect(left(499).allow).toBe(false)
    expect(left(500)).toMatchObject({ allow: true, examples: { allow: { n: 5 } } })
  })

  it("asks only where nothing already goes alone", () => {
    const all = { otherwise: "ask", grants: [grant([])] }
    expect(couldCover([mandateOf(all)], shape)).toMatchObject({ allow: true, ask: false })
    const some = { otherwise: "ask", grants: [grant([], { closed: true })] }
    expect(couldCover([mandateOf(some)], shape)).toMatchObject({ allow: true, ask: true })
    const narrow = [{ argument: "/n", kind: "range", min: 0, max: 9 }]
    const both = [grant(narrow), grant([{ argument: "/n", kind: "range", min: 0, max: 10 }], { mode: "ask" })]
    expect(couldCover([mandateOf({ grants: both })], shape).ask).toBe(true)
    expect(
      couldCover([mandateOf({ grants: [grant(narrow), grant(narrow, { mode: "ask" })] })], shape).ask,
    ).toBe(false)
  })

  it("lists nothing under no live mandate", () => {
    expect(couldCover([], shape)).toEqual({ allow: false, ask: false, examples: {} })
    expect(couldCover([mandateOf({ until: 1000, grants: [grant([])] })], shape).allow).toBe(false)
  })
})

describe("what could be covered, over random mandates", () => {
  it("equals what calls meet: nothing that is not listed is ever covered, and what is listed has an example", () => {
    let listed = 0
    let unlisted = 0
    let undecided = 0
    assert(
      property(
        array(arbitraryMandate, { minLength: 1, maxLength: 2 }),
        arbitraryShape,
        array(arbitraryArguments, { minLength: 20, maxLength: 40 }),
        (mandates, call, tries) => {
          const could = couldCover(mandates, call)
          for (const args of [{}, ...tries]) {
            const ruling = cover(mandates, { ...call, args })
            if (!could.allow) expect(ruling.covers && !ruling.asks).toBe(false)
            if (!could.ask) expect(ruling.asks).toBe(false)
          }
          for (const wanted of ["allow", "ask"] as const) {
            const example = could.examples[wanted]
            if (!could[wanted]) unlisted += 1
            else if (!example) undecided += 1
            else {
              listed += 1
              const ruling = cover(mandates, { ...call, args: example })
              expect(wanted === "ask" ? ruling.asks : ruling.covers && !ruling.asks).toBe(true)
            }
          }
        },
      ),
      { numRuns: 800 },
    )
    // Hosts in unusual spellings may stay undecided, and are then listed: seldom enough not to be met here.
    expect(undecided).toBeLessThanOrEqual(1)
    expect(Math.min(listed, unlisted)).toBeGreaterThan(100)
  })
})
