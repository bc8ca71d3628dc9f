import { Failure } from "../failure.ts"
import type { JsonValue } from "./json-value.ts"

/** Deeper values are refused: they have no use in evidence, and recursion must end. */
const MAX_DEPTH = 128

/** Anything that needs an escape, or is a surrogate that might be alone. */
// oxlint-disable-next-line no-control-regex -- control characters are what JSON escapes
const NEEDS_CARE = /["\\\u0000-\u001f\ud800-\udfff]/

/**
 * The one JSON text of a value (RFC 8785): keys in UTF-16 order, ECMAScript numbers, no white space. Refuses
 * what has no such text: NaN, infinities, undefined, lone surrogates and anything that is not plain JSON.
 */
export function canonicalize(value: JsonValue): string {
  return write(value, 0)
}

/** The canonical texts of an object's members, in order: joined by commas within braces they are the object's. */
export function canonicalMembers(object: Readonly<Record<string, JsonValue>>): string[] {
  return membersOf(object, 1)
}

function write(value: JsonValue | undefined, depth: number): string {
  if (typeof value === "string") return quote(value)
  if (typeof value === "number") return writeNumber(value)
  if (typeof value === "boolean") return value ? "true" : "false"
  if (value === null) return "null"
  if (typeof value !== "object") {
    throw new Failure("invalid_json", `a value of type ${typeof value} has no canonical form; leave it out`)
  }
  if (depth >= MAX_DEPTH) {
    throw new Failure("invalid_json", `the value nests deeper than ${MAX_DEPTH} levels; flatten it`)
  }
  return Array.isArray(value) ? writeArray(value, depth + 1) : writeObject(value, depth + 1)
}

function quote(text: string): string {
  if (!NEEDS_CARE.test(text)) return `"${text}"`
  if (text.isWellFormed()) return JSON.stringify(text)
  throw new Failure("invalid_json", "a string holds half of a surrogate pair; send well-formed Unicode")
}

function writeNumber(value: number): string {
  // Negative zero becomes "0", as RFC 8785 section 3.2.2.3 wants.
  if (Number.isFinite(value)) return String(value)
  throw new Failure("invalid_json", `the number \`${value}\` has no canonical form; leave it out`)
}

function writeArray(items: readonly JsonValue[], depth: number): string {
  let out = "["
  for (let index = 0; index < items.length; index += 1) {
    if (index > 0) out += ","
    out += write(items[index], depth)
  }
  return `${out}]`
}

function writeObject(object: Readonly<Record<string, JsonValue>>, depth: number): string {
  return `{${membersOf(object, depth).join(",")}}`
}

function membersOf(object: Readonly<Record<string, JsonValue>>, depth: number): string[] {
  const prototype: unknown = Object.getPrototypeOf(object)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new Failure("invalid_json", "only plain objects have a canonical form; convert the value first")
  }
  // The default sort compares UTF-16 code units, which is the order of RFC 8785 section 3.2.3.
  const keys = Object.keys(object).sort()
  return keys.map((key) => `${quote(key)}:${write(object[key], depth)}`)
}
