import { setTimeout as delay } from "node:timers/promises"
import { processFigures, type ProcessFigures } from "../process/process-figures.ts"
import { seeded, type Seeded } from "../seeded.ts"
import { type Drop, dropConnection } from "./drop-connection.ts"
import type { MemoryLeft, MemoryProbe } from "./memory-probe.ts"
import type { SoakTarget } from "./soak-target.ts"

export interface SoakOptions {
  connections: number
  seed: number
  /** Guards are whole processes, so there are fewer of them. */
  guards: number
  say?: (line: string) => void
}

export interface SoakFigures extends ProcessFigures {
  memory: MemoryLeft
}

export interface SoakReport {
  seed: number
  dropped: Record<string, number>
  refused: number
  before: SoakFigures
  after: SoakFigures
  problems: string[]
}

const atOnce = 16
const settleWithinMs = 20_000
const warmShare = 0.25
const midCallShare = 0.25
const memoryShare = 1.05

/** Drop connections until everything is warm, then drop the real number, and compare what is left open. */
export async function soak(
  target: SoakTarget,
  probe: MemoryProbe,
  options: SoakOptions,
): Promise<SoakReport> {
  const random = seeded(options.seed)
  const warm = planDrops(
    Math.max(atOnce * 4, options.connections * warmShare),
    options.guards > 0 ? 4 : 0,
    random,
  )
  await dropAll(target, warm, random)
  const before = await settled(target, probe)
  options.say?.(`warm: ${JSON.stringify(before)}`)
  const plan = planDrops(options.connections, options.guards, random)
  const refused = await dropAll(target, plan, random)
  const after = await settled(target, probe, before)
  return {
    seed: options.seed,
    dropped: countOf(plan),
    refused,
    before,
    after,
    problems: problemsOf(before, after),
  }
}

/** What is left after the run that was not there before it. */
export function problemsOf(before: SoakFigures, after: SoakFigures): string[] {
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

function planDrops(connections: number, guards: number, random: Seeded): Drop[] {
  const others: Drop[] = ["bare", "half-body", "after-reply", "after-reply", "open-stream"]
  const midCalls = Math.round(connections * midCallShare)
  return random.shuffled([
    ...Array.from({ length: guards }, (): Drop => "guard"),
    ...Array.from({ length: Math.max(0, midCalls - guards) }, (): Drop => "mid-call"),
    ...Array.from({ length: Math.round(connections) - midCalls }, () => random.pick(others)),
  ])
}

// A target under this load may refuse a connection; it is counted, and a target that refuses most proves nothing.
async function dropAll(target: SoakTarget, plan: readonly Drop[], random: Seeded): Promise<number> {
  let next = 0
  let refused = 0
  const worker = async () => {
    for (let at = next++; at < plan.length; at = next++) {
      const drop = plan[at] ?? "bare"
      await dropConnection(target, drop, random).catch(() => refused++)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return refused
}

// Sockets in their closing handshake and calls that are being cancelled need a moment; what stays is a leak.
async function settled(target: SoakTarget, probe: MemoryProbe, goal?: SoakFigures): Promise<SoakFigures> {
  const until = performance.now() + settleWithinMs
  let figures = await measure(target, probe)
  for (let calm = 0; performance.now() < until;) {
    await delay(500)
    const again = await measure(target, probe)
    calm = again.openFiles === figures.openFiles && again.descendants === figures.descendants ? calm + 1 : 0
    figures = again
    if (goal !== undefined && problemsOf(goal, figures).length === 0) break
    if (goal === undefined && calm >= 12) break
  }
  return figures
}

async function measure(target: SoakTarget, probe: MemoryProbe): Promise<SoakFigures> {
  const memory = await probe.read(target.pid)
  return { ...processFigures(target.pid), memory }
}

function countOf(plan: readonly Drop[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const drop of plan) counts[drop] = (counts[drop] ?? 0) + 1
  return counts
}
