import { afterEach, beforeEach, describe, expect, test } from "vitest"
import type { Grant } from "@hufu/core/mandate/mandate"
import { actionContents } from "../gateway/action-content.ts"
import { openPipeline, type OpenPipeline } from "../gateway/testing/open-pipeline.ts"
import { readActions } from "./actions.ts"
import { explainAction } from "./explain-action.ts"

let node: OpenPipeline
beforeEach(async () => (node = await openPipeline()))
afterEach(() => node.close())

const person = "usr_00000000"
const write: Grant = { effects: ["write"], tools: ["notes/add_note"], limits: [], mode: "auto" }

async function attempt(tool: string): Promise<string> {
  const ruling = await node.governor.admit(node.attempt(tool, { id: "1" }))
  if (ruling.kind === "go" && ruling.leave()) ruling.conclude({ outcome: "done" })
  await node.ledger.append({ kind: "statement", fact: "note", subject: "node" }) // what is lazy goes with it
  return ruling.action ?? ""
}

function explain(action: string, language: "en" | "zh" = "en") {
  const contents = actionContents(node.store.vault)
  const actions = readActions(node.ledger, contents, node.agents, node.holds)
  return explainAction({ ...node, actions }, action, language)
}

async function held() {
  const action = await attempt("add_note")
  const hold = node.holds.ofAction(action)
  if (!hold) throw new Error("nothing is held")
  return { action, hold }
}

describe("why an action was allowed", () => {
  test("names the rule, the mandate and its very sentence, in both languages", async () => {
    const mandate = await node.grant({ grants: [write], words: "tidy my notes" })
    const action = await attempt("add_note")
    const told = explain(action)
    expect(told.sentences).toContainEqual(
      expect.stringMatching(
        new RegExp(`^Allowed by platform/permit-under-mandate: the mandate ${mandate.id} says: “.*write`),
      ),
    )
    expect(told.sentences.at(-1)).toBe("In your words: “tidy my notes”")
    expect(told.mandate).toMatchObject({ id: mandate.id, starting: false })
    expect(told.approval).toBeNull()
    expect(told.reasons).toMatchObject([{ rule: "platform/permit-under-mandate" }])
    expect(explain(action, "zh").sentences.join("")).toContain(
      `由 platform/permit-under-mandate 允许：授权 ${mandate.id}：「`,
    )
  })

  test("still says so when the mandate was revoked since", async () => {
    const mandate = await node.grant({ grants: [write] })
    const action = await attempt("add_note")
    await node.mandates.revoke(mandate.id, { id: person, isPerson: true })
    expect(explain(action).mandate?.says?.en).toContain("write")
  })

  test("tells what asked, and who approved it, when and how", async () => {
    await node.grant({})
    const { action, hold } = await held()
    expect(explain(action)).toMatchObject({ approval: { state: "waiting", decision: null, by: null } })
    await node.holds.decide(hold, { decision: "once", by: person })
    expect(explain(action).sentences.join(" ")).toContain("The agent has not come back for it yet.")
    expect(await attempt("add_note")).toBe(action)
    const told = explain(action)
    expect(told.sentences.join(" ")).toMatch(
      /It asked: .* \(platform\/uncovered-asks\)\. You approved it on .*, once\. Allowed by platform\/permit-under-mandate, with that approval\. It is done\./,
    )
    expect(told.reasons.map(({ rule }) => rule)).toEqual([
      "platform/uncovered-asks",
      "platform/permit-under-mandate",
    ])
    expect(told).toMatchObject({ mandate: null, approval: { hold: hold.id, by: person, decision: "once" } })
    expect(explain(action, "zh").sentences.join("")).toMatch(/您于 .* 批准，仅此一次。/)
  })
})

describe("why an action was not", () => {
  test("says who refused it as the ledger does: without proof nobody is called the person", async () => {
    await node.grant({})
    const { action, hold } = await held()
    await node.holds.decide(hold, { decision: "refused", by: "node", refusal: "not on Sundays" })
    const told = explain(action)
    expect(told.approval).toMatchObject({ by: "node", decision: "refused", refusal: "not on Sundays" })
    expect(told.sentences.join(" ")).toMatch(
      /Somebody at this computer’s account .* refused it on .*“not on Sundays”/,
    )
    expect(told.sentences).toContain("Nothing was forwarded.")
  })

  test("quotes what the mandate forbids", async () => {
    await node.grant({ grants: [write], never: [{ tools: ["notes/add_note"] }] })
    const told = explain(await attempt("add_note"))
    expect(told.sentences[1]).toMatch(/^It was denied: .*\(platform\/mandate-forbids\)\.$/)
    expect(told.mandate?.says?.en).toContain("notes/add_note")
  })
})
