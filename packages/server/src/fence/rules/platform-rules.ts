import { readFileSync } from "node:fs"
import type { RuleSource } from "./load.ts"

/** The platform's own rules, which every rule set begins with. */
export function platformRules(): RuleSource {
  const file = new URL("./platform.cedar", import.meta.url)
  return { layer: "platform", name: "platform.cedar", text: readFileSync(file, "utf8") }
}
