import { setTimeout as delay } from "node:timers/promises"
import { processFigures, type ProcessFigures } from "../process/process-figures.ts"
import type { MemoryLeft, MemoryProbe } from "./memory-probe.ts"

const settleWithinMs = 60_000
const memoryShare = 1.05

/** What a process has open and holds once nothing is under way any more. */
export interface SettledFigures extends ProcessFigures {
  memory: MemoryLeft
}

export interface Settling {
  /** What it was before, to which it has to come back. */
  readonly goal?: SettledFigures | undefined
  /** Whether memory has to come back too: few messages cannot tell growth from warming up, and each look collects all garbage. */
  readonly withMemory?: boolean | undefined
}

/** Measure once things are calm: sockets that close and calls that are cancelled need a moment; what stays is a leak. */
export async function settledFigures(
  pid: number,
  probe: MemoryProbe,
  { goal, withMemory = true }: Settling = {},
): Promise<SettledFigures> {
  const until = performance.now() + settleWithinMs
  let memory = await probe.read(pid)
  let figures = processFigures(pid)
  for (let calm = 0; performance.now() < until;) {
    await delay(500)
    if (withMemory) memory = await probe.read(pid)
    const again = processFigures(pid)
    calm = again.openFiles === figures.openFiles && again.descendants === figures.descendants ? calm + 1 : 0
    figures = again
    const found = { ...figures, memory: withMemory || goal === undefined ? memory : goal.memory }
    if (goal !== undefined && problemsOf(goal, found).length === 0) break
    if (goal === undefined && calm >= 12) break
  }
  return { ...figures, memory }
}

/** What is left after the run that was not there before it. */
export function problemsOf(before: SettledFigures, after: SettledFigures): string[] {
  const more = (what: string, was: number, is: number) =>
    is > was ? [`${is - was} ${what} more than before`] : []
  const grown = (what: string, was: number, is: number) =>
    is > was * memoryShare ? [`${what} grew from ${mib(was)} to ${mib(is)} MiB`] : []
  return [
    ...more("open files", before.openFiles, after.openFiles),
    ...more("sockets", before.sockets, after.sockets),
    ...more("processes", before.descendants, after.descendants),
    ...grown("resident memory", before.memory.rss, after.memory.rss),
    ...grown("memory held by the program", before.memory.held, after.memory.held),
  ]
}

const mib = (bytes: number) => (bytes / 1024 / 1024).toFixed(1)
