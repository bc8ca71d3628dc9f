import type { TracedDelegation } from "@hufu/core/contract/delegation"
import type { DelegationState } from "@hufu/core/delegation/delegation-state"
import { expect, test } from "vitest"
import { placeOf, timelineOf } from "./timeline.ts"

type Told = readonly [at: number, state: DelegationState | "order" | "product", hold?: string]

function item(told: readonly Told[], createdAt = 0): TracedDelegation {
  const states = told.flatMap(([, state]) => (state === "order" || state === "product" ? [] : [state]))
  const changedAt = told.at(-1)?.[0] ?? createdAt
  return {
    delegation: {
      id: "dlg_00000000",
      agent: "agt_00000000",
      agentName: "leader",
      server: "desk",
      protocol: "aip",
      task: "tsk_00000000",
      state: states.at(-1) ?? "submitted",
      door: "aip-http",
      context: "",
      name: "",
      createdAt,
      changedAt,
      hold: null,
      ended: null,
    },
    above: null,
    budgets: [],
    actions: [],
    events: told.map(([at, what, hold = null], i) => ({
      seq: i + 1,
      at,
      kind: what === "order" || what === "product" ? what : "state",
      order: what === "order" ? "start" : null,
      state: what === "order" || what === "product" ? null : what,
      reasons: [],
      code: null,
      hold,
      action: null,
    })),
  }
}

test("a lane shows how it stood at each time, and what happened then", () => {
  const { lanes, from, to, isOpen } = timelineOf(
    [
      item([
        [0, "order"],
        [0, "auth-required", "hld_00000000"],
        [40, "submitted"],
        [50, "working"],
        [80, "product"],
        [100, "completed"],
      ]),
    ],
    1000,
  )
  expect([from, to, isOpen]).toEqual([0, 100, false])
  expect(lanes[0]?.stretches).toEqual([
    { from: 0, to: 40, look: "waitsPerson" },
    { from: 40, to: 100, look: "waitsPartner" },
  ])
  expect(lanes[0]?.points.map(({ at, kind }) => [at, kind])).toEqual([
    [0, "order"],
    [0, "held"],
    [80, "product"],
  ])
})

test("what is open goes on until now, and what ended does not", () => {
  const open = item(
    [
      [10, "order"],
      [20, "working"],
    ],
    10,
  )
  const ended = item(
    [
      [30, "order"],
      [40, "rejected"],
    ],
    30,
  )
  const { lanes, to, isOpen } = timelineOf([open, ended], 90)
  expect([to, isOpen]).toEqual([90, true])
  expect(lanes.map(({ stretches }) => stretches.at(-1)?.to)).toEqual([90, 40])
  expect(lanes[1]?.points.at(-1)).toEqual({ at: 40, kind: "refused" })
})

test("a moment is within the picture, also where everything happened at once", () => {
  const timeline = timelineOf(
    [
      item(
        [
          [5, "order"],
          [5, "completed"],
        ],
        5,
      ),
    ],
    5,
  )
  expect(placeOf(5, timeline)).toBe(0)
  expect(placeOf(99, timeline)).toBe(100)
})
