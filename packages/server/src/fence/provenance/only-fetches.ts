import type { ToolProfile } from "@hufu/core/profile/profile"
import { isConsequential } from "../profile/effect-caution.ts"
import { effectOfName, splitName } from "../profile/effect-of-words.ts"
import { fetchVerbs } from "../profile/effect-words.ts"

/** Whether a tool sends nothing but an address, and gives back what lies there. */
export function onlyFetches({ tool, roles }: Pick<ToolProfile, "tool" | "roles">): boolean {
  const byName = effectOfName(tool)
  const isLookUp =
    (byName !== undefined && !isConsequential(byName)) || splitName(tool).some((word) => fetchVerbs.has(word))
  return isLookUp && roles.length > 0 && roles.every(({ role }) => role === "url" || role === "host")
}
