import { assert, property } from "fast-check"
import { describe, expect, it } from "vitest"
import { arbitraryMandate } from "./mandate.arbitrary.ts"
import { Mandate } from "./mandate.ts"
import { sayLimit, sayMandate } from "./say.ts"

const mandate = Mandate.parse({
  id: "mnd_00000000",
  agent: "agt_00000000",
  principal: "usr_00000000",
  parent: null,
  createdAt: 0,
  words: "",
  from: Date.UTC(2026, 8, 1, 8, 30),
  until: Date.UTC(2026, 11, 1),
  otherwise: "deny",
  never: [
    { effects: ["delete"] },
    { tools: ["*"], limits: [{ argument: "/path", kind: "path", under: "/etc" }] },
  ],
  userOnly: [{ effects: ["publish"], tools: ["web/*"] }],
  budget: { count: 20 },
  grants: [
    { effects: ["read"], tools: ["fs/*"], mode: "auto", needs: "reviewed" },
    {
      effects: ["pay"],
      tools: ["bank/pay", "bank/transfer"],
      mode: "ask",
      closed: true,
      limits: [{ argument: "/to", kind: "oneOf", values: ["landlord", "`;rm\u202e"] }],
      budget: { count: 1, amount: { argument: "/amount", max: 125_050, currency: "CNY", decimals: 2 } },
      until: Date.UTC(2026, 9, 1),
    },
  ],
})

describe("saying a mandate", () => {
  it("says in English what it allows, what never happens and what is left", () => {
    expect(sayMandate(mandate, "en")).toEqual([
      "may read with any reviewed tool of `fs`, by itself, until 2026-12-01",
      "may pay with `bank/pay` or `bank/transfer`, where `/to` is one of `landlord`, `';rm⟦U+202E⟧`, with no other argument, once, for at most 1250.50 CNY of `/amount` in total, asking each time, until 2026-10-01",
      "must never delete with any tool",
      "must never do anything with any tool, where `/path` is a path under `/etc`",
      "only the person decides, each time: publish with any tool of `web`",
      "in all: at most 20 times",
      "all of this from 2026-09-01 08:30 UTC on",
      "may do nothing else",
    ])
  })

  it("says the same in Chinese", () => {
    expect(sayMandate(mandate, "zh")).toEqual([
      "可用 `fs` 的任何经审核的工具读取，可自主进行，有效至 2026-12-01",
      "可用 `bank/pay` 或 `bank/transfer` 付款，限于 `/to` 为 `landlord`、`';rm⟦U+202E⟧` 之一，不得带其他参数，最多 1 次，`/amount` 累计不超过 1250.50 CNY，每次须询问，有效至 2026-10-01",
      "绝不得用任何工具删除",
      "绝不得用任何工具进行任何操作，限于 `/path` 为 `/etc` 之下的路径",
      "每次仅限用户本人决策：用 `web` 的任何工具发布",
      "合计：最多 20 次",
      "以上自 2026-09-01 08:30 UTC 起有效",
      "其余一切不得进行",
    ])
  })

  it("says amounts that the tool takes in minor units as such", () => {
    const budget = { amount: { argument: "/n", max: 500 } }
    expect(sayMandate({ ...mandate, budget }, "en")).toContain(
      "in all: for at most 500 minor units of `/n` in total",
    )
  })

  it("keeps every sentence on one line, whatever the limits hold", () => {
    expect(sayLimit({ argument: "/a", kind: "equal", value: "x\n` y\t\u200b" }, "en")).toBe(
      "`/a` is `x⏎' y⇥⟦U+200B⟧`",
    )
    assert(
      property(arbitraryMandate, (any) => {
        for (const language of ["en", "zh"] as const) {
          const sentences = sayMandate(any, language)
          expect(sentences.length).toBeGreaterThan(any.grants.length)
          for (const sentence of sentences) expect(sentence).not.toMatch(/[\n\t]|undefined|null\b(?!`)/)
        }
      }),
      { numRuns: 200 },
    )
  })
})
