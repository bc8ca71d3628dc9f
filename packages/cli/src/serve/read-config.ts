import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Failure } from "@hufu/core/failure"
import { isJsonObject, type JsonObject } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { Config } from "@hufu/server/config"

const maxConfigBytes = 1024 * 1024

/** What the flags say; they win over the environment, which wins over `config.json`. */
export interface Overrides {
  readonly host?: string | undefined
  readonly port?: number | undefined
}

/** The configuration of the node of a data folder; throws Failure("invalid_input") with the place that is wrong. */
export function readConfig(dataFolder: string, overrides: Overrides, environment = process.env): Config {
  const file = join(dataFolder, "config.json")
  const port = environment["HUFU_PORT"]
  const merged = {
    ...readFile(file),
    ...defined({ host: environment["HUFU_HOST"], port: port === undefined ? undefined : Number(port) }),
    ...defined({ ...overrides }),
  }
  const parsed = Config.safeParse(merged)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const at = issue?.path.join("/") || (issue?.code === "unrecognized_keys" ? issue.keys[0] : "")
  throw new Failure(
    "invalid_input",
    `correct \`${at ?? ""}\` in \`${file}\`, the flags or the environment: ${issue?.message ?? ""}`,
  )
}

function readFile(file: string): JsonObject {
  let text: string
  try {
    text = readFileSync(file, "utf8")
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {}
    throw new Failure("invalid_input", `\`${file}\` cannot be read: make it a file that is yours`, {
      cause: error,
    })
  }
  const value = text.length > maxConfigBytes ? undefined : parseStrict(text)
  if (!isJsonObject(value))
    throw new Failure(
      "invalid_input",
      `\`${file}\` has to be one JSON object: \`hufu config schema\` shows it`,
    )
  return value
}

function defined(values: Record<string, string | number | undefined>): Record<string, string | number> {
  const entries = Object.entries(values)
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  )
}
