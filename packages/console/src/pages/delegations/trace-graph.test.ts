import type { TracedDelegation } from "@hufu/core/contract/delegation"
import type { DelegationState } from "@hufu/core/delegation/delegation-state"
import { describe, expect, test } from "vitest"
import { marksOf, traceGraph } from "./trace-graph.ts"

/** `a` asks the partner `b`, because of what was asked of it above. */
function asked(
  id: string,
  [agentName, server]: readonly [string, string],
  state: DelegationState = "working",
  { above, rules = [] }: { readonly above?: string; readonly rules?: readonly string[] } = {},
): TracedDelegation {
  const hold = state === "auth-required" ? "hld_00000000" : null
  return {
    delegation: {
      id,
      agent: `agt_${agentName}`,
      agentName,
      server,
      protocol: "a2a",
      task: "tsk_00000000",
      state,
      door: "a2a-http",
      context: "c",
      name: id,
      createdAt: 0,
      changedAt: 0,
      hold,
      ended: null,
    },
    above: above ?? null,
    events: [
      {
        seq: 1,
        at: 0,
        kind: "state",
        order: null,
        state,
        reasons: rules.map((rule) => ({ rule, en: "", zh: "" })),
        code: null,
        hold,
        action: null,
      },
    ],
    budgets: [],
    actions: [],
  }
}

const drawn = (items: readonly TracedDelegation[]) => {
  const { nodes, edges } = traceGraph(items)
  return {
    nodes: nodes.map(
      ({ name, as, layer, place }) => `${name}${as === undefined ? "" : `=${as}`} ${layer}.${place}`,
    ),
    edges: edges.map(({ from, to, look, of }) => `${from.name}>${to.name} ${look} ${of.length}`),
  }
}

describe("the graph of a trace", () => {
  test("has an agent of this node once, however it is asked", () => {
    expect(
      drawn([
        asked("1", ["leader", "desk"]),
        asked("2", ["clerk", "archive"], "completed", { above: "1" }),
        asked("3", ["clerk", "printer"], "auth-required", { above: "1" }),
      ]),
    ).toEqual({
      nodes: ["leader 0.0", "clerk=desk 1.0", "archive 2.0", "printer 2.1"],
      edges: ["leader>clerk waitsPartner 1", "clerk>archive done 1", "clerk>printer waitsPerson 1"],
    })
  })

  test("draws what one asks of another once, as what a person looks at first", () => {
    expect(
      drawn([asked("1", ["leader", "desk"], "completed"), asked("2", ["leader", "desk"], "input-required")])
        .edges,
    ).toEqual(["leader>desk waitsAsker 2"])
  })

  test("goes back where somebody asks who waits for them, and ends", () => {
    const items = [
      asked("1", ["leader", "desk"]),
      asked("2", ["clerk", "head"], "auth-required", { above: "1", rules: ["platform/circle"] }),
      asked("3", ["leader", "desk"], "working", { above: "2" }),
    ]
    expect(drawn(items)).toEqual({
      nodes: ["leader=head 0.0", "clerk=desk 1.0"],
      edges: ["leader>clerk waitsPartner 2", "clerk>leader waitsPerson 1"],
    })
    expect(traceGraph(items).edges.map(({ marks }) => marks)).toEqual([[], ["circle"]])
  })
})

describe("what is marked", () => {
  test("is what rules said of it now, and no more what they said once", () => {
    const rules = ["platform/fan-out", "platform/deep-chain", "mine/other"]
    const waits = asked("1", ["leader", "desk"], "auth-required", { rules })
    expect(marksOf(waits, [waits])).toEqual(["fanOut", "deep"])
    const goes = asked("1", ["leader", "desk"], "working", { rules })
    expect(marksOf(goes, [goes])).toEqual([])
  })

  test("is what was done because of it and came up against another agent, as long as it goes on", () => {
    const action = {
      id: "act_00000000",
      at: 0,
      agent: "agt_clerk",
      agentName: "clerk",
      task: "tsk_00000000",
      server: "notes",
      tool: "add_note",
      effect: "write",
      verdict: "deny",
      rules: ["platform/claim-lost"],
      mandate: null,
      hold: null,
      outcome: null,
      reason: null,
      index: 0,
    } as const
    const actions = [{ ...action, rules: [...action.rules] }]
    const goes = { ...asked("1", ["leader", "desk"]), actions }
    expect(marksOf(goes, [goes])).toEqual(["claim"])
    const ended = { ...asked("1", ["leader", "desk"], "completed"), actions }
    expect(marksOf(ended, [ended])).toEqual([])
  })

  test("is a dead end only where somebody still has work to give back", () => {
    for (const [state, above, marks] of [
      ["failed", "working", ["deadEnd"]],
      ["failed", "completed", []],
      ["completed", "working", []],
    ] as const) {
      const top = asked("1", ["leader", "desk"], above)
      const below = asked("2", ["clerk", "archive"], state, { above: "1" })
      expect(marksOf(below, [top, below])).toEqual(marks)
    }
  })
})
