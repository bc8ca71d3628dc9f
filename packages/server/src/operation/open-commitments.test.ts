import { afterEach, beforeEach, expect, test } from "vitest"
import type { IntentEntry } from "@hufu/core/evidence/entry"
import { writeOpening } from "@hufu/core/evidence/receipt-opening"
import { openIn } from "@hufu/core/evidence/verify-receipt"
import { canonicalize } from "@hufu/core/json/canonical"
import type { JsonObject } from "@hufu/core/json/json-value"
import { actionContents } from "../gateway/action-content.ts"
import { openPipeline, type OpenPipeline } from "../gateway/testing/open-pipeline.ts"
import { commitNatively } from "../ledger/native-commitment.ts"
import { type Actions, readActions } from "./actions.ts"
import { openCommitments, readChoice } from "./open-commitments.ts"

let node: OpenPipeline
let actions: Actions
beforeEach(async () => {
  node = await openPipeline()
  actions = readActions(node.ledger, actionContents(node.store.vault), node.agents, node.holds)
  await node.grant({ grants: [{ effects: ["write"], tools: ["*"], limits: [], mode: "auto" }] })
})
afterEach(() => node.close())

const args = { id: "7", "a,b%": [1, { deep: true }], text: "secret" }

async function act(given: JsonObject): Promise<IntentEntry> {
  const ruling = await node.governor.admit(node.attempt("add_note", given))
  const intent = actions.intent(ruling.action ?? "")
  if (!intent) throw new Error("nothing was logged")
  return intent
}

/** What the openings show, each checked against the logged entry as a verifier does. */
function shown(entry: IntentEntry, open: string) {
  const vault = node.store.vault
  return openCommitments({ actions, vault }, entry.action, readChoice(open)).map((opening) => {
    const opened = openIn(writeOpening(opening), [{ index: 0, entry }])
    if (!opened) throw new Error("this opens nothing")
    return { ...opened, index: undefined }
  })
}

test("opens all arguments, one by its name, or none, each against the logged entry", async () => {
  const entry = await act(args)
  expect(shown(entry, "")).toEqual([])
  expect(shown(entry, "tool,arguments")).toMatchObject([
    { field: "tool", value: "add_note" },
    { field: "arguments", value: args, withheld: 0 },
  ])
  expect(shown(entry, "arguments.id")).toMatchObject([{ value: { id: "7" }, withheld: 2 }])
  expect(shown(entry, "arguments.a%2Cb%25")).toMatchObject([{ value: { "a,b%": args["a,b%"] }, withheld: 2 }])
  const [opening] = openCommitments(
    { actions, vault: node.store.vault },
    entry.action,
    readChoice("arguments.id"),
  )
  expect(JSON.stringify(opening)).not.toContain("secret")
  expect(shown(await act({}), "arguments")).toMatchObject([{ value: {}, withheld: 0 }])
})

test("refuses what is not there, what cannot be read, and what is no field", async () => {
  const { action } = await act(args)
  const open = (text: string) =>
    openCommitments({ actions, vault: node.store.vault }, action, readChoice(text))
  expect(() => open("arguments.nothing")).toThrow("no argument `nothing`")
  expect(() => open("arguments.100%")).toThrow("%25")
  expect(() => open("result")).toThrow("cannot be opened")
  await node.store.vault.erase(actions.intent(action)?.task ?? "")
  expect(() => open("arguments")).toThrow("erased")
})

test("an action logged with one commitment to all its arguments opens as a whole", async () => {
  const now = await act(args)
  const { vault } = node.store
  const old = {
    ...now,
    arguments: commitNatively(vault.salt(now.task, now.action, "arguments"), canonicalize(args)),
  }
  const then: Actions = { ...actions, intent: () => ({ ...old, index: 0 }) }
  const open = (text: string) => openCommitments({ actions: then, vault }, now.action, readChoice(text))
  const [opening] = open("arguments")
  expect(opening && openIn(writeOpening(opening), [{ index: 0, entry: old }])).toMatchObject({ value: args })
  expect(() => open("arguments.id")).toThrow("as a whole")
})
