import { findText } from "./find-text.ts"
import { allOf, contains, type Language, languageOf, not } from "./language.ts"
import { parsePattern } from "./parse-pattern.ts"

/** A pattern that matches whole values in linear time; comparing two patterns is exact. */
export interface Pattern {
  readonly text: string
  readonly language: Language
}

/** Compiles a pattern; throws Failure("pattern_invalid") with what to change. */
export function compilePattern(text: string): Pattern {
  return { text, language: languageOf(parsePattern(text)) }
}

/** Whether the pattern matches the whole value. */
export function matchPattern(pattern: Pattern, value: string): boolean {
  return contains(pattern.language, value)
}

/**
 * Whether every value that `inner` matches is matched by `outer`. False also where it cannot be shown within bounds:
 * what is not provably narrower is not narrower.
 */
export function patternContains(outer: Pattern, inner: Pattern): boolean {
  return findText(allOf(inner.language, not(outer.language))).kind === "none"
}

/** Whether some value is matched by both; true also where the opposite cannot be shown within bounds. */
export function patternIntersects(one: Pattern, other: Pattern): boolean {
  return findText(allOf(one.language, other.language)).kind !== "none"
}
