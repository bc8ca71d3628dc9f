import type { JsonObject, JsonValue } from "../../json/json-value.ts"

/** A value that is JSON once what is undefined in it is left out. */
export type Jsonish = undefined | null | boolean | number | string | readonly Jsonish[] | JsonishObject
export interface JsonishObject {
  readonly [key: string]: Jsonish
}

/** The same object without members that are undefined, however deep. */
export function jsonObject(object: JsonishObject): JsonObject {
  const all: JsonObject = {}
  for (const [key, value] of Object.entries(object)) if (value !== undefined) all[key] = json(value)
  return all
}

function json(value: Exclude<Jsonish, undefined>): JsonValue {
  if (typeof value !== "object" || value === null) return value
  // `Array.isArray` does not narrow a readonly array away.
  if (Array.isArray(value))
    return (value as readonly Jsonish[]).flatMap((item) => (item === undefined ? [] : [json(item)]))
  return jsonObject(value as JsonishObject)
}

/** The same object without what says nothing, however deep: null, empty texts, empty lists and empty objects. */
export function withoutEmptyMembers(object: JsonObject): JsonObject {
  const members = Object.entries(object).flatMap(([key, value]) => {
    const said = withoutEmpty(value)
    return said === undefined ? [] : [[key, said] as const]
  })
  return Object.fromEntries(members)
}

function withoutEmpty(value: JsonValue): JsonValue | undefined {
  if (value === null || value === "") return undefined
  if (typeof value !== "object") return value
  if (Array.isArray(value)) {
    const items = value.flatMap((item) => withoutEmpty(item) ?? [])
    return items.length === 0 ? undefined : items
  }
  const object = withoutEmptyMembers(value)
  return Object.keys(object).length === 0 ? undefined : object
}

export type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** The same object without members that are undefined. */
export function present<T extends object>(object: T): Present<T> {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined)
  // Only what is undefined was left out, and that is what the type says.
  return Object.fromEntries(entries) as Present<T>
}
