import { createRequire } from "node:module"
import { isJsonObject, type JsonValue } from "@hufu/core/json/json-value"
import type * as Yaml from "yaml"

const require = createRequire(import.meta.url)
/** Its fifty modules are loaded for the first result that may be YAML, because no start needs them. */
const yaml = () => require("yaml") as typeof Yaml // the same exports, whichever way it is loaded
const longestStructured = 1 << 20

/** What a tool gave back: records where it can be told what their fields are, and texts. */
export interface ReadResult {
  readonly records: readonly JsonValue[]
  /** Every text and number in it, the records' too, with the names of their fields where the server made these up. */
  readonly texts: readonly string[]
  /** False when it has more than is read. */
  readonly isWhole: boolean
}

/**
 * Reads the result of a tool call. UNTRUSTED: its texts may be anything. A text counts as records only as a whole, in JSON or YAML.
 *
 * Limit: a server that glues texts together without escaping them lets whoever wrote one make up fields.
 */
export function readResult(result: JsonValue): ReadResult {
  const read = textsIn(result)
  if (!isJsonObject(result)) return { records: [], ...read }
  // An error is about whatever its writer likes.
  if (result["isError"] === true) return { records: [], ...read }
  const structured = result["structuredContent"]
  if (structured !== undefined && structured !== null) return { records: [structured], ...read }
  const content = Array.isArray(result["content"]) ? result["content"] : []
  const records = content.flatMap((block) => {
    const text = isJsonObject(block) && block["type"] === "text" ? block["text"] : undefined
    const record = typeof text === "string" ? recordsIn(text) : undefined
    return record === undefined ? [] : [record]
  })
  return { records, ...read }
}

/** How JSON begins: to have the parser refuse a text, and make an error of it, takes longer than to read many that it accepts. */
const jsonStart = /^\s*(?:[[{"\d-]|(?:true|false|null)\s*$)/

function recordsIn(text: string): JsonValue | undefined {
  if (text.length > longestStructured) return undefined
  if (!jsonStart.test(text)) return yamlIn(text)
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
  const { parse } = yaml()
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

function textsIn(result: JsonValue): Omit<ReadResult, "records"> {
  const texts: string[] = []
  const open: JsonValue[] = [result]
  let visited = 0
  for (; open.length > 0 && visited < mostNodes; visited += 1) {
    const next = open.pop()
    if (typeof next === "string" || typeof next === "number") texts.push(String(next))
    else if (Array.isArray(next)) for (const item of next) open.push(item)
    else if (isJsonObject(next))
      for (const [name, member] of Object.entries(next)) {
        // UNTRUSTED: what is no word of the protocol may say something too.
        if (!/^[A-Za-z_]{1,32}$/.test(name)) texts.push(name)
        open.push(member)
      }
  }
  return { texts, isWhole: open.length === 0 }
}
