import { isJsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { AmpError } from "./amp-error.ts"

/** What a field of a view can be compared by. */
export type FieldKind = "code" | "word" | "flag" | "number"

/** The values that a view has in a field: of a list it is enough that one fits. */
export type FieldReader<T> = (view: T, field: string) => readonly (string | number | boolean)[]

export interface AmpFilter<T> {
  readonly fits: (view: T) => boolean
  /** The codes to which it narrows by itself; undefined where it does not. */
  readonly codes: readonly string[] | undefined
  /** Whether it says anything at all. */
  readonly isSelective: boolean
}

const maxDepth = 3
const maxConditions = 100
const maxValues = 500

const operators: Readonly<Record<FieldKind, readonly string[]>> = {
  code: ["eq", "in"],
  word: ["eq"],
  flag: ["eq"],
  number: ["eq", "gt", "gte", "lt", "lte", "between"],
}

/** Reads AMPFilter (ACPs spec 09, 6.1.3) over the fields that one question has. UNTRUSTED. */
export function readAmpFilter<T>(
  value: JsonValue | undefined,
  fields: Readonly<Record<string, FieldKind>>,
  read: FieldReader<T>,
): AmpFilter<T> {
  let left = maxConditions

  function group(of: JsonValue, depth: number): AmpFilter<T> {
    if (!isJsonObject(of) || depth > maxDepth)
      throw invalid(`a filter is an object, nested ${maxDepth} deep at most`)
    const { conditions = [], groups = [], logic = "and" } = of
    if (!Array.isArray(conditions) || !Array.isArray(groups)) throw invalid("conditions and groups are lists")
    if (logic !== "and" && logic !== "or" && logic !== "not") throw invalid("`logic` is and, or, or not")
    left -= conditions.length + groups.length
    if (left < 0) throw invalid(`a filter has at most ${maxConditions} conditions and groups`)
    const all = [...conditions.map(condition), ...groups.map((each) => group(each, depth + 1))]
    const isOf = (view: T) =>
      logic === "or" ? all.some(({ fits }) => fits(view)) : all.every(({ fits }) => fits(view))
    return {
      fits: logic === "not" ? (view) => !isOf(view) : isOf,
      codes: logic === "and" ? all.find(({ codes }) => codes !== undefined)?.codes : undefined,
      isSelective: all.length > 0,
    }
  }

  function condition(of: JsonValue): AmpFilter<T> {
    if (!isJsonObject(of) || typeof of["field"] !== "string" || typeof of["op"] !== "string")
      throw invalid("a condition has a `field`, an `op` and a `value`")
    const { field, op, value: wanted } = of
    const kind = Object.hasOwn(fields, field) ? fields[field] : undefined
    if (kind === undefined)
      throw new AmpError(
        "AMP_UNSUPPORTED_FIELD",
        `\`${field.slice(0, 80)}\` cannot be filtered by here: there are ${Object.keys(fields).join(", ")}`,
      )
    if (!operators[kind].includes(op))
      throw new AmpError(
        "AMP_UNSUPPORTED_OPERATOR",
        `\`${field}\` can be compared by ${operators[kind].join(", ")}`,
      )
    const test = testOf(kind, op, wanted)
    const codes = kind !== "code" ? undefined : [wanted ?? ""].flat().map(String)
    return { fits: (view) => read(view, field).some(test), codes, isSelective: true }
  }

  if (value === undefined || value === null) return { fits: () => true, codes: undefined, isSelective: false }
  return group(value, 1)
}

function testOf(kind: FieldKind, op: string, wanted: JsonValue | undefined) {
  if (kind === "number") return numberTest(op, wanted)
  if (op === "in") {
    if (!Array.isArray(wanted) || wanted.length > maxValues || !wanted.every(isText))
      throw invalid(`\`in\` takes a list of at most ${maxValues} texts`)
    const all = new Set<unknown>(wanted)
    return (value: unknown) => all.has(value)
  }
  if (kind === "flag" ? typeof wanted !== "boolean" : !isText(wanted))
    throw invalid(`\`eq\` takes ${kind === "flag" ? "true or false" : "a text"} here`)
  return (value: unknown) => value === wanted
}

function numberTest(op: string, wanted: JsonValue | undefined): (value: unknown) => boolean {
  const [low, high] = op === "between" && Array.isArray(wanted) ? wanted : [wanted, wanted]
  if (typeof low !== "number" || typeof high !== "number" || low > high)
    throw invalid(`\`${op}\` takes ${op === "between" ? "the lower and the upper bound" : "a number"}`)
  return (value) => {
    if (typeof value !== "number") return false
    if (op === "gt") return value > low
    if (op === "gte") return value >= low
    if (op === "lt") return value < low
    if (op === "lte") return value <= low
    return value >= low && value <= high
  }
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === "string" && value.length <= 200
}

function invalid(detail: string): AmpError {
  return new AmpError("AMP_INVALID_FILTER", detail)
}
