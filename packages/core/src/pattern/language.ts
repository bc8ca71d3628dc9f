import { type Automaton, buildAutomaton } from "./automaton.ts"
import { codePointOf } from "./code-points.ts"
import type { Expression } from "./expression.ts"
import { type SubsetMachine, subsetMachine } from "./subset-machine.ts"

/** A set of texts: a Boolean combination of automata, so that it can be negated and intersected. */
export interface Language {
  readonly automata: readonly Automaton[]
  /** Whether a text is in the set, given which of the automata accept it. */
  readonly holds: (accepted: readonly boolean[]) => boolean
  /** The languages that a text must all be in, if that is how this one was made; their automata in this order. */
  readonly parts?: readonly Language[]
}

/** About how many numbers the machine of one automaton may keep: then it starts afresh, so time stays linear. */
const machineMemory = 20_000

/** The texts of an expression; refuses one that needs more than `limit` states. */
export function languageOf(expression: Expression, limit?: number): Language {
  return { automata: [buildAutomaton(expression, limit)], holds: ([accepted]) => accepted === true }
}

/** Every text that is not in the language. */
export function not(language: Language): Language {
  return { automata: language.automata, holds: (accepted) => !language.holds(accepted) }
}

/** The texts that are in all of the languages. */
export function allOf(...languages: readonly Language[]): Language {
  const parts = languages.flatMap((language) => language.parts ?? [language])
  return { ...combined(parts, (holds) => holds.every(Boolean)), parts }
}

/** The texts that are in at least one of the languages. */
export function anyOf(...languages: readonly Language[]): Language {
  return combined(languages, (holds) => holds.some(Boolean))
}

function combined(languages: readonly Language[], join: (holds: boolean[]) => boolean): Language {
  let end = 0
  const parts = languages.map((language) => {
    const start = end
    end += language.automata.length
    return (accepted: readonly boolean[]) =>
      language.holds(accepted.slice(start, start + language.automata.length))
  })
  return {
    automata: languages.flatMap((language) => language.automata),
    holds: (accepted) => join(parts.map((part) => part(accepted))),
  }
}

/** Whether a text is in the language, in time linear in its length. */
export function contains(language: Language, text: string): boolean {
  return language.holds(language.automata.map((automaton) => accepts(automaton, text)))
}

const machines = new WeakMap<Automaton, SubsetMachine>()

function accepts(automaton: Automaton, text: string): boolean {
  const known = machines.get(automaton)
  let machine = known ?? freshMachine(automaton)
  if (!known) machines.set(automaton, machine)
  let node = machine.start
  for (const character of text) {
    const codePoint = codePointOf(character)
    let next = machine.step(node, codePoint)
    if (next === undefined) {
      machines.delete(automaton)
      machine = freshMachine(automaton, machine.statesOf(node))
      // A fresh machine has room for the next node.
      next = machine.step(machine.start, codePoint) ?? machine.start
    }
    node = next
  }
  return machine.accepts(node)
}

function freshMachine(automaton: Automaton, from?: readonly number[]): SubsetMachine {
  const perNode = automaton.states.length + automaton.breakpoints.length
  return subsetMachine(automaton, { nodes: Math.max(8, Math.floor(machineMemory / perNode)) }, from)
}
