import { newId } from "@hufu/core/id"
import { expect, test } from "vitest"
import { addPage, coverageLines } from "./rules-coverage.ts"
import { diffLines } from "./rules-diff.ts"
import { shadowLines } from "./rules-shadow.ts"
import { stageLine } from "./stage-line.ts"

const digest = (of: string) => of.repeat(64)

test("a difference has every line of a rule marked, and what stays once", () => {
  const lines = diffLines(
    {
      from: digest("a"),
      to: digest("b"),
      added: [{ id: "own/new", layer: "user", text: "permit\n(x);" }],
      removed: [{ id: "own/old", layer: "user", text: "forbid (y);" }],
      changed: [
        {
          id: "own/big",
          layer: "user",
          before: "forbid (p)\nwhen { a > 500 };",
          after: "forbid (p)\nwhen { a > 300 };",
        },
      ],
    },
    "en",
  )
  expect(lines).toEqual([
    "The draft adds 1, removes 1 and changes 1 rules.",
    `In force: ${digest("a")}`,
    `Draft:    ${digest("b")}`,
    "",
    "adds own/new (user)",
    "  + permit",
    "  + (x);",
    "",
    "changes own/big (user)",
    "    forbid (p)",
    "  - when { a > 500 };",
    "  + when { a > 300 };",
    "",
    "removes own/old (user)",
    "  - forbid (y);",
  ])
  const none = { from: digest("a"), to: null, added: [], removed: [], changed: [] }
  expect(diffLines(none, "zh")).toEqual(["没有草案：在配置的 `draft` 中指定。"])
  expect(diffLines({ ...none, to: digest("b") }, "en")).toEqual([
    "The draft has the same rules as those in force.",
  ])
})

test("what a draft would have decided is a table, on lines of their own, whatever a tool is called", () => {
  const item = {
    action: newId("action", 1),
    at: 1_800_000_000_000,
    agent: newId("agent", 1),
    effect: "pay" as const,
    server: "bank",
    tool: "pay\nallow",
    was: { verdict: "allow" as const, rules: [] },
    would: { verdict: "ask" as const, rules: ["own/big"] },
  }
  const report = {
    policy: digest("b"),
    stage: "some" as const,
    agents: ["ann"],
    share: 10,
    since: 1_800_000_000_000,
    looked: 9,
    changed: 2,
    changes: { "allow → ask": 2 },
    items: [item],
  }
  expect(shadowLines(report, "en")).toEqual([
    "The draft is in force for the agents ann and for 10 of a hundred tasks, and looks on for the rest.",
    "Since 2027-01-15 08:00:00 it has looked at 9 actions and would have decided 2 of them otherwise.",
    "",
    "WAS    WOULD BE  HOW OFTEN",
    "allow  ask       2",
    "",
    expect.stringMatching(/^TIME +ACTION +EFFECT +TOOL +WAS +WOULD BE +BY$/),
    expect.stringMatching(/^2027-01-15T08:00:00 +act_\w+ +pay +bank\/pay\S+allow +allow +ask +own\/big$/),
    "",
    "These are the newest 1 of 2: --limit shows more, of the last 1,000.",
  ])
  expect(shadowLines({ ...report, policy: null }, "en")).toHaveLength(1)
  expect(shadowLines({ ...report, changed: 0, stage: "all" }, "zh")).toEqual([
    "草案已对全部生效。",
    "自 2027-01-15 08:00:00 起已查看 9 项行为，其中 0 项本会作出不同裁定。",
  ])
})

test("pages of a coverage add up: what one of them met was met", () => {
  const page = {
    policy: digest("a"),
    looked: 100,
    next: 100,
    decided: 10,
    undecidable: 1,
    hits: [{ rule: "own/a", count: 2 }],
    neverHit: ["own/b", "own/c"],
    unspoken: [{ server: "notes", tool: "read", effect: "read" as const, count: 3 }],
  }
  const sum = addPage(page, {
    ...page,
    next: null,
    hits: [
      { rule: "own/a", count: 1 },
      { rule: "own/b", count: 5 },
    ],
    neverHit: ["own/c"],
  })
  expect(coverageLines(sum, "en")).toEqual([
    "20 decisions were made again under the rules in force; the facts of 2 more are gone.",
    "",
    "RULE   MET BY",
    "own/b  5",
    "own/a  3",
    "",
    "Rules that no action met:",
    "  own/c",
    "",
    "Actions that no rule speaks of, so that the mandates alone decide:",
    "TOOL        EFFECT  ACTIONS",
    "notes/read  read    6",
  ])
})

test("every stage is a sentence in both languages", () => {
  for (const stage of ["off", "shadow", "some", "all"] as const)
    for (const language of ["en", "zh"] as const)
      expect(stageLine({ stage, agents: ["a"], share: 0 }, language)).toMatch(/[.。]$/)
})
