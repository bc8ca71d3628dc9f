import { anyCharacter, type CodePoints, eitherCase, codePointOf } from "./code-points.ts"

/** A regular expression without anything that needs backtracking. */
export type Expression =
  | { readonly kind: "character"; readonly of: CodePoints }
  | { readonly kind: "sequence"; readonly parts: readonly Expression[] }
  | { readonly kind: "choice"; readonly options: readonly Expression[] }
  | { readonly kind: "repeat"; readonly of: Expression; readonly min: number; readonly max: number }

/** One character out of a set. */
export function character(of: CodePoints): Expression {
  return { kind: "character", of }
}

/** One after the other. */
export function sequence(...parts: readonly Expression[]): Expression {
  const [only] = parts
  if (only && parts.length === 1) return only
  return { kind: "sequence", parts }
}

/** Any one of them. */
export function choice(...options: readonly Expression[]): Expression {
  const [only] = options
  if (only && options.length === 1) return only
  return { kind: "choice", options }
}

/** Between `min` and `max` times; without `max`, any number from `min` on. */
export function repeat(of: Expression, min = 0, max = Infinity): Expression {
  return { kind: "repeat", of, min, max }
}

/** It or nothing. */
export function optional(of: Expression): Expression {
  return repeat(of, 0, 1)
}

/** Exactly this text. */
export function literal(text: string): Expression {
  return sequence(...Array.from(text, (one) => character([[codePointOf(one), codePointOf(one)]])))
}

/** This text with letters in either case. */
export function literalInAnyCase(text: string): Expression {
  return sequence(...Array.from(text, (one) => character(eitherCase(one))))
}

/** Any text at all. */
export const anyText: Expression = repeat(character(anyCharacter))
