import type { RulesCoverage } from "@hufu/core/contract/rules"
import type { RuleSet } from "../fence/rules/load.ts"
import type { Replay, ReplayRange } from "./replay-actions.ts"

/** What a mandate decides by itself: an action of which only these spoke is one that no rule speaks of. */
const mandateAlone = new Set([
  "platform/permit-under-mandate",
  "platform/uncovered-asks",
  "platform/uncovered-denied",
  "platform/mode-asks",
  "platform/mandate-asks",
])
const mostUnspoken = 500

/** Looks at past decisions to see which rules matched or failed on them, and on which none did. */
export async function coverRules(
  replay: Pick<Replay, "decisions">,
  rules: RuleSet,
  range: Omit<ReplayRange, "rules">,
): Promise<RulesCoverage> {
  const hits = new Map<string, number>()
  const unspoken = new Map<string, RulesCoverage["unspoken"][number]>()
  let [decided, undecidable] = [0, 0]
  const { looked, next } = await replay.decisions(range, (past) => {
    const spoke = past === undefined ? undefined : matchesOf(rules, past.facts)
    if (past === undefined || spoke === undefined) {
      undecidable += 1
      return
    }
    decided += 1
    for (const rule of spoke) hits.set(rule, (hits.get(rule) ?? 0) + 1)
    if (spoke.some((rule) => !mandateAlone.has(rule))) return
    const { server, tool, effect } = past
    const id = JSON.stringify([server, tool, effect])
    const known = unspoken.get(id)
    if (known !== undefined || unspoken.size < mostUnspoken)
      unspoken.set(id, { server, tool, effect, count: (known?.count ?? 0) + 1 })
  })
  return {
    policy: rules.digest,
    looked,
    next,
    decided,
    undecidable,
    hits: [...hits].map(([rule, count]) => ({ rule, count })).sort((a, b) => b.count - a.count),
    neverHit: rules.rules.map(({ id }) => id).filter((id) => !hits.has(id)),
    unspoken: [...unspoken.values()].sort((a, b) => b.count - a.count),
  }
}

/** Facts of an earlier version need not have the shape that rules see today. */
function matchesOf(rules: RuleSet, facts: Parameters<RuleSet["matches"]>[0]): readonly string[] | undefined {
  try {
    return rules.matches(facts)
  } catch {
    return undefined
  }
}
