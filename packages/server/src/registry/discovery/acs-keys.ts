import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import { type AcsCondition, type AcsFilter, foldCase, valuesAt } from "./acs-filter.ts"

/** Fields whose values are looked up and not compared one record after another; what facets say whole need not be. */
const keyed: ReadonlySet<string> = new Set([
  "aic",
  "active",
  "protocolVersion",
  "name",
  "version",
  "provider.organization",
  "provider.name",
  "provider.domainRegistrations.domain",
  "endPoints.transport",
  "endPoints.url",
  "capabilities.notification",
  "capabilities.messageQueue",
  "defaultInputModes",
  "defaultOutputModes",
  "skills.id",
  "skills.name",
  "skills.tags",
  "securitySchemes",
  "entityUserId",
])
const paths = [...keyed].map((field) => ({ field, path: field.split(".") }))

/** The keys under which a card is looked up as words of the index; no word of a text has a low line. */
export function keysOf(card: JsonObject): string[] {
  const keys = new Set<string>()
  for (const { field, path } of paths)
    for (const found of valuesAt(card, path).flat())
      for (const value of namesIn(found)) keys.add(keyOf(field, value))
  return [...keys]
}

/**
 * What a card that a filter lets through has for certain: one key of each list. Two values may have one key, so that it is still to be
 * compared; a filter that nothing can be said of has none.
 */
export function requiredKeys(filter: AcsFilter): string[][] {
  const members = [...filter.conditions.map(keysAsked), ...filter.groups.map(requiredKeys)]
  if (filter.logic === "and") return members.flat()
  if (filter.logic === "not" || members.some((each) => each.length === 0)) return []
  const shortest = (lists: string[][]) =>
    lists.reduce((one, other) => (other.length < one.length ? other : one))
  return [[...new Set(members.flatMap(shortest))]]
}

function keysAsked({ field, op, value }: AcsCondition): string[][] {
  if (!keyed.has(field)) return []
  const values = Array.isArray(value) ? value : [value]
  const keys = values.map((each) => keyOf(field, each))
  if (["eq", "eqCs", "in", "inCs", "anyOf", "hasAnyKey"].includes(op)) return [keys]
  return ["allOf", "hasKey", "hasAllKeys"].includes(op) ? keys.map((key) => [key]) : []
}

/** A value, or of an object its names. */
function namesIn(value: JsonValue): JsonValue[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [value]
}

function keyOf(field: string, value: JsonValue): string {
  const folded = foldCase(value)
  const text = `${field}\n${typeof folded === "string" ? folded : JSON.stringify(folded)}`
  const known = digests.get(text)
  if (known !== undefined) return known
  if (digests.size >= mostDigests) digests.clear()
  const key = `__${digestOf(text)}`
  digests.set(text, key)
  return key
}

/** The same values come again and again. */
const digests = new Map<string, string>()
const mostDigests = 20_000

/** 52 bits in base 36 (cyrb53): short, quick, and no promise that values differ. */
function digestOf(text: string): string {
  let [low, high] = [0xdeadbeef, 0x41c6ce57]
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    low = Math.imul(low ^ code, 2654435761)
    high = Math.imul(high ^ code, 1597334677)
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  return ((2097151 & high) * 4294967296 + (low >>> 0)).toString(36)
}
