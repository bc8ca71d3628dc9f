/** A value that JSON text can carry. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject

/** A JSON object with any members. */
export interface JsonObject {
  [key: string]: JsonValue
}

/** Whether a JSON value is an object (neither null nor an array). */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** Whether JSON text could carry a value: at a fraction of what the schema `z.json()` takes. It has no cycles, as a parser makes it. */
export function isJsonValue(value: unknown): value is JsonValue {
  const open = [value]
  while (open.length > 0) {
    const next = open.pop()
    if (next === null || typeof next === "string" || typeof next === "boolean") continue
    if (typeof next === "number") {
      if (!Number.isFinite(next)) return false
    } else if (typeof next !== "object") return false
    else if (Array.isArray(next)) for (const item of next) open.push(item)
    else for (const member of Object.values(next)) open.push(member)
  }
  return true
}
