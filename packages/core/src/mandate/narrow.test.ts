import { array, assert, constantFrom, property, record } from "fast-check"
import { describe, expect, it } from "vitest"
import { type Cover, cover } from "./cover.ts"
import { limitContains, prohibitionContains } from "./limit-contains.ts"
import { touches, satisfies } from "./limit-value.ts"
import type { Limit } from "./limit.ts"
import { Mandate } from "./mandate.ts"
import {
  arbitraryArguments,
  arbitraryLimit,
  arbitraryLimitOnA,
  arbitraryMandate,
  arbitraryShape,
  fullBudget,
} from "./mandate.arbitrary.ts"
import { isNarrower, isPartOf } from "./narrow.ts"

const outer = Mandate.parse({
  id: "mnd_00000000",
  agent: "agt_00000000",
  principal: "usr_00000000",
  parent: null,
  createdAt: 0,
  words: "tidy my notes and pay the rent",
  until: 5000,
  otherwise: "deny",
  never: [
    { effects: ["delete"] },
    { limits: [{ argument: "/path", kind: "path", under: "/home/ann/keys" }] },
  ],
  userOnly: [{ effects: ["publish"] }],
  grants: [
    {
      effects: ["read", "write"],
      tools: ["fs/*"],
      mode: "auto",
      limits: [{ argument: "/path", kind: "path", under: "/home/ann" }],
    },
    {
      effects: ["pay"],
      tools: ["bank/pay"],
      mode: "ask",
      needs: "reviewed",
      closed: true,
      limits: [{ argument: "/to", kind: "oneOf", values: ["landlord", "power company"] }],
      budget: { count: 3, amount: { argument: "/amount", max: 100_000, currency: "CNY" } },
    },
  ],
})
const [files, rent] = outer.grants
const within = (change: object): boolean => isNarrower(Mandate.parse({ ...outer, ...change }), outer).ok
const withFiles = (change: object) => ({ grants: [{ ...files, ...change }] })
const withRent = (change: object) => ({ grants: [{ ...rent, ...change }] })

