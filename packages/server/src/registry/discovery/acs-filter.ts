import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { type FieldKind, fieldKind } from "./acs-fields.ts"
import { AdpError } from "./adp/adp-error.ts"

/** A condition of a filter, sound in itself. */
export interface AcsCondition {
  readonly field: string
  readonly path: readonly string[]
  readonly kind: FieldKind
  readonly op: FilterOperator
  readonly value: JsonValue
}

/** A filter of ADP (spec 06, 4.2.2) that was found sound. */
export interface AcsFilter {
  readonly logic: "and" | "or" | "not"
  readonly conditions: readonly AcsCondition[]
  readonly groups: readonly AcsFilter[]
}

/** Bounds of what one request may ask to be looked at. */
export const filterBounds = { depth: 3, conditions: 100, values: 100, characters: 1000 }

type Shape = "scalar" | "list" | "pair" | "boolean" | "text" | "count" | "keys"
interface Operator {
  readonly kinds: readonly FieldKind[]
  readonly value: Shape
}
const ordered: readonly FieldKind[] = ["string", "number", "datetime"]
const text: Operator = { kinds: ["string"], value: "text" }
const texts: Operator = { kinds: ["string"], value: "list" }
const compare: Operator = { kinds: ordered, value: "scalar" }
const list: Operator = { kinds: ["array"], value: "list" }
const size: Operator = { kinds: ["array", "objects"], value: "count" }
const keys: Operator = { kinds: ["map"], value: "keys" }

/** Every operator: which kinds of field it looks at, and what it compares them with. */
const operators = {
  eq: { kinds: [...ordered, "boolean"], value: "scalar" },
  ne: { kinds: [...ordered, "boolean"], value: "scalar" },
  exists: { kinds: [...ordered, "boolean", "array", "objects", "map"], value: "boolean" },
  gt: compare,
  gte: compare,
  lt: compare,
  lte: compare,
  between: { kinds: ["number", "datetime"], value: "pair" },
  in: { kinds: ["string", "number"], value: "list" },
  nin: { kinds: ["string", "number"], value: "list" },
  contains: text,
  notContains: text,
  startsWith: text,
  endsWith: text,
  eqCs: text,
  neCs: text,
  inCs: texts,
  ninCs: texts,
  containsCs: text,
  notContainsCs: text,
  startsWithCs: text,
  endsWithCs: text,
  anyOf: list,
  allOf: list,
  noneOf: list,
  size,
  sizeGt: size,
  sizeGte: size,
  sizeLt: size,
  sizeLte: size,
  hasKey: keys,
  hasNoKey: keys,
  hasAnyKey: keys,
  hasAllKeys: keys,
} satisfies Record<string, Operator>
export type FilterOperator = keyof typeof operators
// The table's keys are its operators.
export const filterOperators = Object.keys(operators) as FilterOperator[]

/** Reads a filter, or says by code 40004 where it is wrong. UNTRUSTED input: bounded before anything is looked at. */
export function readFilter(value: JsonValue): AcsFilter {
  const left = { conditions: filterBounds.conditions }
  return readGroup(value, "filter", 1, left)
}

function readGroup(value: JsonValue, at: string, depth: number, left: { conditions: number }): AcsFilter {
  if (!isJsonObject(value)) throw invalid(at, "is an object with `conditions`, `groups` and `logic`")
  if (depth > filterBounds.depth) throw invalid(at, `nests deeper than ${filterBounds.depth} levels`)
  const { conditions = [], groups = [], logic = "and", ...rest } = value
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) throw invalid(`${at}.${unknown}`, "is no member of a filter")
  if (logic !== "and" && logic !== "or" && logic !== "not")
    throw invalid(`${at}.logic`, "is `and`, `or` or `not`")
  if (!Array.isArray(conditions)) throw invalid(`${at}.conditions`, "is a list")
  if (!Array.isArray(groups)) throw invalid(`${at}.groups`, "is a list")
  left.conditions -= conditions.length + groups.length
  if (left.conditions < 0)
    throw invalid(at, `has more than ${filterBounds.conditions} conditions and groups in all`)
  // What is empty says nothing; only as a whole filter it is clear what that means.
  if (conditions.length + groups.length === 0 && (depth > 1 || logic !== "and"))
    throw invalid(at, "has no condition and no group")
  return {
    logic,
    conditions: conditions.map((each, n) => readCondition(each, `${at}.conditions[${n}]`)),
    groups: groups.map((each, n) => readGroup(each, `${at}.groups[${n}]`, depth + 1, left)),
  }
}

