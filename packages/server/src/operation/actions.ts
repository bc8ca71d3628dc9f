import type { ActionRecord } from "@hufu/core/contract/records"
import type { IntentEntry, OutcomeEntry } from "@hufu/core/evidence/entry"
import { Failure, isFailure } from "@hufu/core/failure"
import type { AgentAuthority } from "../authority/agents.ts"
import type { ActionContent, ActionContents } from "../gateway/action-content.ts"
import type { Hold, HoldAuthority } from "../authority/holds.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { LedgerEntry } from "../ledger/ledger-rows.ts"

/** Actions as people read them: an intent, its outcome if there is one, and what the vault still holds of it. */
export interface Actions {
  list(filter: { agent?: string; task?: string; before?: number; limit: number }): ActionRecord[]
  need(id: string): ActionRecord
  /** The intent of an action that was allowed or denied; one that only ever waited has none. */
  intent(id: string): (IntentEntry & { readonly index: number }) | undefined
  content(id: string): ActionContent | undefined
}

/** How far back one page looks; a filter that matches little must not read the whole ledger. */
const maxScanned = 20_000
const chunk = 500

export function readActions(
  ledger: Ledger,
  contents: ActionContents,
  agents: AgentAuthority,
  holds: HoldAuthority,
): Actions {
  function content(id: string): ActionContent | undefined {
    try {
      return contents.read(id)
    } catch (error) {
      if (isFailure(error, "not_found")) return undefined
      throw error
    }
  }

  function record(intent: IntentEntry, index: number): ActionRecord {
    const kept = content(intent.action)
    const outcome = ledger
      .entriesOf(intent.action)
      .map(({ entry }) => entry)
      .find((entry): entry is OutcomeEntry => entry.kind === "outcome")
    return {
      id: intent.action,
      at: intent.at,
      agent: intent.agent,
      agentName: agents.records.get(intent.agent)?.name ?? "unknown",
      task: intent.task,
      server: kept?.server ?? "erased",
      tool: kept?.tool ?? "erased",
      effect: intent.effect,
      verdict: intent.verdict,
      rules: [...intent.rules],
      mandate: intent.mandate,
      hold: intent.hold ?? null,
      outcome: outcome?.outcome ?? null,
      reason: outcome?.reason ?? null,
      index,
    }
  }

  function list({ agent, task, before, limit }: Parameters<Actions["list"]>[0]): ActionRecord[] {
    const found: ActionRecord[] = []
    let to = Math.min(before ?? ledger.size(), ledger.size())
    const stopAt = Math.max(0, to - maxScanned)
    while (to > stopAt && found.length < limit) {
      const from = Math.max(stopAt, to - chunk)
      const entries = ledger.entries(from, to - from).toReversed()
      for (const { entry, index } of entries) {
        if (found.length >= limit) break
        if (entry.kind !== "intent" || (agent && entry.agent !== agent) || (task && entry.task !== task))
          continue
        found.push(record(entry, index))
      }
      to = from
    }
    return found
  }

  function intent(id: string): (IntentEntry & { readonly index: number }) | undefined {
    // A held action has its intent when it was approved, and a refusal of its own id if it was denied after that.
    const found = ledger
      .entriesOf(id)
      .find(
        (row): row is LedgerEntry & { entry: IntentEntry } =>
          row.entry.kind === "intent" && row.entry.action === id,
      )
    return found && { ...found.entry, index: found.index }
  }

  /** An action that waited for a person and was never let out. */
  function held(hold: Hold): ActionRecord {
    const { action: id, agent, task, server, tool, effect, createdAt } = hold
    return {
      id,
      at: createdAt,
      agent,
      agentName: agents.records.get(agent)?.name ?? "unknown",
      task,
      server,
      tool,
      effect,
      verdict: "ask",
      rules: (holds.content(hold)?.reasons ?? []).map(({ rule }) => rule),
      mandate: null,
      hold: hold.id,
      outcome: null,
      reason: hold.state,
      index: ledger.entriesOf(hold.id)[0]?.index ?? 0,
    }
  }

  return {
    list,
    intent,
    content,
    need(id) {
      const found = intent(id)
      if (found) return record(found, found.index)
      const hold = holds.ofAction(id)
      if (hold) return held(hold)
      throw new Failure(
        "not_found",
        `the ledger has no action \`${id}\`: \`hufu action list\` shows what there is`,
      )
    },
  }
}