describe("narrowing a mandate", () => {
  it.each<[string, object]>([
    ["nothing changed", {}],
    ["no grants", { grants: [] }],
    ["one effect", withFiles({ effects: ["read"] })],
    ["one tool", withFiles({ tools: ["fs/read"] })],
    ["a deeper path", withFiles({ limits: [{ argument: "/path", kind: "path", under: "/home/ann/notes" }] })],
    ["one path", withFiles({ limits: [{ argument: "/path", kind: "equal", value: "/home/ann/a" }] })],
    [
      "a pattern of such paths",
      withFiles({ limits: [{ argument: "/path", kind: "pattern", pattern: "/home/ann/[a-z]+" }] }),
    ],
    ["asking", withFiles({ mode: "ask" })],
    ["an earlier end", { until: 4000 }],
    ["a later beginning", { from: 1 }],
    ["one task", { task: "tsk_00000000" }],
    ["fewer times", withRent({ budget: { ...rent?.budget, count: 2 } })],
    ["one recipient", withRent({ limits: [{ argument: "/to", kind: "equal", value: "landlord" }] })],
    [
      "a budget shared",
      {
        grants: [
          { ...rent, budget: { count: 1, amount: { argument: "/amount", max: 40_000, currency: "CNY" } } },
          { ...rent, budget: { count: 2, amount: { argument: "/amount", max: 60_000, currency: "CNY" } } },
        ],
      },
    ],
    ["more that never happens", { never: [...outer.never, { tools: ["mail/*"] }] }],
    [
      "a wider prohibition",
      { never: [{ effects: ["delete"] }, { limits: [{ argument: "/path", kind: "path", under: "/home" }] }] },
    ],
    [
      "never what only the person decided",
      { userOnly: [], never: [...outer.never, { effects: ["publish"] }] },
    ],
    [
      "more for the person alone",
      { userOnly: [{ effects: ["publish"] }, { effects: ["publish"], tools: ["web/*"] }] },
    ],
  ])("accepts %s", (_, change) => {
    expect(within(change)).toBe(true)
  })

  it.each<[string, object]>([
    ["another effect", withFiles({ effects: ["read", "send"] })],
    ["another tool", withFiles({ tools: ["*"] })],
    ["a wider path", withFiles({ limits: [{ argument: "/path", kind: "path", under: "/home" }] })],
    ["a path beside it", withFiles({ limits: [{ argument: "/path", kind: "path", under: "/home/anna" }] })],
    [
      "a prefix that only looks like the path",
      withFiles({ limits: [{ argument: "/path", kind: "prefix", prefix: "/home/ann/" }] }),
    ],
    [
      "a pattern that leaves the path",
      withFiles({ limits: [{ argument: "/path", kind: "pattern", pattern: "/home/ann/.*" }] }),
    ],
    ["no limit", withFiles({ limits: [] })],
    [
      "a limit on another argument",
      withFiles({ limits: [{ argument: "/file", kind: "path", under: "/home/ann" }] }),
    ],
    ["going alone", withRent({ mode: "auto" })],
    ["tools that were not reviewed", withRent({ needs: undefined })],
    ["other arguments", withRent({ closed: undefined })],
    [
      "another named argument",
      withRent({ limits: [...(rent?.limits ?? []), { argument: "/note", kind: "prefix", prefix: "x" }] }),
    ],
    [
      "another recipient",
      withRent({ limits: [{ argument: "/to", kind: "oneOf", values: ["landlord", "me"] }] }),
    ],
    ["more times", withRent({ budget: { ...rent?.budget, count: 4 } })],
    ["any number of times", withRent({ budget: { amount: rent?.budget?.amount } })],
    [
      "more money",
      withRent({ budget: { count: 1, amount: { argument: "/amount", max: 100_001, currency: "CNY" } } }),
    ],
    [
      "other units",
      withRent({
        budget: { count: 1, amount: { argument: "/amount", max: 1000, currency: "CNY", decimals: 2 } },
      }),
    ],
    ["a budget taken twice", { grants: [rent, rent] }],
    ["a later end", { until: 5001 }],
    ["another agent", { agent: "agt_00000001" }],
    ["another principal", { principal: "usr_00000001" }],
    ["asking for the rest", { otherwise: "ask" }],
    ["a prohibition less", { never: [{ effects: ["delete"] }] }],
    [
      "a narrower prohibition",
      {
        never: [
          { effects: ["delete"] },
          { limits: [{ argument: "/path", kind: "path", under: "/home/ann/keys/a" }] },
        ],
      },
    ],
    ["nothing for the person alone", { userOnly: [] }],
    [
      "asking the person for what was refused",
      { userOnly: [{ effects: ["publish"] }, { effects: ["send"] }] },
    ],
  ])("refuses %s and says so", (_, change) => {
    const narrowness = isNarrower(Mandate.parse({ ...outer, ...change }), outer)
    expect(narrowness.ok).toBe(false)
    if (!narrowness.ok)
      for (const { en, zh } of narrowness.differences)
        expect([en.length > 8, /[\u4e00-\u9fff]/.test(zh)]).toEqual([true, true])
  })

  it("names the grant and the limit that were widened", () => {
    const narrowness = isNarrower(Mandate.parse({ ...outer, ...withFiles({ limits: [] }) }), outer)
    expect(narrowness).toEqual({
      ok: false,
      differences: [
        {
          en: "grant 1: it does not keep to: `/path` is a path under `/home/ann`",
          zh: "第 1 项：不再限于：`/path` 为 `/home/ann` 之下的路径",
        },
      ],
    })
  })

  it("says whose budget each grant shares", () => {
    expect(isNarrower(Mandate.parse({ ...outer, grants: [rent] }), outer)).toEqual({ ok: true, within: [1] })
  })

  it("keeps a whole mandate's task and budget", () => {
    const whole = Mandate.parse({ ...outer, task: "tsk_00000000", budget: { count: 5 } })
    const isWithin = (change: object) => isNarrower(Mandate.parse({ ...whole, ...change }), whole).ok
    expect(isWithin({ budget: { count: 4 } })).toBe(true)
    expect(isWithin({ budget: undefined })).toBe(false)
    expect(isWithin({ budget: undefined, grants: [] })).toBe(true)
    expect(isWithin({ task: null })).toBe(false)
  })

  // What was spent of it would be there again.
  it("keeps a budget where it stands, while a part has its own", () => {
    const whole = Mandate.parse({ ...outer, budget: { count: 3 }, grants: [{ ...rent, budget: undefined }] })
    const onGrant = Mandate.parse({
      ...whole,
      budget: undefined,
      grants: [{ ...rent, budget: { count: 3 } }],
    })
    const both = { ...whole, grants: onGrant.grants }
    for (const [inner, before] of [
      [onGrant, whole],
      [whole, onGrant],
      [{ ...both, budget: { count: 4 } }, whole],
    ] as const) {
      expect(isNarrower(inner, before).ok).toBe(false)
      const part = { ...inner, agent: "agt_00000001", parent: before.id, task: "tsk_00000000" }
      expect(isPartOf(part, before).ok).toBe(true)
    }
    expect(isNarrower(both, whole).ok).toBe(true)
    expect(isNarrower(both, onGrant).ok).toBe(true)
  })

  it("is bounded in time, whatever the limits hold, and then says no", () => {
    const pattern = (g: number, k: number) => `(.|${g})*${"abcd"[k]}.{${100 + g}}`
    const grants = (by: number) =>
      Array.from({ length: 16 }, (_, g) => ({
        effects: ["read"],
        tools: ["*"],
        mode: "auto",
        limits: [0, 1, 2, 3].map((k) => ({ argument: "/a", kind: "pattern", pattern: pattern(g + by, k) })),
      }))
    const one = Mandate.parse({ ...outer, grants: grants(0) })
    expect(isNarrower(Mandate.parse({ ...outer, grants: grants(20) }), one).ok).toBe(false)
    expect(isNarrower(one, one).ok).toBe(true)
  })
})

