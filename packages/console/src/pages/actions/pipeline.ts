import type { ActionRecord } from "@hufu/core/contract/records"
import type { ApprovalEntry, Entry, HoldEntry, IntentEntry, OutcomeEntry } from "@hufu/core/evidence/entry"

export const pipelineSteps = [
  "identify",
  "standing",
  "ground",
  "decide",
  "ask",
  "intend",
  "perform",
  "conclude",
] as const
export type PipelineStepId = (typeof pipelineSteps)[number]

/** `unneeded`: the step had nothing to do; `skipped`: the action was stopped before it. */
export type StepState = "passed" | "stopped" | "waiting" | "skipped" | "unneeded" | "unknown"

/** What became of an action at each step, from its entries in the ledger. */
export interface Pipeline {
  readonly states: Readonly<Record<PipelineStepId, StepState>>
  readonly intent: IntentEntry | undefined
  readonly hold: HoldEntry | undefined
  readonly approval: ApprovalEntry | undefined
  readonly outcome: OutcomeEntry | undefined
}

/** The path of one action through the pipeline. */
export function pipelineOf(action: ActionRecord, entries: readonly Entry[]): Pipeline {
  const intent = entries.find((entry) => entry.kind === "intent")
  const hold = entries.find((entry) => entry.kind === "hold")
  // The last decision counts: what was approved may be cancelled before it is used.
  const approval = entries.findLast((entry) => entry.kind === "approval")
  const outcome = entries.find((entry) => entry.kind === "outcome")
  const isDenied = action.verdict === "deny"
  const isLost = isDenied && action.rules.some((rule) => rule.startsWith("standing/"))
  const asked = askState({ hold, approval, isDenied })
  const left = intent?.verdict === "allow"
  const states: Pipeline["states"] = {
    identify: "passed",
    standing: isLost ? "stopped" : "passed",
    ground: isLost ? "skipped" : "passed",
    decide: decideState(isDenied, isLost),
    ask: asked,
    // What was approved leaves when its agent comes back for it.
    intend: left || isDenied ? "passed" : asked === "passed" ? "waiting" : "skipped",
    perform: left ? (outcome ? "passed" : "waiting") : "skipped",
    conclude: left && outcome ? endings[outcome.outcome] : "skipped",
  }
  return { states, intent, hold, approval, outcome }
}

function decideState(isDenied: boolean, isLost: boolean): StepState {
  if (isLost) return "skipped"
  return isDenied ? "stopped" : "passed"
}

const positive: ReadonlySet<string> = new Set(["once", "task", "until", "edited"])

function askState(of: Pick<Pipeline, "hold" | "approval"> & { isDenied: boolean }): StepState {
  if (!of.hold) return of.isDenied ? "skipped" : "unneeded"
  if (!of.approval) return "waiting"
  return positive.has(of.approval.decision) ? "passed" : "stopped"
}

const endings = { done: "passed", failed: "stopped", unknown: "unknown" } as const
