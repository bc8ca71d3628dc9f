import type { JsonObject, JsonValue } from "../json/json-value.ts"

/** An object without the members that are undefined, as JSON has none. */
export function without<T extends object>(members: T): Present<T> {
  // What is left out is exactly what the type leaves out.
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** The same where nothing is known of the members but that they are JSON. */
export function presentJson(members: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  )
}