function readCondition(value: JsonValue, at: string): AcsCondition {
  if (!isJsonObject(value)) throw invalid(at, "is an object with `field`, `op` and `value`")
  const { field, op, value: compared = null, ...rest } = value
  const [unknown] = Object.keys(rest)
  if (unknown !== undefined) throw invalid(`${at}.${unknown}`, "is no member of a condition")
  if (typeof field !== "string" || field.length > 200) throw invalid(`${at}.field`, "is the path of a field")
  const kind = fieldKind(field)
  if (kind === undefined) throw invalid(`${at}.field`, "is no field of an ACS")
  if (typeof op !== "string" || !Object.hasOwn(operators, op)) throw invalid(`${at}.op`, "is no operator")
  // hasOwn says that it is a key.
  const known = op as FilterOperator
  const operator: Operator = operators[known]
  if (kind !== "any" && !operator.kinds.includes(kind))
    throw invalid(`${at}.op`, `does not apply to a field of type ${kind === "objects" ? "array" : kind}`)
  return { field, path: field.split("."), kind, op: known, value: readValue(compared, operator, kind, at) }
}

function readValue(value: JsonValue, { value: shape }: Operator, kind: FieldKind, at: string): JsonValue {
  const where = `${at}.value`
  if (shape === "boolean") return typeof value === "boolean" ? value : fail(where, "is true or false")
  if (shape === "count")
    return typeof value === "number" && Number.isSafeInteger(value) && value >= 0
      ? value
      : fail(where, "is a whole number that is not negative")
  if (shape === "text") return readText(value, where)
  if (shape === "keys")
    return typeof value === "string" ? [readText(value, where)] : readList(value, where, readText)
  if (shape === "scalar") return readScalar(value, kind, where)
  if (shape === "list")
    return readList(value, where, (each) =>
      kind === "array" ? readText(each, where) : readScalar(each, kind, where),
    )
  const [lower, upper, ...more] = readList(value, where, (each) => readScalar(each, kind, where))
  if (lower === undefined || upper === undefined || more.length > 0)
    throw invalid(where, "is a list of a lower and an upper bound")
  if (order(lower, upper) > 0) throw invalid(where, "has a lower bound above its upper one")
  return [lower, upper]
}

/** A value as it is compared: moments as milliseconds. */
function readScalar(value: JsonValue, kind: FieldKind, where: string): string | number | boolean {
  if (kind === "datetime") {
    const at = typeof value === "number" ? value : momentOf(value)
    return at === undefined ? fail(where, "is a moment in ISO 8601 with its zone") : at
  }
  if (kind === "string") return readText(value, where)
  if (kind === "any" && typeof value === "string") return readText(value, where)
  if (typeof value === "number" && (kind === "number" || kind === "any")) return value
  if (typeof value === "boolean" && (kind === "boolean" || kind === "any")) return value
  return fail(where, kind === "any" ? "is a text, a number, true or false" : `is a ${kind}`)
}

function readText(value: JsonValue, where: string): string {
  if (typeof value !== "string") throw invalid(where, "is a text")
  if (value.length > filterBounds.characters)
    throw invalid(where, `is longer than ${filterBounds.characters} characters`)
  return value
}

function readList<T>(value: JsonValue, where: string, read: (each: JsonValue, where: string) => T): T[] {
  if (!Array.isArray(value) || value.length === 0) throw invalid(where, "is a list that is not empty")
  if (value.length > filterBounds.values) throw invalid(where, `has more than ${filterBounds.values} values`)
  return value.map((each) => read(each, where))
}

/** A moment with its zone: without one it would mean another moment to every reader. */
function momentOf(value: JsonValue): number | undefined {
  if (typeof value !== "string") return undefined
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/.test(value)) return undefined
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : at
}

/** Whether an ACS is what a filter asks for. */
export function matchesFilter({ logic, conditions, groups }: AcsFilter, card: JsonObject): boolean {
  if (logic === "or")
    return (
      conditions.some((condition) => matchesCondition(condition, card)) ||
      groups.some((group) => matchesFilter(group, card))
    )
  const all =
    conditions.every((condition) => matchesCondition(condition, card)) &&
    groups.every((group) => matchesFilter(group, card))
  return logic === "not" ? !all : all
}

/**
 * Whether one condition holds. Of a path through a list it is enough that one item holds (spec 06). What is not there is neither equal
 * to nor contained in anything, so that an operator that excludes holds of it.
 */
