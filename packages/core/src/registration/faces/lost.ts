import { canonicalize } from "../../json/canonical.ts"
import { isJsonObject, type JsonObject, type JsonValue } from "../../json/json-value.ts"

/** Something that one form says and another does not. */
export interface Lost {
  /** A JSON pointer (RFC 6901) into what was converted. */
  readonly path: string
  /** `no-place`: the other form has no place for it. `changed`: it stands there otherwise: shortened, merged or in other letters. */
  readonly why: LostWhy
}
export type LostWhy = "no-place" | "changed"

export const lostWords: Readonly<Record<LostWhy, { en: string; zh: string }>> = {
  "no-place": { en: "has no place there", zh: "对方格式无处存放" },
  changed: { en: "stands there otherwise", zh: "在对方格式中有改动" },
}

/** So many are listed one by one. */
export const maxLost = 1000

/**
 * What of a value another one does not say. Both are compared after a conversion there and back, so that whatever a format drops is
 * found by comparing and not by remembering to list it. What says nothing (an empty list, `false`, null) cannot be lost.
 */
export function lostBetween(before: JsonObject, after: JsonObject): Lost[] {
  const lost: Lost[] = []
  compare(before, after, "", lost)
  return lost.slice(0, maxLost)
}

function compare(before: JsonValue, after: JsonValue | undefined, path: string, lost: Lost[]): void {
  if (lost.length >= maxLost || saysNothing(before)) return
  if (after === undefined) lost.push({ path, why: "no-place" })
  else if (isJsonObject(before) && isJsonObject(after)) compareObjects(before, after, path, lost)
  else if (Array.isArray(before) && Array.isArray(after)) compareArrays(before, after, path, lost)
  else if (canonicalize(before) !== canonicalize(after)) lost.push({ path, why: "changed" })
}

function compareObjects(before: JsonObject, after: JsonObject, path: string, lost: Lost[]): void {
  for (const [key, value] of Object.entries(before))
    compare(value, Object.hasOwn(after, key) ? after[key] : undefined, `${path}/${escaped(key)}`, lost)
}

/** Items are the same wherever they stand; what has changed is found again by what names it. */
function compareArrays(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  path: string,
  lost: Lost[],
): void {
  const left = new Map<string, JsonValue[]>()
  for (const item of after) {
    const text = canonicalize(item)
    left.set(text, [...(left.get(text) ?? []), item])
  }
  const others: [number, JsonValue][] = []
  for (const [at, item] of before.entries())
    if (left.get(canonicalize(item))?.pop() === undefined) others.push([at, item])
  const remaining = [...left.values()].flat()
  for (const [at, item] of others) {
    const found = remaining.findIndex((other) => isNamedAlike(item, other))
    compare(item, found === -1 ? undefined : remaining.splice(found, 1)[0], `${path}/${at}`, lost)
  }
}

const naming = [
  "id",
  "skillId",
  "identifier",
  "url",
  "uri",
  "domain",
  "name",
  "src",
  "address",
  "value",
  "scheme",
  "kind",
  "how",
]

function isNamedAlike(one: JsonValue, other: JsonValue): boolean {
  if (!isJsonObject(one) || !isJsonObject(other)) return false
  const key = naming.find((each) => typeof one[each] === "string")
  return key !== undefined && one[key] === other[key]
}

function saysNothing(value: JsonValue): boolean {
  if (value === null || value === false || value === "") return true
  return typeof value === "object" && Object.values(value).every(saysNothing)
}

function escaped(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1")
}
