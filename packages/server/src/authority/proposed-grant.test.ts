import { array, assert, constantFrom, property, record } from "fast-check"
import { expect, test } from "vitest"
import type { JsonObject } from "@hufu/core/json/json-value"
import { cover } from "@hufu/core/mandate/cover"
import { Mandate, type MandateDraft } from "@hufu/core/mandate/mandate"
import type { ToolProfile } from "@hufu/core/profile/profile"
import { fullBudget } from "../../../core/src/mandate/mandate.arbitrary.ts"
import { unknownProfile } from "../fence/profile/unknown-profile.ts"
import { proposedGrant } from "./proposed-grant.ts"

const now = 1_800_000_000_000
const ids = {
  id: "mnd_00000000",
  agent: "agt_00000000",
  principal: "usr_00000000",
  parent: null,
  createdAt: now,
}
const confirmed: ToolProfile = {
  ...unknownProfile("send_note"),
  effect: "send",
  roles: [{ argument: "/text", role: "content" }],
  confirmed: true,
}

function proposed(args: JsonObject, approved: readonly JsonObject[], profile = unknownProfile("send_note")) {
  const tool = { server: "notes", tool: "send_note", effect: "send", profile } as const
  return proposedGrant({ ...tool, task: null, until: now + 1000, words: "", arguments: args }, approved)
}

function covers(draft: MandateDraft | undefined, args: JsonObject): boolean {
  const call = { effect: "send", server: "notes", tool: "send_note", reviewed: false, now, args } as const
  return (
    draft !== undefined &&
    cover([Mandate.parse({ ...draft, ...ids })], { ...call, budgetLeft: fullBudget }).covers
  )
}

test("it covers what was approved and what waits, and no combination that was not", () => {
  const few = constantFrom("a", "b")
  const args = record({ to: few, from: few, text: few })
  let offered = 0
  assert(
    property(args, array(args, { minLength: 3, maxLength: 8 }), args, (mine, approved, other) => {
      const proposal = proposed(mine, approved)
      if (proposal === undefined) return
      offered++
      const seen = [mine, ...approved].map((each) => JSON.stringify(each))
      expect(covers(proposal.draft, mine)).toBe(true)
      expect(approved.filter((each) => covers(proposal.draft, each)).length).toBe(proposal.times)
      if (covers(proposal.draft, other)) expect(seen).toContain(JSON.stringify(other))
    }),
    { numRuns: 500 },
  )
  expect(offered).toBeGreaterThan(50)
})

test("nothing is proposed for fewer than three, for another form of the arguments, or for many values", () => {
  const to = (name: string) => ({ to: name, subject: "weekly" })
  expect(proposed(to("d"), [to("a"), to("b")])).toBeUndefined()
  expect(proposed(to("d"), [to("a"), to("b"), { ...to("c"), bcc: "eve" }])).toBeUndefined()
  expect(proposed(to("d"), [to("a"), to("b"), { to: "c", subject: ["weekly"] }])).toBeUndefined()
  expect(proposed(to("d"), [to("a"), to("b"), to("c")])?.times).toBe(3)
  const many = Array.from({ length: 16 }, (_, n) => to(`n${n}`))
  expect(proposed(to("d"), many.slice(1))?.times).toBe(15)
  expect(proposed(to("d"), many)).toBeUndefined()
})

test("a text differs freely only where somebody stands behind the profile that calls it content", () => {
  const note = (text: string) => ({ to: "ann", text })
  const approved = [note("one"), note("two"), note("three")]
  expect(covers(proposed(note("four"), approved, confirmed)?.draft, note("five"))).toBe(true)
  expect(covers(proposed(note("four"), approved)?.draft, note("five"))).toBe(false)
  expect(covers(proposed(note("four"), approved)?.draft, note("two"))).toBe(true)
})
