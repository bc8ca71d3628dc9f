import { existsSync, readFileSync } from "node:fs"
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
    ...config.rules.map((path) => userSource(path, dataDir)),
  ]
}

/** The same with the draft's files instead; undefined while there is no draft. */
export function draftSources(config: Config, dataDir: string): RuleSource[] | undefined {
  return config.draft && ruleSources({ ...config, rules: config.draft.rules }, dataDir)
}

/** A file of rules, with the examples beside it: `mine.examples.json` for `mine.cedar`. */
function userSource(path: string, dataDir: string): RuleSource {
  const beside = examplesBeside(path)
  const hasExamples = existsSync(isAbsolute(beside) ? beside : join(dataDir, beside))
  return {
    layer: "user",
    name: path,
    text: readRules(path, dataDir),
    ...(hasExamples ? { examples: readRules(beside, dataDir) } : {}),
  }
}

/** Where the examples of a file of rules are, if it has some. */
export function examplesBeside(path: string): string {
  return `${path.replace(/\.cedar$/, "")}.examples.json`
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
