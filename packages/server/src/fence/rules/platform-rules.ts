import { readFileSync } from "node:fs"
import type { RuleSource } from "./load.ts"

let read: RuleSource | undefined

/** The platform's own rules, which every rule set begins with: one and the same source, so that what was checked is known again. */
export function platformRules(): RuleSource {
  return (read ??= {
    layer: "platform",
    name: "platform.cedar",
    text: readFileSync(new URL("./platform.cedar", import.meta.url), "utf8"),
  })
}