function matchesCondition({ path, kind, op, value }: AcsCondition, card: JsonObject): boolean {
  const found = valuesAt(card, path)
  // Every value has the shape that `readFilter` found.
  const wanted = Array.isArray(value) ? value : [value]
  if (op === "exists") return found.some((each) => !isEmpty(each)) === value
  if (kind === "map" || op.startsWith("has")) return hasKeys(op, found, wanted)
  if (kind === "array" || kind === "objects" || op.startsWith("size") || op.endsWith("Of"))
    return hasItems(op, found.flat(), wanted)
  if (found.length === 0) return isExcluding(op)
  return found.some((each) => holds(op, kind === "datetime" ? (momentOf(each) ?? null) : each, wanted))
}

/** What stands at a path, with every list on the way gone through. */
export function valuesAt(card: JsonObject, path: readonly string[]): JsonValue[] {
  let found: JsonValue[] = [card]
  for (const step of path) {
    const next: JsonValue[] = []
    for (const each of found)
      for (const item of Array.isArray(each) ? each : [each])
        if (isJsonObject(item) && Object.hasOwn(item, step)) next.push(item[step] ?? null)
    found = next
  }
  return found
}

function isEmpty(value: JsonValue): boolean {
  if (value === null || value === "") return true
  return typeof value === "object" && Object.keys(value).length === 0
}

function hasKeys(op: FilterOperator, found: readonly JsonValue[], keysWanted: readonly JsonValue[]): boolean {
  const known = new Set<JsonValue>(found.flatMap((each) => (isJsonObject(each) ? Object.keys(each) : [])))
  if (op === "hasNoKey") return !keysWanted.some((key) => known.has(key))
  if (op === "hasAnyKey") return keysWanted.some((key) => known.has(key))
  return keysWanted.every((key) => known.has(key))
}

function hasItems(op: FilterOperator, items: readonly JsonValue[], wanted: readonly JsonValue[]): boolean {
  if (op === "anyOf") return wanted.some((each) => items.includes(each))
  if (op === "allOf") return wanted.every((each) => items.includes(each))
  if (op === "noneOf") return !wanted.some((each) => items.includes(each))
  const [count] = wanted
  const difference = order(items.length, count ?? 0)
  if (op === "sizeGt") return difference > 0
  if (op === "sizeGte") return difference >= 0
  if (op === "sizeLt") return difference < 0
  if (op === "sizeLte") return difference <= 0
  return difference === 0
}

const excluding: ReadonlySet<string> = new Set(["ne", "neCs", "nin", "ninCs", "notContains", "notContainsCs"])
function isExcluding(op: FilterOperator): boolean {
  return excluding.has(op)
}

/** Whether one value, which is no list, is what an operator asks for. */
function holds(op: FilterOperator, value: JsonValue, wanted: readonly JsonValue[]): boolean {
  const sensitive = op.endsWith("Cs")
  const fold = (each: JsonValue) => (sensitive ? each : foldCase(each))
  const [first = null, second = null] = wanted
  switch (sensitive ? op.slice(0, -2) : op) {
    case "eq":
    case "in":
      return wanted.some((each) => fold(each) === fold(value))
    case "ne":
    case "nin":
      return !wanted.some((each) => fold(each) === fold(value))
    case "gt":
      return isComparable(value, first) && order(value, first) > 0
    case "gte":
      return isComparable(value, first) && order(value, first) >= 0
    case "lt":
      return isComparable(value, first) && order(value, first) < 0
    case "lte":
      return isComparable(value, first) && order(value, first) <= 0
    case "between":
      return (
        isComparable(value, first) &&
        isComparable(value, second) &&
        order(value, first) >= 0 &&
        order(value, second) <= 0
      )
    default:
      return holdsText(op, fold(value), fold(first))
  }
}

function holdsText(op: FilterOperator, value: JsonValue, part: JsonValue): boolean {
  if (typeof value !== "string" || typeof part !== "string") return isExcluding(op)
  if (op.startsWith("contains")) return value.includes(part)
  if (op.startsWith("notContains")) return !value.includes(part)
  return op.startsWith("startsWith") ? value.startsWith(part) : value.endsWith(part)
}

/** A text as it is compared where upper and lower case are the same; anything else as it is. */
export function foldCase(value: JsonValue): JsonValue {
  return typeof value === "string" ? value.toLowerCase() : value
}

function isComparable(one: JsonValue, other: JsonValue): boolean {
  return typeof one === typeof other && (typeof one === "number" || typeof one === "string")
}

/** By number, or character by character as the specification has it for versions. */
function order(one: JsonValue, other: JsonValue): number {
  if (one === other) return 0
  // Only values that are comparable are put in order.
  return (one as number) < (other as number) ? -1 : 1
}

function fail(where: string, what: string): never {
  throw invalid(where, what)
}

function invalid(where: string, what: string): AdpError {
  return new AdpError("FilterInvalid", `\`${where.slice(0, 200)}\` ${what}`)
}
