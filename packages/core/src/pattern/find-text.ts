/* oxlint-disable typescript/no-non-null-assertion -- index maths: every index comes from the array it indexes */
import type { Automaton } from "./automaton.ts"
import { type Effort, spend } from "./effort.ts"
import type { Language } from "./language.ts"
import { type SubsetMachine, subsetMachine } from "./subset-machine.ts"

/** What a search for a text found; `unknown` when it would have needed more than its bounds. */
export type FoundText =
  | { readonly kind: "found"; readonly text: string }
  | { readonly kind: "none" }
  | { readonly kind: "unknown" }

const maxNodes = 20_000
const maxMachineNodes = 4000
const usualSteps = 500_000

interface Visit {
  readonly nodes: readonly number[]
  readonly previous: number
  readonly character: string
}

/**
 * A shortest text of the language, by breadth-first search over the product of its automata. Characters that no
 * automaton tells apart are tried once, so the answer is exact over all of Unicode.
 */
export function findText(language: Language, effort: Effort = { left: usualSteps }): FoundText {
  const machines = language.automata.map((automaton) =>
    subsetMachine(automaton, { nodes: maxMachineNodes, effort }),
  )
  const isHopeless = hopelessness(language, machines)
  const characters = representatives(language.automata)
  const visits: Visit[] = [{ nodes: machines.map((machine) => machine.start), previous: -1, character: "" }]
  const seen = new Set([visits[0]!.nodes.join()])
  for (let at = 0; at < visits.length; at++) {
    const { nodes } = visits[at]!
    if (language.holds(nodes.map((node, i) => machines[i]!.accepts(node))))
      return { kind: "found", text: spell(visits, at) }
    if (isHopeless(nodes)) continue
    if (!spend(effort, characters.length)) return { kind: "unknown" }
    for (const { character, codePoint } of characters) {
      const next = stepAll(machines, nodes, codePoint)
      if (next === undefined) return { kind: "unknown" }
      const key = next.join()
      if (seen.has(key)) continue
      if (visits.length >= maxNodes) return { kind: "unknown" }
      seen.add(key)
      visits.push({ nodes: next, previous: at, character })
    }
  }
  return { kind: "none" }
}

/**
 * Whether no longer text can be in the language: all automata of one of its parts have nothing left to read, and
 * that part does not hold without them.
 */
function hopelessness({ parts = [] }: Language, machines: readonly SubsetMachine[]) {
  let end = 0
  const needed = parts.flatMap(({ automata, holds }) => {
    const start = end
    end += automata.length
    const isNeeded = !holds(automata.map(() => false))
    return isNeeded ? [{ start, end }] : []
  })
  const isSpent = (node: number, i: number) => machines[i]!.statesOf(node).length === 0
  return (nodes: readonly number[]): boolean =>
    needed.some(({ start, end }) => nodes.slice(start, end).every((node, i) => isSpent(node, start + i)))
}

function stepAll(
  machines: readonly SubsetMachine[],
  nodes: readonly number[],
  codePoint: number,
): number[] | undefined {
  const next: number[] = []
  for (let i = 0; i < machines.length; i++) {
    const node = machines[i]!.step(nodes[i]!, codePoint)
    if (node === undefined) return undefined
    next.push(node)
  }
  return next
}

function spell(visits: readonly Visit[], last: number): string {
  const characters: string[] = []
  for (let at = last; at > 0; at = visits[at]!.previous) characters.push(visits[at]!.character)
  return characters.toReversed().join("")
}

/** One character of every class that the automata together tell apart, the most readable first. */
function representatives(automata: readonly Automaton[]): { character: string; codePoint: number }[] {
  const starts = [...new Set([0, 0xd800, 0xe000, ...automata.flatMap((one) => one.breakpoints)])].sort(
    (a, b) => a - b,
  )
  const found = starts.flatMap((first, i) => {
    const last = (starts[i + 1] ?? 0x110000) - 1
    return first >= 0xd800 && first <= 0xdfff ? [] : [readableWithin(first, last)]
  })
  return found
    .sort((a, b) => readability(a) - readability(b))
    .map((codePoint) => ({ character: String.fromCodePoint(codePoint), codePoint }))
}

function readableWithin(first: number, last: number): number {
  const favourite = [0x61, 0x41, 0x30, 0x21].find((point) => point >= first && point <= last)
  return favourite ?? first
}

function readability(codePoint: number): number {
  if (codePoint >= 0x61 && codePoint <= 0x7a) return 0
  if (codePoint > 0x20 && codePoint < 0x7f) return 1
  return 2
}
