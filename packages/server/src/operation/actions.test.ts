import { afterEach, beforeEach, describe, expect, test } from "vitest"
import type { Input } from "@hufu/core/contract/contract"
import type { Grant } from "@hufu/core/mandate/mandate"
import { actionContents } from "../gateway/action-content.ts"
import { draftOf, openPipeline, type OpenPipeline } from "../gateway/testing/open-pipeline.ts"
import { type Actions, readActions } from "./actions.ts"
import { previewMandate } from "./preview-mandate.ts"

let node: OpenPipeline
let actions: Actions
beforeEach(async () => {
  node = await openPipeline()
  actions = readActions(node.ledger, actionContents(node.store.vault), node.agents, node.holds)
})
afterEach(() => node.close())

const write: Grant = { effects: ["write"], tools: ["*"], limits: [], mode: "auto" }

/** Tries each; what is allowed is done. */
async function attempt(...calls: [tool: string, id: string][]): Promise<string[]> {
  const ids: string[] = []
  for (const [tool, id] of calls) {
    const ruling = await node.governor.admit(node.attempt(tool, { id }))
    if (ruling.kind === "go" && ruling.leave()) ruling.conclude({ outcome: "done" })
    ids.push(ruling.action ?? "")
    await node.ledger.append({ kind: "statement", fact: "note", subject: "node" }) // what is lazy goes with it
  }
  return ids
}

const found = (filter: Partial<Parameters<Actions["list"]>[0]>) =>
  actions.list({ limit: 100, ...filter }).items.map(({ id }) => id)

describe("the list of actions", () => {
  test("is newest first, with what asked and was never let out in its place", async () => {
    await node.grant({ grants: [write] })
    const [one = "", asked = "", two = ""] = await attempt(
      ["add_note", "1"],
      ["send_note", "2"],
      ["add_note", "3"],
    )
    expect(found({})).toEqual([two, asked, one])
    expect(actions.list({ limit: 9, verdict: "ask" }).items).toMatchObject([
      { id: asked, verdict: "ask", reason: "waiting", outcome: null },
    ])
    const hold = node.holds.ofAction(asked)
    if (!hold) throw new Error("nothing is held")
    await node.holds.decide(hold, { decision: "once", by: "usr_00000000" })
    await attempt(["send_note", "2"])
    expect(found({ verdict: "ask" })).toEqual([])
    // It is there once, where it was let out.
    expect(found({})).toEqual([asked, two, one])
  })

  test("keeps to what is asked for, and to nothing else", async () => {
    await node.grant({ grants: [write], never: [{ tools: ["notes/send_note"] }] })
    const [done = "", denied = ""] = await attempt(["add_note", "1"], ["send_note", "2"])
    const task = node.tasks.current(node.agent.id)?.id ?? ""
    for (const [filter, ids] of [
      [{ verdict: "deny" }, [denied]],
      [{ effect: "write" }, [done]],
      [{ outcome: "done" }, [done]],
      [{ outcome: "failed" }, []],
      [{ outcome: "open" }, []],
      [{ server: "notes", tool: "send_note" }, [denied]],
      [{ server: "other" }, []],
      [{ task }, [denied, done]],
      [{ task: "tsk_00000000" }, []],
      [{ agent: node.agent.id }, [denied, done]],
      [{ agent: "agt_00000000" }, []],
      [{ text: done.slice(4).toUpperCase() }, [done]],
      [{ text: "%" }, []],
      [{ since: node.clock.now() + 1 }, []],
    ] satisfies [Partial<Input<"action.list">>, string[]][])
      expect([filter, found(filter)]).toEqual([filter, ids])
  })

  test("goes on from page to page without a gap or a double, also where a filter fits little", async () => {
    await node.grant({ grants: [write] })
    const ids = await attempt(...Array.from({ length: 7 }, (_, n): [string, string] => ["add_note", `${n}`]))
    for (const filter of [{}, { outcome: "done" as const }, { text: ids[0] ?? "" }]) {
      const pages: string[] = []
      for (let before: number | null | undefined; before !== null;) {
        const page = actions.list({ limit: 3, before, ...filter })
        pages.push(...page.items.map(({ id }) => id))
        before = page.next
      }
      expect(pages).toEqual("text" in filter ? [ids[0]] : ids.toReversed())
    }
  })
})

describe("the preview of a mandate", () => {
  const preview = (more: Parameters<typeof draftOf>[1]) =>
    previewMandate(
      { ...node, actions, person: { id: "usr_00000000" } },
      { agent: node.agent.id, mandate: draftOf(node.clock.now(), more), limit: 100 },
    )

  test("says what it would have said of each past action, and grants nothing", async () => {
    await node.grant({ grants: [write] })
    const [first = "", sent = "", third = ""] = await attempt(
      ["add_note", "1"],
      ["send_note", "2"],
      ["add_note", "3"],
    )
    const grant: Grant = { ...write, limits: [{ argument: "/id", kind: "equal", value: "3" }] }
    const seen = preview({ grants: [grant], otherwise: "deny" })
    expect(seen.items.map(({ action, would }) => [action.id, would])).toEqual([
      [third, "allow"],
      [sent, "deny"],
      [first, "deny"],
    ])
    expect(seen.en[0]).toContain("may write with any tool, where `/id` is `3`")
    expect(seen.zh).toHaveLength(seen.en.length)
    expect(seen.erased).toBe(0)
    expect(node.mandates.ofAgent(node.agent.id)).toHaveLength(1)
    const never = preview({ grants: [write], never: [{ effects: ["write"] }] })
    expect(never.items.map(({ would }) => would)).toEqual(["deny", "ask", "deny"])
  })

  test("draws on its budget from the oldest on, and on no real one", async () => {
    const { id } = await node.grant({ grants: [write], budget: { count: 9 } })
    await attempt(["add_note", "1"], ["add_note", "2"], ["add_note", "3"])
    const seen = preview({ grants: [{ ...write, budget: { count: 2 } }] })
    expect(seen.items.map(({ would }) => would)).toEqual(["ask", "allow", "allow"])
    expect(node.budgets.spent(id, -1).count).toBe(3)
  })

  test("is of no past action where it is for another task", async () => {
    await node.grant({ grants: [write] })
    await attempt(["add_note", "1"])
    expect(preview({ grants: [write], task: "tsk_00000000" }).items).toEqual([])
  })
})
