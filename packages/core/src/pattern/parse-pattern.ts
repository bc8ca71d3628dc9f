import { Failure } from "../failure.ts"
import {
  charactersOf,
  type CodePoints,
  codePointOf,
  complementOf,
  digits,
  unionOf,
  whiteSpace,
  withinLine,
  wordCharacters,
} from "./code-points.ts"
import { character, choice, type Expression, literal, repeat, sequence } from "./expression.ts"

/** The longest pattern text, in UTF-16 code units. */
export const maxPatternLength = 256
const maxRepeat = 1000

const shorthands: Readonly<Record<string, CodePoints>> = {
  d: digits,
  D: complementOf(digits),
  w: wordCharacters,
  W: complementOf(wordCharacters),
  s: whiteSpace,
  S: complementOf(whiteSpace),
}
const controls: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" }
const punctuation = /^[!-/:-@[-`{-~]$/

interface Cursor {
  readonly characters: readonly string[]
  at: number
}

/** Reads a pattern: literals, `.`, classes, `\d \w \s`, `* + ? {m,n}`, groups and `|`, always for the whole value. */
export function parsePattern(text: string): Expression {
  if (text.length > maxPatternLength) throw invalid(`shorten the pattern to ${maxPatternLength} characters`)
  if (!text.isWellFormed()) throw invalid("write the pattern without halves of surrogate pairs")
  const cursor: Cursor = { characters: Array.from(text), at: 0 }
  const expression = readChoice(cursor)
  if (cursor.at < cursor.characters.length) throw invalid("open a group with `(` before `)` closes it")
  return expression
}

function invalid(detail: string): Failure {
  return new Failure("pattern_invalid", detail)
}

function peek(cursor: Cursor): string | undefined {
  return cursor.characters[cursor.at]
}

function accept(cursor: Cursor, wanted: string): boolean {
  const ahead = cursor.characters.slice(cursor.at, cursor.at + wanted.length).join("")
  if (ahead !== wanted) return false
  cursor.at += wanted.length
  return true
}

function take(cursor: Cursor, where: string): string {
  const next = cursor.characters[cursor.at]
  if (next === undefined) throw invalid(`finish the ${where} at the end of the pattern`)
  cursor.at += 1
  return next
}

function readChoice(cursor: Cursor): Expression {
  const options = [readSequence(cursor)]
  while (accept(cursor, "|")) options.push(readSequence(cursor))
  return choice(...options)
}

function readSequence(cursor: Cursor): Expression {
  const parts: Expression[] = []
  for (let next = peek(cursor); next !== undefined && next !== "|" && next !== ")"; next = peek(cursor))
    parts.push(readRepeat(cursor))
  return sequence(...parts)
}

function readRepeat(cursor: Cursor): Expression {
  const of = readAtom(cursor)
  const bounds = readBounds(cursor)
  if (bounds === undefined) return of
  const next = peek(cursor)
  if (next !== undefined && "*+?{".includes(next))
    throw invalid(`put a group around what \`${next}\` repeats`)
  return repeat(of, bounds.min, bounds.max)
}

function readBounds(cursor: Cursor): { min: number; max: number } | undefined {
  if (accept(cursor, "*")) return { min: 0, max: Infinity }
  if (accept(cursor, "+")) return { min: 1, max: Infinity }
  if (accept(cursor, "?")) return { min: 0, max: 1 }
  if (!accept(cursor, "{")) return undefined
  let inside = ""
  for (let next = take(cursor, "`{`"); next !== "}"; next = take(cursor, "`{`")) inside += next
  const found = /^(\d{1,4})(?:(,)(\d{0,4}))?$/.exec(inside)
  if (!found) throw invalid("write a repetition as `{2}`, `{2,}` or `{2,5}`, and a literal brace as `\\{`")
  const min = Number(found[1])
  const max = found[2] === undefined ? min : found[3] === "" ? Infinity : Number(found[3])
  if (min > maxRepeat || (max !== Infinity && max > maxRepeat))
    throw invalid(`repeat at most ${maxRepeat} times`)
  if (min > max) throw invalid(`write the smaller number first in \`{${inside}}\``)
  return { min, max }
}

function readAtom(cursor: Cursor): Expression {
  const next = take(cursor, "pattern")
  if (next === "(") return readGroup(cursor)
  if (next === "[") return character(readClass(cursor))
  if (next === ".") return character(withinLine)
  if (next === "\\") return character(readEscape(cursor))
  if (next === "^" || next === "$")
    throw invalid(`leave out \`${next}\`: a pattern always matches the whole value`)
  if ("*+?".includes(next))
    throw invalid(`put something before \`${next}\` to repeat, or write \`\\${next}\``)
  if ("]{}".includes(next)) throw invalid(`write a literal \`${next}\` as \`\\${next}\``)
  return literal(next)
}

function readGroup(cursor: Cursor): Expression {
  if (accept(cursor, "?") && !accept(cursor, ":"))
    throw invalid("use plain groups only: looking ahead or behind is not supported")
  const inside = readChoice(cursor)
  if (!accept(cursor, ")")) throw invalid("close every group with `)`")
  return inside
}

function readEscape(cursor: Cursor): CodePoints {
  const next = take(cursor, "escape")
  const shorthand = Object.hasOwn(shorthands, next) ? shorthands[next] : undefined
  if (shorthand) return shorthand
  const control = Object.hasOwn(controls, next) ? controls[next] : undefined
  if (control !== undefined) return charactersOf(control)
  if (punctuation.test(next)) return charactersOf(next)
  if (next === "u") return readCodePoint(cursor)
  throw invalid(
    `\`\\${next}\` is not supported: use \`\\d \\w \\s \\n \\r \\t \\uXXXX\` or escaped punctuation`,
  )
}

function readCodePoint(cursor: Cursor): CodePoints {
  let hex = ""
  if (accept(cursor, "{"))
    for (let next = take(cursor, "`\\u{`"); next !== "}"; next = take(cursor, "`\\u{`")) hex += next
  else for (let i = 0; i < 4; i++) hex += take(cursor, "`\\u`")
  const point = /^[0-9a-fA-F]{1,6}$/.test(hex) ? Number.parseInt(hex, 16) : Infinity
  if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
    throw invalid("write a character as `\\u0041` or `\\u{1F600}`")
  return [[point, point]]
}

function readClass(cursor: Cursor): CodePoints {
  const negated = accept(cursor, "^")
  const intervals: (readonly [number, number])[] = []
  while (!accept(cursor, "]")) intervals.push(...readClassItem(cursor))
  if (intervals.length === 0) throw invalid("put at least one character between `[` and `]`")
  const set = unionOf(intervals)
  return negated ? complementOf(set) : set
}

function readClassItem(cursor: Cursor): CodePoints {
  const first = readClassCharacter(cursor)
  if (peek(cursor) !== "-" || cursor.characters[cursor.at + 1] === "]") return first
  cursor.at += 1
  const last = readClassCharacter(cursor)
  const from = singleOf(first)
  const to = singleOf(last)
  if (from === undefined || to === undefined || from > to)
    throw invalid("write a range in a class from the smaller to the larger character, such as `[a-z]`")
  return [[from, to]]
}

function readClassCharacter(cursor: Cursor): CodePoints {
  const next = take(cursor, "class")
  if (next === "[") throw invalid("write a literal `[` in a class as `\\[`")
  return next === "\\" ? readEscape(cursor) : [[codePointOf(next), codePointOf(next)]]
}

function singleOf(set: CodePoints): number | undefined {
  const only = set.length === 1 ? set[0] : undefined
  return only && only[0] === only[1] ? only[0] : undefined
}
