/** Whatever JSON carries. */
export type Json = null | boolean | number | string | Json[] | JsonMembers
export interface JsonMembers {
  [name: string]: Json
}

export function isObject(value: Json | undefined): value is JsonMembers {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** A text; the empty one where it is none. */
export function textIn(value: Json | undefined): string {
  return typeof value === "string" ? value : ""
}
