import type { JsonObject } from "@hufu/core/json/json-value"
import type { ToolProfile } from "@hufu/core/profile/profile"
import { userWords } from "@hufu/core/provenance/user-words"
import { openTaskMemory } from "@hufu/server/fence/provenance/task-memory"
import { traceAction } from "@hufu/server/fence/provenance/trace-action"
import { splitName } from "@hufu/server/fence/profile/effect-of-words"
import type { RecordedRun } from "./read-suites.ts"

/** Whether each outward target of a task stands in its prompt or in the user's own records, as the profiles tell them. */
export function isWithinCeiling(run: RecordedRun, profileOf: (tool: string) => ToolProfile): boolean {
  const memory = openTaskMemory({ isBlank: true })
  const words = userWords([run.prompt])
  for (const call of run.calls) {
    const profile = profileOf(call.tool)
    const args: JsonObject = call.arguments
    const traced = traceAction(
      { profile, effect: profile.effect, arguments: args, targets: [], limited: () => new Set() },
      { memory, words, said: [run.prompt] },
    )
    const targets = traced?.values.filter(({ use }) => use === "target") ?? []
    if (targets.some(({ origin }) => origin !== "named" && origin !== "own")) return false
    memory.take({
      action: "",
      server: "",
      tool: call.tool,
      source: profile.results ?? "others",
      nouns: splitName(call.tool),
      isPointedAt: false,
      result: { content: [{ type: "text", text: call.text }] },
    })
  }
  return true
}
