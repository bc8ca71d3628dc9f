import type { DelegationRecord, DelegationShown } from "@hufu/core/contract/delegation"
import { expect, test } from "vitest"
import { delegationLines, shownDelegationLines, traceLines } from "./delegation-lines.ts"

const delegation: DelegationRecord = {
  id: "dlg_00000000",
  agent: "agt_00000000",
  agentName: "leader",
  server: "planner",
  protocol: "a2a",
  task: "tsk_00000000",
  state: "auth-required",
  door: "a2a-http",
  context: "c",
  name: "plan\u001b[2J\nfake line",
  createdAt: 0,
  changedAt: 0,
  hold: "hld_00000000",
  ended: null,
}
const nothing = { order: null, state: null, parts: [], product: null, reasons: [], code: null, hold: null }
const part = { kind: "text" as const, isCut: false, name: null, mediaType: null, language: null }
const shown: DelegationShown = {
  delegation,
  earlier: 3,
  products: [{ name: "minutes", parts: [{ ...part, text: "one\ntwo", isCut: true }] }],
  events: [
    { ...nothing, seq: 4, at: 0, kind: "order", order: "start", action: "act_00000000" },
    {
      ...nothing,
      seq: 5,
      at: 0,
      kind: "state",
      state: "auth-required",
      hold: delegation.hold,
      reasons: [{ rule: "platform/ask", en: "it sends", zh: "向外发送" }],
      action: null,
    },
  ],
}

test("a table has one line for each, whatever agents call them", () => {
  const lines = delegationLines({ items: [delegation], next: "dlg_11111111" }, "en")
  expect(lines).toHaveLength(3)
  expect(lines[1]).toContain("fake line")
  expect(lines.at(-1)).toContain("--before dlg_11111111")
  expect(delegationLines({ items: [], next: null }, "zh")).toEqual(["尚无智能体之间的委派。"])
})

test("one is shown with what waits, why, and what came of it", () => {
  for (const [language, said] of [
    ["en", ["waits for you", "it sends (platform/ask)", "(3 earlier events are left out)"]],
    ["zh", ["等待您批准", "向外发送 (platform/ask)", "（此前 3 个事件未列出）"]],
  ] as const) {
    const text = shownDelegationLines(shown, language).join("\n")
    for (const each of [...said, "hufu approval show hld_00000000", "act_00000000"])
      expect(text).toContain(each)
    expect(text).not.toContain("upstream_lost")
    const failed = { ...delegation, state: "failed" as const, hold: null, ended: "upstream_lost" }
    expect(shownDelegationLines({ ...shown, delegation: failed }, language).join("\n")).toMatch(
      /[(（]upstream_lost[)）]/,
    )
    // Nothing that a partner wrote begins a line.
    expect(text).not.toMatch(/^two/m)
  }
})

test("a trace is a tree of who asked whom, with what was spent", () => {
  const budget = {
    mandate: "mnd_00000000",
    grant: 0,
    currency: "CNY",
    most: { count: 10, amount: 5000 },
    spent: { count: 2, amount: 1250 },
  }
  const item = { events: [], budgets: [], actions: [] }
  const below = {
    ...delegation,
    id: "dlg_11111111",
    agentName: "clerk",
    server: "press",
    state: "working" as const,
  }
  const trace = {
    isCut: true,
    items: [
      { ...item, delegation, above: null, budgets: [budget] },
      { ...item, delegation: below, above: delegation.id },
    ],
  }
  expect(traceLines(trace, "en")).toEqual([
    "leader asked planner: waits for you  2 of 10 calls, 12.50 CNY / 50.00 CNY  dlg_00000000",
    "  clerk asked press: working  dlg_11111111",
    "(only the oldest are shown: there are too many)",
  ])
  expect(traceLines(trace, "zh")[1]).toBe("  clerk 委派 press: 进行中  dlg_11111111")
})
