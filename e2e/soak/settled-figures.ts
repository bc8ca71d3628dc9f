import { setTimeout as delay } from "node:timers/promises"
import { processFigures, type ProcessFigures } from "../process/process-figures.ts"
import type { MemoryLeft, MemoryProbe } from "./memory-probe.ts"

const settleWithinMs = 60_000
const memoryShare = 1.05

/** What a process has open and holds once nothing is under way any more. */
export interface SettledFigures extends ProcessFigures {
  memory: MemoryLeft
}

/** Measure once things are calm: sockets that close and calls that are cancelled need a moment; what stays is a leak. */
export async function settledFigures(
  pid: number,
  probe: MemoryProbe,
  goal?: SettledFigures,
): Promise<SettledFigures> {
  const until = performance.now() + settleWithinMs
  let figures = await measure(pid, probe)
  for (let calm = 0; performance.now() < until;) {
    await delay(500)
    const again = await measure(pid, probe)
    calm = again.openFiles === figures.openFiles && again.descendants === figures.descendants ? calm + 1 : 0
    figures = again
    if (goal !== undefined && problemsOf(goal, figures).length === 0) break
    if (goal === undefined && calm >= 12) break
  }
  return figures
}

async function measure(pid: number, probe: MemoryProbe): Promise<SettledFigures> {
  const memory = await probe.read(pid)
  return { ...processFigures(pid), memory }
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
