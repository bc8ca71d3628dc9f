import { complementOf, charactersOf, unionOf } from "../pattern/code-points.ts"
import {
  character,
  choice,
  type Expression,
  literal,
  literalInAnyCase,
  optional,
  repeat,
  sequence,
} from "../pattern/expression.ts"
import { contains, languageOf } from "../pattern/language.ts"

/**
 * Paths are compared as text, segment by segment, and only when there is nothing in them to interpret: `..`, `.`,
 * empty segments, controls, backslashes, `~` and percent-escapes could all lead elsewhere.
 */
const odd = unionOf([...charactersOf("/\\~%"), [0, 0x1f], [0x7f, 0x9f]])
const plain = character(complementOf(odd))
const notDot = character(complementOf(unionOf([...odd, ...charactersOf(".")])))
const dot = literal(".")
const segment = choice(
  sequence(notDot, repeat(plain)),
  sequence(dot, notDot, repeat(plain)),
  sequence(dot, dot, repeat(plain, 1)),
)
const below = sequence(repeat(sequence(literal("/"), segment)), optional(literal("/")))

/** Absolute paths with nothing in them to interpret. */
export const plainPath: Expression = sequence(literal("/"), optional(sequence(segment, below)))

const plainPaths = languageOf(plainPath)

/** Plain paths that are `under` or below it. */
export function pathUnder(under: string): Expression {
  return under === "/" ? plainPath : sequence(literal(under), below)
}

/** The same where the case of letters does not matter, as on many file systems. */
export function pathUnderInAnyCase(under: string): Expression {
  return under === "/" ? plainPath : sequence(literalInAnyCase(under), below)
}

/** Whether a text can stand in a path limit. */
export function isUnderSyntax(text: string): boolean {
  return contains(plainPaths, text)
}

/** The same path without the slash at its end. */
export function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path
}
