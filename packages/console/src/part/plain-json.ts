import { escapeHidden } from "@hufu/core/profile/visible-text"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"

/** JSON to be edited: the same value, with every hidden character written as an escape. */
export function writeJson(value: JsonValue): string {
  return escapeHidden(JSON.stringify(value, null, 2))
}

/** A typed JSON object; undefined as long as it is none. */
export function readJsonObject(text: string): JsonObject | undefined {
  try {
    // JSON has no other values than these.
    const value = JSON.parse(text) as JsonValue
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
