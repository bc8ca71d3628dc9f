import type { AgentRecord } from "@hufu/core/contract/records"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { RuleSet } from "../fence/rules/load.ts"
import { type Assessment, assess, type Question } from "../gateway/assess.ts"
import type { Door, Reason } from "../gateway/governor.ts"
import { reasonsOf } from "../gateway/reasons.ts"
import type { OperationParts } from "./parts.ts"

export interface Explained {
  readonly question: Question
  readonly seen: Assessment
  readonly rules: RuleSet
  readonly reasons: readonly Reason[]
  /** The words of the user that stand behind it. */
  readonly words: string | null
}

/** What would be decided of something that an agent may try: the pipeline's own steps ground and decide, and nothing after them. */
export async function explainAttempt(
  parts: Pick<OperationParts, "assess" | "mandates" | "person" | "tasks">,
  of: {
    readonly agent: AgentRecord
    readonly server: string
    readonly tool: string
    readonly arguments: JsonObject
    readonly door: Door
  },
  rulesFor: (agent: string, task: string) => RuleSet,
): Promise<Explained> {
  const { agent, server, tool, door, arguments: args } = of
  const { person, tasks, mandates } = parts
  const task = tasks.current(agent.id) ?? (await tasks.ensure(agent.id, person.id))
  const caller = { agent: agent.id, version: agent.version, principal: person.id, door }
  const rules = rulesFor(agent.id, task.id)
  const question: Question = { caller, task, server, tool, arguments: args, lifted: false }
  const seen = assess(parts.assess, question, rules)
  // What an agent said that passed it on is not the user's word.
  const root = mandates.find(seen.coverage.words ?? seen.coverage.mandate ?? "")
  return {
    question,
    seen,
    rules,
    reasons: reasonsOf.verdict(seen.verdict, seen.coverage),
    words: (root?.parent === null && root.words) || task.words || null,
  }
}
