import type { ShadowReport, ShadowVerdict } from "@hufu/core/contract/rules"
import type { Verdict } from "@hufu/core/policy/verdict"
import type { Clock } from "../../clock.ts"
import type { RuleFacts } from "./schema.ts"
import type { StagedRules } from "./staged-rules.ts"

/** A decision that was just made. */
export interface Decided extends Pick<ShadowVerdict, "action" | "agent" | "effect" | "server" | "tool"> {
  readonly facts: RuleFacts
  readonly verdict: Verdict
}

/** A draft beside the rules in force. INVARIANT: it decides nothing, and nothing that goes wrong in it is felt elsewhere. */
export interface Shadow {
  look(decided: Decided): void
  report(limit: number): ShadowReport
}

const mostItems = 1_000

/** @param onError hears of what went wrong */
export function openShadow(staged: StagedRules, clock: Clock, onError: (error: unknown) => void): Shadow {
  const since = clock.now()
  const items: ShadowVerdict[] = []
  const changes = new Map<string, number>()
  let looked = 0
  let changed = 0

  function compare(draft: NonNullable<StagedRules["draft"]>, { facts, verdict, ...about }: Decided): void {
    const other = draft.decide(facts)
    looked += 1
    if (other.verdict === verdict.verdict) return
    changed += 1
    const change = `${verdict.verdict} → ${other.verdict}`
    changes.set(change, (changes.get(change) ?? 0) + 1)
    items.push({ ...about, at: clock.now(), was: saidBy(verdict), would: saidBy(other) })
    if (items.length > mostItems) items.shift()
  }

  return {
    look(decided) {
      const { draft } = staged
      // About whom the draft decides already, there is no would-have.
      if (draft === undefined || decided.verdict.policy === draft.digest) return
      try {
        compare(draft, decided)
      } catch (error) {
        onError(error)
      }
    },
    report: (limit) => ({
      policy: staged.draft?.digest ?? null,
      stage: staged.stage.stage,
      agents: [...staged.stage.agents],
      share: staged.stage.share,
      since,
      looked,
      changed,
      changes: Object.fromEntries(changes),
      items: items.slice(-limit).toReversed(),
    }),
  }
}

function saidBy({ verdict, rules }: Verdict): ShadowVerdict["was"] {
  return { verdict, rules: [...rules] }
}
