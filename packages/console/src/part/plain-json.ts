import { makeVisible } from "@hufu/core/profile/visible-text"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"

/** JSON to be edited: the same value, with every hidden character written as an escape. */
export function writeJson(value: JsonValue): string {
  return JSON.stringify(value, null, 2).replace(/[^\n\x20-\x7e]/gu, escapeHidden)
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

/** In JSON such characters stand only within strings, where an escape says the same. */
function escapeHidden(character: string): string {
  if (makeVisible(character) === character) return character
  return Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
    .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
    .join("")
}
