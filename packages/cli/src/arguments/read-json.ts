import { readFileSync, statSync } from "node:fs"
import { text } from "node:stream/consumers"
import type { JsonValue } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { UsageError } from "./usage-error.ts"

const maxFileBytes = 64 * 1024 * 1024

/** A file's text; `-` is standard input. */
export async function readText(file: string): Promise<string> {
  if (file === "-") return text(process.stdin)
  try {
    if (statSync(file).size > maxFileBytes) throw new UsageError(`\`${file}\` is too large`)
    return readFileSync(file, "utf8")
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    throw new UsageError(`\`${file}\` cannot be read: give a file that is there, or \`-\` for standard input`)
  }
}

/** JSON from a flag; `what` names the flag in the refusal. */
export function readJson(json: string, what: string): JsonValue {
  try {
    return parseStrict(json)
  } catch (cause) {
    throw new UsageError(`${what} is not acceptable JSON: ${cause instanceof Error ? cause.message : ""}`)
  }
}
