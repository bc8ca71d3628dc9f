import { Failure } from "../failure.ts"

const QUOTE = 0x22
const COMMA = 0x2c
const MINUS = 0x2d
const BACKSLASH = 0x5c

/**
 * Reads a text that JSON.parse has accepted, once, and throws at the first thing that two readers could
 * understand differently: a duplicate key, an unsafe integer, a number beyond a double, a lone surrogate, or
 * nesting deeper than `maxDepth`.
 */
export function scanJson(text: string, maxDepth: number): void {
  if (!text.isWellFormed()) throw loneSurrogate()
  // One frame per open container: the keys seen in an object, null in an array.
  const open: (Set<string> | null)[] = []
  let keys: Set<string> | null = null
  let expectsKey = false
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      const end = endOfString(text, at)
      const string = readString(text, at, end, expectsKey)
      if (expectsKey && keys) remember(keys, string)
      expectsKey = false
      at = end
    } else if (code === MINUS || isDigit(code)) {
      const end = endOfNumber(text, at)
      checkNumber(text.slice(at, end))
      at = end
    } else {
      if (code === 0x7b || code === 0x5b) {
        if (open.length >= maxDepth) throw tooDeep(maxDepth)
        keys = code === 0x7b ? new Set() : null
        open.push(keys)
        expectsKey = keys !== null
      } else if (code === 0x7d || code === 0x5d) {
        open.pop()
        keys = open.at(-1) ?? null
        expectsKey = false
      } else if (code === COMMA) {
        expectsKey = keys !== null
      }
      at += 1
    }
  }
}

/** The index after the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  for (;;) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) return at + 1
    at += code === BACKSLASH ? 2 : 1
  }
}

/** Decodes a string only where it must: keys are compared decoded, and escapes can hide a lone surrogate. */
function readString(text: string, start: number, end: number, isKey: boolean): string {
  const raw = text.slice(start + 1, end - 1)
  const escaped = raw.includes("\\")
  if (!escaped || !(isKey || raw.includes("\\u"))) return raw
  // The slice is one JSON string, so the parse cannot give anything else.
  const decoded = JSON.parse(text.slice(start, end)) as string
  if (!decoded.isWellFormed()) throw loneSurrogate()
  return decoded
}

function remember(keys: Set<string>, key: string): void {
  if (keys.has(key)) {
    throw new Failure("invalid_json", `the key \`${clip(key)}\` appears twice in one object; send it once`)
  }
  keys.add(key)
}

function endOfNumber(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && isNumberPart(text.charCodeAt(at))) at += 1
  return at
}

function checkNumber(digits: string): void {
  const value = Number(digits)
  const safe = /[.eE]/.test(digits) ? Number.isFinite(value) : Number.isSafeInteger(value)
  if (safe) return
  throw new Failure(
    "invalid_json",
    `the number \`${clip(digits)}\` does not survive as a double; send it as a string`,
  )
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** Digits and `+ - . E e`. */
function isNumberPart(code: number): boolean {
  return isDigit(code) || code === 0x2b || code === MINUS || code === 0x2e || code === 0x45 || code === 0x65
}

function tooDeep(maxDepth: number): Failure {
  return new Failure("invalid_json", `the value nests deeper than ${maxDepth} levels; flatten it`)
}

function loneSurrogate(): Failure {
  return new Failure("invalid_json", "a string holds half of a surrogate pair; send well-formed Unicode")
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40).toWellFormed()}…` : text
}
