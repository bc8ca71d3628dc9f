import type { Effort } from "@hufu/core/pattern/effort"
import type { FindingKind } from "./finding-kinds.ts"

/** One place in a text that a detector noticed: a label or a signal for rules, never a decision. */
export interface Finding {
  readonly kind: FindingKind
  /** Where it begins and ends, in UTF-16 code units of the text that was given. */
  readonly start: number
  readonly end: number
  /** Between 0 and 1; what counts is what reaches the operating point of its detector. */
  readonly score: number
}

/**
 * Finds one sort of thing in a text, as a pure function. Another implementation takes its place by having its name.
 * UNTRUSTED: the text is an attacker's; whatever a detector looks at it spends from `effort`, and it stops with what
 * it has when there is none left.
 */
export interface Detector {
  readonly name: string
  /** Changes whenever the same text could give other findings. */
  readonly version: string
  readonly kinds: readonly FindingKind[]
  /** The least score that counts; measured by `npm run bench:detect`. */
  readonly point: number
  /** How many steps it may take for each UTF-16 code unit of the text: what bounds its time. */
  readonly stepsPerUnit: number
  readonly find: (text: string, effort: Effort) => readonly Finding[]
}