const rank = (ruling: Cover): number => (ruling.asks ? 1 : ruling.covers ? 2 : 0)

describe("narrowing, over random mandates", () => {
  const additions = record({
    limits: array(arbitraryLimit, { maxLength: 2 }),
    mode: constantFrom("ask", "same"),
    drop: constantFrom(0, 1),
    never: array(arbitraryLimit, { maxLength: 1 }),
    otherwise: constantFrom("ask", "deny", "same"),
  })

  it("accepts what only takes away", () => {
    assert(
      property(arbitraryMandate, additions, (mandate, { limits, mode, drop, never }) => {
        const inner = Mandate.parse({
          ...mandate,
          never: [...mandate.never, ...never.map((limit) => ({ limits: [limit] }))],
          grants: mandate.grants.slice(drop).map((grant) =>
            Object.assign({}, grant, {
              limits: grant.closed ? grant.limits : [...grant.limits, ...limits],
              mode: mode === "ask" ? mode : grant.mode,
            }),
          ),
        })
        expect(isNarrower(inner, mandate)).toMatchObject({ ok: true })
      }),
      { numRuns: 500 },
    )
  })

  it("never accepts a mandate under which any call fares better", () => {
    let accepted = 0
    const calls = array(arbitraryArguments, { minLength: 30, maxLength: 60 })
    assert(
      property(
        arbitraryMandate,
        arbitraryMandate,
        additions,
        arbitraryShape,
        calls,
        (one, other, change, shape, tries) => {
          const inner = Mandate.parse({
            ...one,
            id: other.id,
            grants: [...one.grants.slice(change.drop), ...other.grants.slice(0, change.drop)].map(
              (grant, i) =>
                Object.assign({}, grant, { limits: [...change.limits, ...grant.limits.slice(i)] }),
            ),
            never: change.drop ? other.never : one.never,
            otherwise: change.otherwise === "same" ? one.otherwise : change.otherwise,
          })
          if (!isNarrower(inner, one).ok) return
          accepted += 1
          for (const args of [{}, ...tries]) {
            const call = { ...shape, args, budgetLeft: fullBudget }
            expect(rank(cover([inner], call))).toBeLessThanOrEqual(rank(cover([one], call)))
          }
        },
      ),
      { numRuns: 1500 },
    )
    expect(accepted).toBeGreaterThan(50)
  })

  const values = array(
    constantFrom<unknown>(
      "x",
      "X",
      " x",
      "xy",
      "/home/a",
      "/HOME/A",
      "/home/a/b",
      "a",
      "",
      "7",
      7,
      0,
      2.5,
      -1,
      true,
      null,
      "https://example.com/",
      "http://w.example.com:8080/x",
      "\ud800",
      "y".repeat(20_000),
    ),
    { minLength: 10, maxLength: 20 },
  )
  it("compares limits, and prohibitions, as their values do", () => {
    let contained = 0
    assert(
      property(arbitraryLimitOnA, arbitraryLimitOnA, values, (one: Limit, two: Limit, tried) => {
        if (limitContains(two, one)) {
          contained += 1
          for (const value of tried) expect(satisfies(one, value) && !satisfies(two, value)).toBe(false)
        }
        if (prohibitionContains(two, one))
          for (const value of tried) expect(touches(one, value) && !touches(two, value)).toBe(false)
        for (const value of tried) if (satisfies(one, value)) expect(touches(one, value)).toBe(true)
        expect([limitContains(one, one), prohibitionContains(one, one)]).toEqual([true, true])
      }),
      { numRuns: 2000 },
    )
    expect(contained).toBeGreaterThan(50)
  })
})
