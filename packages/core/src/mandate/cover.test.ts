import { describe, expect, it } from "vitest"
import { amountOf } from "./amount.ts"
import type { Call } from "./call.ts"
import { cover } from "./cover.ts"
import { Mandate, MandateDraft } from "./mandate.ts"
import { fullBudget } from "./mandate.arbitrary.ts"

const mandateOf = (parts: object, id = "mnd_00000000"): Mandate =>
  Mandate.parse({
    id,
    agent: "agt_00000000",
    principal: "usr_00000000",
    parent: null,
    createdAt: 0,
    words: "",
    until: 5000,
    ...parts,
  })
const grant = (parts: object = {}) => ({ effects: ["read"], tools: ["fs/*"], mode: "auto", ...parts })
const callOf = (parts: Partial<Call> = {}): Call => ({
  effect: "read",
  server: "fs",
  tool: "get",
  reviewed: true,
  now: 1000,
  args: {},
  budgetLeft: fullBudget,
  ...parts,
})
const under = (parts: object, call: Partial<Call> = {}) => cover([mandateOf(parts)], callOf(call))

describe("covering a call", () => {
  it("lets a call go alone under a grant, and says whose words cover it", () => {
    expect(under({ grants: [grant({ effects: ["send"] }), grant()] })).toEqual({
      live: true,
      covers: true,
      asks: false,
      forbids: false,
      mode: "auto",
      otherwise: "ask",
      mandate: "mnd_00000000",
      grant: 1,
      words: "mnd_00000000",
      amount: 0,
      reasons: ["granted_auto"],
    })
  })

  it("denies without a live mandate", () => {
    const dead = { live: false, covers: false, asks: false, otherwise: "deny", reasons: ["no_live_mandate"] }
    expect(cover([], callOf())).toMatchObject(dead)
    expect(under({ grants: [grant()], until: 1000 })).toMatchObject(dead)
    expect(under({ grants: [grant()], from: 1001 })).toMatchObject(dead)
  })

  it("prefers going alone to asking, in any mandate", () => {
    const asking = mandateOf({ grants: [grant({ mode: "ask" })] })
    const alone = mandateOf({ grants: [grant()] }, "mnd_00000001")
    expect(cover([asking, alone], callOf())).toMatchObject({ mode: "auto", asks: false, mandate: alone.id })
    expect(cover([asking], callOf())).toMatchObject({
      mode: "ask",
      covers: true,
      asks: true,
      reasons: ["granted_ask"],
    })
  })

  it("asks or denies for everything else; one mandate that asks is enough", () => {
    expect(under({})).toMatchObject({
      covers: false,
      asks: true,
      otherwise: "ask",
      reasons: ["otherwise_ask"],
    })
    expect(under({ otherwise: "deny" })).toMatchObject({
      covers: false,
      asks: false,
      reasons: ["otherwise_deny"],
    })
    expect(cover([mandateOf({ otherwise: "deny" }), mandateOf({})], callOf())).toMatchObject({ asks: true })
  })

  it("never does what any live mandate forbids", () => {
    const forbidding = mandateOf({ never: [{ tools: ["fs/get"] }] }, "mnd_00000001")
    const ruling = cover(
      [mandateOf({ grants: [grant()], userOnly: [{ effects: ["read"] }] }), forbidding],
      callOf(),
    )
    expect(ruling).toMatchObject({
      forbids: true,
      covers: false,
      asks: false,
      mandate: forbidding.id,
      reasons: ["never"],
    })
    const limited = {
      grants: [grant()],
      never: [{ limits: [{ argument: "/path", kind: "path", under: "/etc" }] }],
    }
    expect(under(limited, { args: { path: "/home" } }).forbids).toBe(false)
    expect(under(limited, { args: { path: "/x/../etc/passwd" } }).forbids).toBe(true)
    expect(under(limited).covers).toBe(true)
  })

  it("leaves to the person what only the person decides, even where the rest is denied", () => {
    const ruling = under({
      grants: [grant()],
      userOnly: [{ effects: ["read"], tools: ["fs/*"] }],
      otherwise: "deny",
    })
    expect(ruling).toMatchObject({
      mode: "user-only",
      covers: false,
      asks: true,
      otherwise: "ask",
      reasons: ["user_only"],
    })
    expect(under({ grants: [grant()], userOnly: [{ effects: ["read"], tools: ["web/*"] }] }).mode).toBe(
      "auto",
    )
  })

  it.each<[string, object, Partial<Call>, string]>([
    ["ended", { until: 1000 }, {}, "grant_ended"],
    ["needs a reviewed tool", { needs: "reviewed" }, { reviewed: false }, "not_reviewed"],
    [
      "has a limit that does not hold",
      { limits: [{ argument: "/a", kind: "equal", value: 1 }] },
      { args: { a: 2 } },
      "limit_not_met",
    ],
    [
      "has a limit on what is missing",
      { limits: [{ argument: "/a", kind: "equal", value: 1 }] },
      {},
      "limit_not_met",
    ],
    ["allows no other argument", { closed: true }, { args: { a: 1 } }, "argument_not_named"],
    [
      "is used up",
      { budget: { count: 1 } },
      { budgetLeft: () => ({ count: 0, amount: 0 }) },
      "budget_exhausted",
    ],
    [
      "counts what is no number",
      { budget: { count: 1 } },
      { budgetLeft: () => ({ count: Number.NaN, amount: 0 }) },
      "budget_exhausted",
    ],
    [
      "has too little left",
      { budget: { amount: { argument: "/n", max: 9 } } },
      { args: { n: 10 } },
      "budget_exhausted",
    ],
    [
      "cannot read the amount",
      { budget: { amount: { argument: "/n", max: 9 } } },
      { args: { n: "5" } },
      "amount_not_readable",
    ],
    ["finds no amount", { budget: { amount: { argument: "/n", max: 9 } } }, {}, "amount_not_readable"],
  ])("does not cover when the grant %s", (_, parts, call, reason) => {
    expect(under({ grants: [grant(parts)], otherwise: "deny" }, call)).toMatchObject({
      covers: false,
      asks: false,
      reasons: [reason, "otherwise_deny"],
    })
  })

  it("names every argument of a closed grant, however deep", () => {
    const closed = grant({
      closed: true,
      limits: [
        { argument: "/to/-/id", kind: "prefix", prefix: "u" },
        { argument: "/text", kind: "prefix", prefix: "h" },
      ],
      budget: { amount: { argument: "/n", max: 5 } },
    })
    const covers = (args: Call["args"]) => under({ grants: [closed], otherwise: "deny" }, { args }).covers
    expect(covers({ to: [{ id: "u1" }, { id: "u2" }], text: "hi", n: 1 })).toBe(true)
    expect(covers({ to: [{ id: "u1", cc: "x" }], text: "hi", n: 1 })).toBe(false)
    expect(covers({ to: [{ id: "u1" }], text: "hi", n: 1, more: {} })).toBe(false)
    expect(covers({ to: [{ id: "u1" }], text: "hi", n: 1, ["__proto__x"]: null })).toBe(false)
  })

  it("says what to reserve, in minor units, from the grant and from the whole mandate", () => {
    const paying = { effects: ["pay"], tools: ["*"], mode: "auto" }
    const parts = {
      grants: [{ ...paying, budget: { amount: { argument: "/n", max: 5000, decimals: 2 } } }],
      budget: { amount: { argument: "/n", max: 2000, decimals: 2 } },
    }
    const pay = (n: unknown) => under(parts, { effect: "pay", args: { n } as Call["args"] })
    expect(pay(12.5)).toMatchObject({ covers: true, amount: 1250 })
    expect(pay(20.01)).toMatchObject({ covers: false, reasons: ["budget_exhausted", "otherwise_ask"] })
    expect(pay(-1).covers).toBe(false)
    const whole = { grants: [paying, grant()], budget: { amount: { argument: "/n", max: 10 } } }
    expect(under(whole, { effect: "pay" })).toMatchObject({
      covers: false,
      reasons: ["amount_not_readable", "otherwise_ask"],
    })
    expect(under(whole)).toMatchObject({ covers: true, amount: 0 })
    expect(under(whole, { args: { n: 11 } }).covers).toBe(false)
  })

  it("reads amounts exactly or not at all", () => {
    const read = (n: unknown, decimals: number) =>
      amountOf({ argument: "/n", max: 0, decimals }, { n } as Call["args"])
    expect([read(0.1, 2), read(1.005, 3), read(98.7, 2), read(0, 0)]).toEqual([10, 1005, 9870, 0])
    for (const n of [0.001, -0.01, Infinity, Number.NaN, 1e300, 2 ** 53, "1", null, [1]])
      expect(read(n, 2)).toBeUndefined()
  })

  it("tells tools apart by server and name", () => {
    const covers = (tools: string[], server: string, tool: string) =>
      under({ grants: [grant({ tools })] }, { server, tool }).covers
    expect(covers(["fs/get"], "fs", "get")).toBe(true)
    expect(covers(["fs/get"], "fs", "get2")).toBe(false)
    expect(covers(["fs/*"], "fs2", "get")).toBe(false)
    expect(covers(["fs/resources/read"], "fs", "resources/read")).toBe(true)
    expect(covers(["*"], "any", "thing")).toBe(true)
    expect(covers(["fs/*"], "mail", "*")).toBe(false)
  })

  it("survives arguments of any depth and shape", () => {
    let deep: Call["args"] = {}
    for (let i = 0; i < 50_000; i++) deep = { a: deep }
    const parts = {
      grants: [grant({ closed: true, limits: [{ argument: "/a/a", kind: "equal", value: 1 }] })],
      never: [{ limits: [{ argument: "/a", kind: "pattern", pattern: "x" }] }],
    }
    expect(under(parts, { args: deep })).toMatchObject({ covers: false, asks: true })
  })
})

