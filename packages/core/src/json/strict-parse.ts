import { Failure } from "../failure.ts"
import type { JsonValue } from "./json-value.ts"
import { scanJson } from "./scan-json.ts"

/** How deep arrays and objects may nest unless a caller says otherwise. */
export const defaultMaxDepth = 64

/**
 * Parses JSON that means the same to every reader (RFC 7493): refuses duplicate keys, integers that a double
 * cannot hold, numbers beyond a double, lone surrogates and deep nesting. The caller bounds the text's length.
 *
 * UNTRUSTED: two parsers that disagree about one text let an attacker show one action and perform another.
 */
export function parseStrict(text: string, options: { maxDepth?: number } = {}): JsonValue {
  const maxDepth = options.maxDepth ?? defaultMaxDepth
  const value = parse(text)
  // A text that survives the round trip unchanged holds no duplicate key, no number that lost digits and no raw
  // lone surrogate, so most messages never need the scanner. `plain` runs first: it bounds the depth that
  // JSON.stringify recurses to.
  if (plain(value, maxDepth) && !text.includes("\\ud") && JSON.stringify(value) === text) return value
  scanJson(text, maxDepth)
  return value
}

function parse(text: string): JsonValue {
  try {
    // JSON.parse is typed `any`; what it returns is a JsonValue by definition.
    return JSON.parse(text) as JsonValue
  } catch (cause) {
    throw new Failure("invalid_json", "the text is not JSON; send one well-formed JSON value", { cause })
  }
}

/** Whether a value is shallow enough and holds no number whose spelling matters. */
function plain(value: JsonValue, depthLeft: number): boolean {
  if (typeof value === "number") return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER
  if (typeof value !== "object" || value === null) return true
  if (depthLeft === 0) return false
  if (Array.isArray(value)) {
    for (const item of value) if (!plain(item, depthLeft - 1)) return false
    return true
  }
  for (const key in value) {
    const member = value[key]
    if (member === undefined || !plain(member, depthLeft - 1)) return false
  }
  return true
}
