import { isJsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { parse } from "yaml"

const longestStructured = 1 << 20

/** What a tool gave back: records where it can be told what their fields are, and texts. */
export interface ReadResult {
  readonly records: readonly JsonValue[]
  /** Every text in it, the records' too. */
  readonly texts: readonly string[]
}

/**
 * Reads the result of a tool call. UNTRUSTED: its texts may be anything. A text counts as records only as a whole, in JSON or YAML.
 *
 * Limit: a server that glues texts together without escaping them lets whoever wrote one make up fields.
 */
export function readResult(result: JsonValue): ReadResult {
  if (!isJsonObject(result)) return { records: [], texts: stringsIn(result) }
  const texts = stringsIn(result)
  // An error is about whatever its writer likes.
  if (result["isError"] === true) return { records: [], texts }
  const structured = result["structuredContent"]
  if (structured !== undefined && structured !== null) return { records: [structured], texts }
  const content = Array.isArray(result["content"]) ? result["content"] : []
  const records = content.flatMap((block) => {
    const text = isJsonObject(block) && block["type"] === "text" ? block["text"] : undefined
    const read = typeof text === "string" ? recordsIn(text) : undefined
    return read === undefined ? [] : [read]
  })
  return { records, texts }
}

function recordsIn(text: string): JsonValue | undefined {
  if (text.length > longestStructured) return undefined
  try {
    return JSON.parse(text) as JsonValue // what JSON text can say
  } catch {
    return yamlIn(text)
  }
}

function yamlIn(text: string): JsonValue | undefined {
  // Most texts are no YAML; reading one to the end to find that out would take longer than all else.
  if (!/^\s*(?:- |[\w'" -]{1,64}:(?:\s|$))/.test(text))
    return /^[^\n:{}[\]"]{1,128}$/.test(text) ? text.trim() : undefined
  try {
    const read: unknown = parse(text, {
      schema: "core",
      maxAliasCount: 0,
      uniqueKeys: true,
      strict: true,
      logLevel: "error",
    })
    return typeof read === "object" && read !== null ? (read as JsonValue) : undefined // the core schema makes JSON's values alone
  } catch {
    return undefined
  }
}

const mostNodes = 50_000

function stringsIn(value: JsonValue): string[] {
  const found: string[] = []
  const open: JsonValue[] = [value]
  for (let visited = 0; open.length > 0 && visited < mostNodes; visited += 1) {
    const next = open.pop()
    if (typeof next === "string") found.push(next)
    else if (typeof next === "object" && next !== null)
      for (const member of Object.values(next)) open.push(member)
  }
  return found
}