describe("mandates as they are written", () => {
  it("fills in what a draft leaves out", () => {
    expect(MandateDraft.parse({ words: "", until: 1 })).toEqual({
      task: null,
      words: "",
      grants: [],
      never: [],
      userOnly: [],
      otherwise: "ask",
      until: 1,
    })
  })

  it.each<[string, object]>([
    ["no end", { until: undefined }],
    ["an unknown part", { note: "x" }],
    ["too many words", { words: "x".repeat(4001) }],
    ["an unknown effect", { grants: [grant({ effects: ["fly"] })] }],
    ["no effect", { grants: [grant({ effects: [] })] }],
    ["a tool without a server", { grants: [grant({ tools: ["get"] })] }],
    ["half a wildcard", { grants: [grant({ tools: ["fs/g*"] })] }],
    ["a mode for the person alone", { grants: [grant({ mode: "user-only" })] }],
    ["an empty prohibition", { never: [{}] }],
    ["a prohibition with no limits in it", { never: [{ limits: [] }] }],
    ["nothing for the person alone", { userOnly: [{}] }],
    ["an amount of many arguments", { budget: { amount: { argument: "/items/-/n", max: 1 } } }],
    ["an amount with a fraction", { budget: { amount: { argument: "/n", max: 0.5 } } }],
    [
      "too many limits",
      {
        grants: [
          grant({ limits: Array.from({ length: 33 }, () => ({ argument: "/a", kind: "range", min: 1 })) }),
        ],
      },
    ],
  ])("refuses %s", (_, parts) => {
    expect(MandateDraft.safeParse({ words: "", until: 1, ...parts }).success).toBe(false)
  })
})
