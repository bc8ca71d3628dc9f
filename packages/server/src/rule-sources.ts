import { readFileSync } from "node:fs"
import { isAbsolute, join } from "node:path"
import { Failure } from "@hufu/core/failure"
import type { Config } from "./config.ts"
import type { RuleSource } from "./fence/rules/load.ts"
import { packsInForce } from "./fence/packs/read-packs.ts"
import { platformRules } from "./fence/rules/platform-rules.ts"

/** The platform's rules, those of the packs in force, and the files that a configuration names, as they are at this moment. */
export function ruleSources(config: Config, dataDir: string): RuleSource[] {
  return [
    platformRules(),
    ...packsInForce(config.packs, dataDir).flatMap(({ sources }) => sources),
    ...config.rules.map((path): RuleSource => ({
      layer: "user",
      name: path,
      text: readRules(path, dataDir),
    })),
  ]
}

function readRules(path: string, dataDir: string): string {
  try {
    return readFileSync(isAbsolute(path) ? path : join(dataDir, path), "utf8")
  } catch (cause) {
    throw new Failure(
      "rule_invalid",
      `the rules \`${path}\` cannot be read: correct \`rules\` in the configuration`,
      { cause },
    )
  }
}
