import { assert, constantFrom, dictionary, jsonValue, oneof, property, string } from "fast-check"
import { expect, test } from "vitest"
import type { JsonObject } from "@hufu/core/json/json-value"
import { cover } from "@hufu/core/mandate/cover"
import { Mandate, type MandateDraft } from "@hufu/core/mandate/mandate"
import { fullBudget } from "../../../core/src/mandate/mandate.arbitrary.ts"
import { unknownProfile } from "../fence/profile/unknown-profile.ts"
import { standingGrant } from "./standing-grant.ts"

const now = 1_800_000_000_000
const ids = {
  id: "mnd_00000000",
  agent: "agt_00000000",
  principal: "usr_00000000",
  parent: null,
  createdAt: now,
}
const call = { effect: "send", server: "notes", reviewed: false, now, budgetLeft: fullBudget } as const

function granted(tool: string, args: JsonObject): MandateDraft | undefined {
  const profile = unknownProfile("send_note")
  const of = {
    server: "notes",
    tool,
    effect: "send",
    profile,
    task: null,
    until: now + 1000,
    words: "",
  } as const
  return standingGrant({ ...of, arguments: args })
}

function covers(draft: MandateDraft, args: JsonObject, tool = "send_note"): boolean {
  return cover([Mandate.parse({ ...draft, ...ids })], { ...call, tool, args }).covers
}

test("an approval for longer covers the call that was shown and no other, whatever the arguments are", () => {
  const names = oneof(constantFrom("id", "to", "a/b", "~", "-", "0", "__proto__", ""), string())
  const args = dictionary(names, jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
  let offered = 0
  assert(
    property(args, args, (shown, other) => {
      // Both came out of a generator of JSON.
      const [mine, theirs] = [shown as JsonObject, other as JsonObject]
      const draft = granted("send_note", mine)
      if (draft === undefined) return
      offered++
      expect(covers(draft, mine)).toBe(true)
      expect(covers(draft, theirs)).toBe(sorted(mine) === sorted(theirs))
      expect(covers(draft, { ...mine, "one more": 1 })).toBe("one more" in mine)
    }),
    { numRuns: 500 },
  )
  expect(offered).toBeGreaterThan(50)
})

test("it covers no other tool, whatever the tool calls itself", () => {
  const names = [
    "send_note",
    "*",
    "<script>",
    "a b",
    "\u001b[2J",
    "虎",
    "x".repeat(129),
    "",
    "a/*",
    "../mail/send",
  ]
  for (const name of names) {
    const draft = granted(name, { id: "1" })
    if (draft === undefined) continue
    for (const other of [...names, "delete_note"].filter((each) => each !== name))
      expect(covers(draft, { id: "1" }, other), `${name} ${other}`).toBe(false)
  }
  expect(granted("send_note", { id: "1" })).toBeDefined()
})

function sorted(args: JsonObject): string {
  return JSON.stringify(Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1)))
}
