import type { NodeEvent } from "@hufu/core/contract/node-event"
import { HoldState } from "@hufu/core/contract/records"
import { idPrefixes } from "@hufu/core/id-prefixes"
import type { z } from "zod"
import type { ApprovalEntry, Entry, StatementEntry } from "@hufu/core/evidence/entry"

/**
 * What followers are told of one entry. INVARIANT: it depends on the entry alone, so that a place among the events of an entry means
 * the same before and after a restart.
 */
export function eventsOfEntry(entry: Entry, index: number): NodeEvent[] {
  const common = { type: "entry" as const, index, at: entry.at, kind: entry.kind }
  if (entry.kind === "statement")
    return [{ ...common, fact: entry.fact }, ...recordsOf(entry), ...nodeOf(entry)]
  if (entry.kind === "outcome") return [{ ...common, action: entry.action, outcome: entry.outcome }]
  if (entry.kind === "hold") {
    const { hold, agent, task } = entry
    return [
      { ...common, hold, agent, task },
      { type: "hold", id: hold, state: "waiting" },
    ]
  }
  if (entry.kind === "approval")
    return [
      { ...common, hold: entry.hold },
      { type: "hold", id: entry.hold, state: stateAfter(entry) },
    ]
  const { action, agent, task, verdict, hold } = entry
  const told: NodeEvent = { ...common, action, agent, task, verdict, ...(hold ? { hold } : {}) }
  // The intent that lets a held action leave uses its approval.
  return hold !== undefined && verdict === "allow"
    ? [told, { type: "hold", id: hold, state: "used" }]
    : [told]
}

function stateAfter({ decision }: ApprovalEntry): z.infer<typeof HoldState> {
  return HoldState.safeParse(decision).data ?? "approved"
}

/** The record that the statement is about, and the agent that it belongs to. */
function recordsOf({ fact, subject, refs }: StatementEntry): NodeEvent[] {
  const noun = fact === "subject.erased" ? nounOf(subject) : fact.slice(0, fact.indexOf("."))
  const own: NodeEvent[] = subject.includes("_") ? [{ type: "record", noun, id: subject }] : []
  const agent = refs?.["agent"]
  return agent === undefined ? own : [...own, { type: "record", noun: "agent", id: agent }]
}

/** The noun that an id names. */
function nounOf(id: string): string {
  return Object.entries(idPrefixes).find(([, prefix]) => id.startsWith(`${prefix}_`))?.[0] ?? "subject"
}

const nodeStates: Partial<Record<StatementEntry["fact"], "started" | "stopped" | "resumed">> = {
  "node.started": "started",
  "stop.declared": "stopped",
  "stop.lifted": "resumed",
}

function nodeOf({ fact }: StatementEntry): NodeEvent[] {
  const state = nodeStates[fact]
  return state === undefined ? [] : [{ type: "node", state }]
}
