import { actorOf } from "./context.ts"
import { loadRules, type RuleSet, type RuleSource } from "../fence/rules/load.ts"
import { diffRules } from "../fence/rules/diff-rules.ts"
import { coverRules } from "../replay/rule-coverage.ts"
import { createReplay } from "../replay/replay-actions.ts"
import type { Operations } from "./operations.ts"
import type { OperationParts } from "./parts.ts"

/** What becomes of the past: it is decided again, or erased. */
export function historyOperations(parts: OperationParts) {
  const { rollOut } = parts
  const { replay, decisions } = createReplay({ ...parts, rules: parts.rules })
  /** Pages of one replay come one after another with the same texts, whose validation takes a while. */
  let last: { readonly key: string; readonly rules: RuleSet } | undefined

  function rulesOf(files: readonly { name: string; text: string }[]): RuleSet {
    const key = JSON.stringify([rollOut.base().digest, files])
    if (last?.key !== key) {
      const kept = rollOut.sources().filter(({ layer }) => layer !== "user")
      const given = files.map((file): RuleSource => ({ layer: "user", ...file }))
      last = { key, rules: loadRules([...kept, ...given]) }
    }
    return last.rules
  }

  return {
    "subject.erase": ({ subject, reason }, context) =>
      parts.erasure.erase(subject, { by: actorOf(context), reason }),
    "action.replay": ({ rules, ...range }) =>
      replay({ ...range, ...(rules === undefined ? {} : { rules: rulesOf(rules) }) }),
    "rules.coverage": (range) => coverRules({ decisions }, parts.rules(), range),
    "rules.diff": async () => diffRules(rollOut.base(), rollOut.draft()),
    "rules.rollout": async () => rollOut.show(),
    "rules.stage": (to, context) => rollOut.stage(to, actorOf(context)),
    "rules.shadow": async ({ limit }) => parts.shadow.report(limit),
  } satisfies Partial<Operations>
}
