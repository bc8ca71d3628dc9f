import { afterEach, describe, expect, it, vi } from "vitest"
import { printJson, say } from "./print.ts"
import { showOutput } from "./show-output.ts"
import { table, widthOf } from "./table.ts"

afterEach(() => void vi.restoreAllMocks())

/** What is written to standard output while something runs. */
function written(work: () => void, stream: "stdout" | "stderr" = "stdout"): string {
  let all = ""
  const spy = vi.spyOn(process[stream], "write").mockImplementation((chunk) => {
    all += String(chunk)
    return true
  })
  work()
  spy.mockRestore()
  return all
}

const en = { json: false, language: "en" } as const
const hostile = "a\u001b]0;owned\u0007\u202e\u009bb\nfake  row"

describe("what a person sees", () => {
  it("cannot be moved, coloured or hidden by what an agent or a server named", () => {
    const shown = written(() => showOutput("tool.list", { items: [{ tool: hostile, effect: "read" }] }, en))
    expect(shown).toContain("a⟦U+001B⟧]0;owned⟦U+0007⟧⟦U+202E⟧⟦U+009B⟧b\\nfake  row")
    expect(shown.trimEnd().split("\n")).toHaveLength(2)
    expect(written(() => say(hostile), "stderr")).not.toContain("\u001b")
  })

  it("is one JSON document when it is asked for, with nothing in it that a terminal obeys", () => {
    const shown = written(() => printJson({ text: hostile }))
    expect(JSON.parse(shown)).toEqual({ text: hostile })
    for (const hidden of ["\u001b", "\u0007", "\u202e", "\u009b"]) expect(shown).not.toContain(hidden)
  })

  it("says so when there is nothing", () => {
    expect(written(() => showOutput("agent.list", { items: [] }, en))).toBe("Nothing to show.\n")
    expect(written(() => showOutput("agent.list", { items: [] }, { json: false, language: "zh" }))).toBe(
      "没有内容。\n",
    )
  })

  it("shows times as times, and what is nested under its name", () => {
    const shown = written(() =>
      showOutput(
        "node.status",
        { tookMs: 1.5199, doors: [{ agentName: "a", at: 0 }], none: [], idleExit: null },
        en,
      ),
    )
    expect(shown).toBe(
      "tookMs: 1.5\ndoors:\n  AGENT NAME  AT\n  a           1970-01-01T00:00:00.000Z\nnone: -\nidleExit: -\n",
    )
  })

  it("says in a sentence what a stop did", () => {
    const report = { tookMs: 3.2847, doors: [{ agent: "agt_1" }], cancelledHolds: ["hld_1"], inFlight: [] }
    const shown = written(() => showOutput("stop.declare", report, en))
    expect(shown).toContain("Every agent is stopped.\nConnections that were closed: 1, all within 4 ms.\n")
    expect(shown).toContain("cancelled: hld_1\n")
    const zh = { json: false, language: "zh" } as const
    expect(written(() => showOutput("stop.lift", { stopped: false }, zh))).toMatch(/^停止已解除/)
  })

  it("lists actions with what became of each", () => {
    const action = { id: "act_1", at: 0, agentName: "a", server: "s", tool: hostile, effect: "write" }
    const of = (more: object) => ({ ...action, outcome: null, reason: null, hold: null, ...more })
    const items = [
      of({ verdict: "ask", reason: "refused", hold: "hld_1" }),
      of({ verdict: "allow", outcome: "done", hold: "hld_2" }),
      of({ verdict: "deny" }),
      of({ verdict: "allow" }),
    ]
    const lines = written(() => showOutput("action.list", { items, next: 7 }, en)).split("\n")
    expect(lines.slice(1, 5).map((line) => line.split("write  ")[1]?.trim())).toEqual([
      "refused",
      "done (after an approval)",
      "denied",
      "under way",
    ])
    expect(lines[5]).toMatch(/hufu action list --before 7`$/)
    for (const hidden of ["\u001b", "\u202e"]) expect(lines.join("\n")).not.toContain(hidden)
  })
})

describe("a table", () => {
  it("aligns wide characters", () => {
    expect(widthOf("智能体 a")).toBe(8)
    expect(
      table(
        ["名", "X"],
        [
          ["智能", "1"],
          ["ab", "2"],
        ],
      ),
    ).toEqual(["名    X", "智能  1", "ab    2"])
  })
})
