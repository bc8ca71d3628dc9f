import type { DelegationRecord, DelegationShown } from "@hufu/core/contract/delegation"
import { expect, test } from "vitest"
import { delegationLines, shownDelegationLines } from "./delegation-lines.ts"

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
    // Nothing that a partner wrote begins a line.
    expect(text).not.toMatch(/^two/m)
  }
})
