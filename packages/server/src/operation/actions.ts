import type { ActionRecord } from "@hufu/core/contract/records"
import type { HoldEntry, IntentEntry, OutcomeEntry } from "@hufu/core/evidence/entry"
import { Failure, isFailure } from "@hufu/core/failure"
import type { AgentAuthority } from "../authority/agents.ts"
import type { ActionContent, ActionContents } from "../gateway/action-content.ts"
import type { Hold, HoldAuthority } from "../authority/holds.ts"
import type { Ledger } from "../ledger/ledger.ts"
import type { LedgerEntry } from "../ledger/ledger-rows.ts"
import { type ActionFilter, actionFits, entryFits, outcomeFits } from "./action-filter.ts"

export interface ActionPage {
  readonly items: ActionRecord[]
  readonly next: number | null
}

/** Actions as people read them: an intent, its outcome if there is one, and what the vault still holds of it. */
export interface Actions {
  /**
   * Newest first; what asked and was never let out stands where it asked.
   *
   * @returns `next`: from where to go on, as `before`; null at the end
   */
  list(asked: ActionFilter & { before?: number | undefined; limit: number }): ActionPage
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

  function outcomeOf(action: string): OutcomeEntry | undefined {
    return ledger
      .entriesOf(action)
      .map(({ entry }) => entry)
      .find((entry): entry is OutcomeEntry => entry.kind === "outcome")
  }

  function record(intent: IntentEntry, index: number, outcome: OutcomeEntry | undefined): ActionRecord {
    const kept = content(intent.action)
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

  function list({ before, limit, ...filter }: Parameters<Actions["list"]>[0]): ActionPage {
    const items: ActionRecord[] = []
    // An outcome comes after its intent: going back, those of the pages that were read are known.
    const outcomes = new Map<string, OutcomeEntry>()
    const endOf = (action: string) =>
      outcomes.get(action) ?? (before === undefined ? undefined : outcomeOf(action))
    let to = Math.min(before ?? ledger.size(), ledger.size())
    const stopAt = Math.max(0, to - maxScanned)
    while (to > stopAt) {
      const from = Math.max(stopAt, to - chunk)
      for (const { entry, index } of ledger.entries(from, to - from).toReversed()) {
        // Times never run backwards in a ledger, so nothing before this is younger.
        if (entry.at < (filter.since ?? 0)) return { items, next: null }
        if (entry.kind === "outcome") outcomes.set(entry.action, entry)
        const action = entryFits(entry, filter) ? actionOf(entry, index, { filter, endOf }) : undefined
        if (action && actionFits(action, filter)) items.push(action)
        if (items.length >= limit) return { items, next: index > 0 ? index : null }
      }
      to = from
    }
    return { items, next: to > 0 ? to : null }
  }

  function actionOf(
    entry: IntentEntry | HoldEntry,
    index: number,
    { filter, endOf }: { filter: ActionFilter; endOf: (action: string) => OutcomeEntry | undefined },
  ): ActionRecord | undefined {
    if (entry.kind === "intent") {
      const outcome = entry.verdict === "allow" ? endOf(entry.action) : undefined
      const ended = { verdict: entry.verdict, outcome: outcome?.outcome ?? null }
      // Before the vault is asked: most actions are done, and most who ask by outcome look for the others.
      return outcomeFits(ended, filter.outcome) ? record(entry, index, outcome) : undefined
    }
    const hold = holds.find(entry.hold)
    // One that was used has its intent.
    return hold && hold.state !== "used" ? held(hold, index) : undefined
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
  function held(hold: Hold, index: number): ActionRecord {
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
      index,
    }
  }

  return {
    list,
    intent,
    content,
    need(id) {
      const found = intent(id)
      if (found) return record(found, found.index, outcomeOf(id))
      const hold = holds.ofAction(id)
      if (hold) return held(hold, ledger.entriesOf(hold.id)[0]?.index ?? 0)
      throw new Failure(
        "not_found",
        `the ledger has no action \`${id}\`: \`hufu action list\` shows what there is`,
      )
    },
  }
}
