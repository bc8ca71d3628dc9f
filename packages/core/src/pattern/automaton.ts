import { Failure } from "../failure.ts"
import type { CodePoints } from "./code-points.ts"
import type { Expression } from "./expression.ts"

/** The most states that a person's pattern may need. */
export const maxPatternStates = 2000

/** A Thompson automaton without backtracking: a state either reads a character or splits. State 0 accepts. */
export interface Automaton {
  readonly start: number
  readonly states: readonly State[]
  /** The first code points of the classes between which no state tells characters apart; sorted, from 0. */
  readonly breakpoints: readonly number[]
}

export type State =
  | { readonly kind: "accept" }
  | { readonly kind: "read"; readonly of: CodePoints; readonly next: number }
  | { readonly kind: "split"; next: readonly number[] }

/** Builds the automaton of an expression; refuses one that needs more than `limit` states. */
export function buildAutomaton(expression: Expression, limit = maxPatternStates): Automaton {
  const states: State[] = [{ kind: "accept" }]
  const add = (state: State): number => {
    if (states.length >= limit)
      throw new Failure("pattern_invalid", `simplify the pattern: it needs more than ${limit} states`)
    states.push(state)
    return states.length - 1
  }
  const start = buildInto(expression, 0, add)
  return { start, states, breakpoints: breakpointsOf(states) }
}

type AddState = (state: State) => number

/** Adds what reads `expression` and goes on at `next`; gives the state to enter. */
function buildInto(expression: Expression, next: number, add: AddState): number {
  if (expression.kind === "character") return add({ kind: "read", of: expression.of, next })
  if (expression.kind === "sequence")
    return expression.parts.reduceRight((entry, part) => buildInto(part, entry, add), next)
  if (expression.kind === "choice")
    return add({ kind: "split", next: expression.options.map((option) => buildInto(option, next, add)) })
  return buildRepeat(expression, next, add)
}

function buildRepeat(repeat: Expression & { kind: "repeat" }, next: number, add: AddState): number {
  let entry = next
  if (repeat.max === Infinity) {
    const loop: State & { kind: "split" } = { kind: "split", next: [] }
    entry = add(loop)
    loop.next = [buildInto(repeat.of, entry, add), next]
  } else
    for (let i = repeat.min; i < repeat.max; i++)
      entry = add({ kind: "split", next: [buildInto(repeat.of, entry, add), next] })
  for (let i = 0; i < repeat.min; i++) {
    const before = buildInto(repeat.of, entry, add)
    // What reads nothing adds no state: repeating it changes nothing, and must not cost a loop of a million turns.
    if (before === entry) break
    entry = before
  }
  return entry
}

function breakpointsOf(states: readonly State[]): number[] {
  const found = new Set([0, 0xd800, 0xe000])
  for (const state of states)
    if (state.kind === "read")
      for (const [first, last] of state.of) {
        found.add(first)
        if (last < 0x10ffff) found.add(last + 1)
      }
  return [...found].sort((a, b) => a - b)
}
