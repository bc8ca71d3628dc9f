import type { ActionRecord } from "@hufu/core/contract/records"
import type { ApprovalEntry, Entry, HoldEntry, IntentEntry, OutcomeEntry } from "@hufu/core/evidence/entry"
import { expect, it } from "vitest"
import { pipelineOf, pipelineSteps } from "./pipeline.ts"

const digest = "0".repeat(64)
const ids = { agent: "agt_00000000", task: "tsk_00000000" }
const action: ActionRecord = {
  ...ids,
  id: "act_00000000",
  at: 1,
  agentName: "ann",
  server: "notes",
  tool: "add_note",
  effect: "write",
  verdict: "allow",
  rules: [],
  mandate: null,
  hold: null,
  outcome: null,
  reason: null,
  index: 7,
}
const intent = (verdict: "allow" | "deny"): IntentEntry => ({
  ...ids,
  v: 1,
  kind: "intent",
  at: 1,
  action: action.id,
  version: digest,
  principal: "usr_00000000",
  mandate: null,
  server: "srv_00000000",
  tool: digest,
  effect: "write",
  door: "api",
  verdict,
  rules: [],
  policy: digest,
  profile: digest,
  facts: digest,
  arguments: digest,
})
const hold: HoldEntry = {
  ...ids,
  v: 1,
  kind: "hold",
  at: 1,
  hold: "hld_00000000",
  digest,
  effect: "write",
  expires: 9,
}
const decision = (said: ApprovalEntry["decision"]): ApprovalEntry => ({
  v: 1,
  kind: "approval",
  at: 2,
  approval: "apr_00000000",
  hold: hold.hold,
  decision: said,
  by: "usr_00000000",
  digest,
})
const outcome = (how: OutcomeEntry["outcome"]): OutcomeEntry => ({
  v: 1,
  kind: "outcome",
  at: 3,
  action: action.id,
  outcome: how,
  ms: 5,
})

const asked: Partial<ActionRecord> = { verdict: "ask" }
const denied: Partial<ActionRecord> = { verdict: "deny", rules: ["platform/no"] }
const lost: Partial<ActionRecord> = { verdict: "deny", rules: ["standing/stopped"] }

it.each<[string, Partial<ActionRecord>, Entry[], string]>([
  ["was done", {}, [intent("allow"), outcome("done")], "p p p p u p p p"],
  ["is under way", {}, [intent("allow")], "p p p p u p w -"],
  ["failed", {}, [intent("allow"), outcome("failed")], "p p p p u p p s"],
  ["may have taken effect", {}, [intent("allow"), outcome("unknown")], "p p p p u p p ?"],
  ["was denied by a rule", denied, [intent("deny")], "p p p s - p - -"],
  ["came from one without standing", lost, [intent("deny")], "p s - - - p - -"],
  ["waits", asked, [hold], "p p p p w - - -"],
  ["was approved and not fetched yet", asked, [hold, decision("once")], "p p p p p w - -"],
  ["was refused", asked, [hold, decision("refused")], "p p p p s - - -"],
  [
    "was approved, and cancelled before it left",
    asked,
    [hold, decision("once"), decision("cancelled")],
    "p p p p s - - -",
  ],
  [
    "was approved and done",
    {},
    [hold, decision("edited"), intent("allow"), outcome("done")],
    "p p p p p p p p",
  ],
])("shows where an action stands that %s", (_what, record, entries, expected) => {
  const { states } = pipelineOf({ ...action, ...record }, entries)
  const letters = { passed: "p", stopped: "s", waiting: "w", skipped: "-", unneeded: "u", unknown: "?" }
  expect(pipelineSteps.map((step) => letters[states[step]]).join(" ")).toBe(expected)
})
