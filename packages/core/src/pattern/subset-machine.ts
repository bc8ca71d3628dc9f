/* oxlint-disable typescript/no-non-null-assertion -- index maths: every index comes from the array it indexes */
import type { CodePoints } from "./code-points.ts"
import type { Automaton } from "./automaton.ts"
import { type Effort, spend } from "./effort.ts"

/**
 * The deterministic machine of an automaton, made step by step as it is used. Its nodes are numbers; `step` gives
 * `undefined` once it would need more nodes or more work than allowed, and the caller decides what that means.
 */
export interface SubsetMachine {
  readonly start: number
  accepts(node: number): boolean
  step(node: number, codePoint: number): number | undefined
  /** The states of the automaton that a node stands for: another machine can go on from them. */
  statesOf(node: number): readonly number[]
}

export interface MachineBounds {
  readonly nodes: number
  readonly effort?: Effort
}

/** Looking at this many states takes about as long as one step of a search. */
const statesPerStep = 4

interface Node {
  readonly reads: readonly number[]
  readonly accepts: boolean
  /** One target per class of characters; -1 where it is not known yet. */
  readonly targets: Int32Array
}

/** Makes the machine that starts at `from`, the automaton's own start unless given. */
export function subsetMachine(
  automaton: Automaton,
  bounds: MachineBounds,
  from: readonly number[] = [automaton.start],
): SubsetMachine {
  const nodes: Node[] = []
  const byReads = new Map<string, number>()
  const closure = closureOf(automaton)
  const classOf = classFinder(automaton.breakpoints)

  const nodeOf = (entries: readonly number[]): number | undefined => {
    const { reads, accepts } = closure(entries)
    const key = `${accepts ? "!" : ""}${reads.join()}`
    const known = byReads.get(key)
    if (known !== undefined) return known
    if (nodes.length >= Math.max(bounds.nodes, 1)) return undefined
    byReads.set(key, nodes.length)
    return nodes.push({ reads, accepts, targets: new Int32Array(automaton.breakpoints.length).fill(-1) }) - 1
  }

  const step = (at: number, codePoint: number): number | undefined => {
    const node = nodes[at]!
    const group = classOf(codePoint)
    const known = node.targets[group]!
    if (known >= 0) return known
    if (bounds.effort && !spend(bounds.effort, node.reads.length / statesPerStep)) return undefined
    const target = nodeOf(entriesAfter(automaton, node.reads, codePoint))
    if (target !== undefined) node.targets[group] = target
    return target
  }

  // The first node always fits.
  const start = nodeOf(from) ?? 0
  return { start, accepts: (at) => nodes[at]!.accepts, step, statesOf: (at) => nodes[at]!.reads }
}

function entriesAfter({ states }: Automaton, reads: readonly number[], codePoint: number): number[] {
  const entries: number[] = []
  for (const id of reads) {
    const state = states[id]!
    if (state.kind === "read" && holds(state.of, codePoint)) entries.push(state.next)
  }
  return entries
}

/** All reading states that are reached from some states without reading. */
function closureOf({ states }: Automaton) {
  const seen = new Uint32Array(states.length)
  let turn = 0
  return (entries: readonly number[]): { reads: number[]; accepts: boolean } => {
    turn += 1
    const reads: number[] = []
    let accepts = false
    const open = [...entries]
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (seen[id] === turn) continue
      seen[id] = turn
      const state = states[id]!
      if (state.kind === "accept") accepts = true
      else if (state.kind === "read") reads.push(id)
      else open.push(...state.next)
    }
    return { reads: reads.sort((a, b) => a - b), accepts }
  }
}

function holds(set: CodePoints, codePoint: number): boolean {
  for (const [first, last] of set) if (codePoint <= last) return codePoint >= first
  return false
}

function classFinder(breakpoints: readonly number[]): (codePoint: number) => number {
  const search = (codePoint: number): number => {
    let low = 0
    let high = breakpoints.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (breakpoints[middle]! <= codePoint) low = middle
      else high = middle - 1
    }
    return low
  }
  const ascii = Uint16Array.from({ length: 128 }, (_, codePoint) => search(codePoint))
  return (codePoint) => (codePoint < 128 ? ascii[codePoint]! : search(codePoint))
}
