import type { RulesDiff } from "@hufu/core/contract/rules"
import type { RuleSet } from "./load.ts"

type Compared = Pick<RuleSet, "digest" | "rules">

/** What a set of rules has beside another: by id, and by text where both have one. */
export function diffRules(from: Compared, to: Compared | undefined): RulesDiff {
  if (to === undefined) return { from: from.digest, to: null, added: [], removed: [], changed: [] }
  const before = new Map(from.rules.map((rule) => [rule.id, rule]))
  const after = new Map(to.rules.map((rule) => [rule.id, rule]))
  const shown = ({ id, layer, text }: Compared["rules"][number]) => ({ id, layer, text })
  return {
    from: from.digest,
    to: to.digest,
    added: to.rules.filter(({ id }) => !before.has(id)).map(shown),
    removed: from.rules.filter(({ id }) => !after.has(id)).map(shown),
    changed: to.rules.flatMap(({ id, layer, text }) => {
      const old = before.get(id)
      return old === undefined || (old.text === text && old.layer === layer)
        ? []
        : [{ id, layer, before: old.text, after: text }]
    }),
  }
}
