import { digits, unionOf, whiteSpace } from "../pattern/code-points.ts"
import {
  anyText,
  character,
  choice,
  type Expression,
  literal,
  literalInAnyCase,
  repeat,
  sequence,
} from "../pattern/expression.ts"
import { allOf, anyOf, type Language, languageOf, not } from "../pattern/language.ts"
import { parsePattern } from "../pattern/parse-pattern.ts"
import { canonicalUrl, plainUrls, urls, urlsOnPortsOf } from "./url-shape.ts"
import { isTextLimit, type Limit, type Scalar, type TextLimit } from "./limit.ts"
import { pathUnder, pathUnderInAnyCase, plainPath } from "./path-limit.ts"

/**
 * A set of texts between two languages: everything in `least` is in it, and everything in it is in `most`. They
 * differ only for hosts, whose names URLs write in more ways than an automaton can say.
 */
export interface TextBounds {
  readonly least: Language
  readonly most: Language
}

const maxStates = 12_000
/** Enough for every host limit that the schema accepts. */
const maxHostStates = 60_000
const everything = languageOf(anyText)
const nothing = languageOf(choice())
const plainPaths = languageOf(plainPath)
const space = repeat(character(whiteSpace))
/** A tool may read a number out of any text with a digit in it, full-width ones included. */
const withDigit: Expression = sequence(anyText, character(unionOf([...digits, [0xff10, 0xff19]])), anyText)

const digitTexts = languageOf(withDigit)

/** Everything outside. */
export function outside(bounds: TextBounds): TextBounds {
  return { least: not(bounds.most), most: not(bounds.least) }
}

/** The texts that satisfy a limit. */
export function coveredTexts(limit: Limit): TextBounds {
  return remembered(covered, limit, () => {
    if (limit.kind === "host") {
      const canonical = languageOf(canonicalUrl(limit.hosts), maxHostStates)
      return {
        least: canonical,
        most: anyOf(canonical, allOf(languageOf(urlsOnPortsOf(limit.hosts), maxHostStates), not(plainUrls))),
      }
    }
    if (isTextLimit(limit)) return exactly(languageOf(expressionOf(limit), maxStates))
    const texts = valuesOf(limit).filter((value) => typeof value === "string")
    return finite(texts, literal)
  })
}

/** The texts that a prohibition catches: what it names, in any case, and whatever cannot be told apart from it. */
export function touchedTexts(limit: Limit): TextBounds {
  return remembered(touched, limit, () => {
    if (limit.kind === "pattern") return coveredTexts(limit)
    if (limit.kind === "host")
      return {
        least: anyOf(not(urls), coveredTexts(limit).least),
        most: anyOf(not(urls), coveredTexts(limit).most),
      }
    if (limit.kind === "path")
      return exactly(anyOf(not(plainPaths), languageOf(pathUnderInAnyCase(limit.under), maxStates)))
    if (limit.kind === "prefix")
      return exactly(languageOf(sequence(space, literalInAnyCase(limit.prefix), anyText), maxStates))
    return limit.kind === "range" ? exactly(digitTexts) : finite(valuesOf(limit), looseExpression)
  })
}

/** A set of texts that a language says exactly. */
export function exactly(language: Language): TextBounds {
  return { least: language, most: language }
}

function expressionOf(limit: Exclude<TextLimit, { kind: "host" }>): Expression {
  if (limit.kind === "prefix") return sequence(literal(limit.prefix), anyText)
  return limit.kind === "path" ? pathUnder(limit.under) : parsePattern(limit.pattern)
}

function looseExpression(value: Scalar): Expression {
  return typeof value === "number"
    ? withDigit
    : sequence(space, literalInAnyCase(String(value).trim()), space)
}

function valuesOf(limit: Limit): readonly Scalar[] {
  if (limit.kind === "equal") return [limit.value]
  return limit.kind === "oneOf" ? limit.values : []
}

/** A choice of texts, or no knowledge at all where they are too many to search through. */
function finite<V extends Scalar>(values: readonly V[], expressionFor: (value: V) => Expression): TextBounds {
  const size = values.reduce((sum, value) => sum + String(value).length + 16, 0)
  if (size > maxStates) return { least: nothing, most: everything }
  return exactly(languageOf(choice(...values.map(expressionFor)), maxStates + 16))
}

const covered = new WeakMap<Limit, TextBounds>()
const touched = new WeakMap<Limit, TextBounds>()

function remembered(memory: WeakMap<Limit, TextBounds>, limit: Limit, build: () => TextBounds): TextBounds {
  const known = memory.get(limit)
  if (known) return known
  const built = build()
  memory.set(limit, built)
  return built
}
