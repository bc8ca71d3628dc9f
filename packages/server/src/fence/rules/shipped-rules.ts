import { readFileSync } from "node:fs"
import { nameFor } from "./checked-rules.ts"
import type { RuleSource } from "./load.ts"
import { type ParsedRule, parseRules } from "./parse-rules.ts"
import { platformRules } from "./platform-rules.ts"
import { ruleSchema } from "./schema.ts"
import { validateRules } from "./validate-rules.ts"

/** What stands in `platform.checked.json`. */
interface Shipped {
  /** For which text the rules were checked, and by which program. */
  readonly checked: string
  readonly rules: readonly ParsedRule[]
}

/**
 * The rules of a text that comes with Hufu, as its release checked them, so that a first start need not load all of Cedar.
 *
 * They lie beside the code that reads them: whoever can change the one can change the other. INVARIANT: they stand for exactly
 * that text, schema, Cedar and Hufu; where anything of it is another, everything is checked anew.
 */
export function shippedRules(source: RuleSource): readonly ParsedRule[] | undefined {
  try {
    const text = readFileSync(new URL("./platform.checked.json", import.meta.url), "utf8")
    // `checkedPlatform` wrote it, and a test says that it is what the checks give.
    const { checked, rules } = JSON.parse(text) as Shipped
    return checked === nameFor([source]) ? rules : undefined
  } catch {
    return undefined
  }
}

/** What `platform.checked.json` has to hold: the platform's rules after every check; a rule a line. */
export function checkedPlatform(): string {
  const source = platformRules()
  const { rules, faults } = parseRules(source)
  const found = [...faults, ...validateRules(rules, ruleSchema)]
  if (found.length > 0) throw new Error(found.join("; "))
  const lines = rules.map((rule) => JSON.stringify(rule))
  return `{"checked":${JSON.stringify(nameFor([source]))},"rules":[\n${lines.join(",\n")}\n]}\n`
}
