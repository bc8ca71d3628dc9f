import { seeded, type Seeded } from "../seeded.ts"
import { callAtOnce } from "./call-at-once.ts"
import { type Drop, dropConnection } from "./drop-connection.ts"
import type { MemoryProbe } from "./memory-probe.ts"
import { problemsOf, settledFigures, type SettledFigures } from "./settled-figures.ts"
import type { SoakTarget } from "./soak-target.ts"

export interface SoakOptions {
  connections: number
  seed: number
  /** Guards are whole processes, so there are fewer of them. */
  guards: number
  /** Whether memory counts: by default it does. */
  withMemory?: boolean
  say?: (line: string) => void
}

export interface SoakReport {
  seed: number
  dropped: Record<string, number>
  refused: number
  before: SettledFigures
  after: SettledFigures
  problems: string[]
}

const atOnce = 16
const warmShare = 0.25
const midCallShare = 0.25

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
  for (const door of target.doors.slice(0, 1)) await callAtOnce({ door, credential: target.credential })
  const { withMemory } = options
  const before = await settledFigures(target.pid, probe, { withMemory })
  options.say?.(`warm: ${JSON.stringify(before)}`)
  const plan = planDrops(options.connections, options.guards, random)
  const refused = await dropAll(target, plan, random)
  const after = await settledFigures(target.pid, probe, { goal: before, withMemory })
  return {
    seed: options.seed,
    dropped: countOf(plan),
    refused,
    before,
    after,
    problems: problemsOf(before, after),
  }
}

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

function countOf(plan: readonly Drop[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const drop of plan) counts[drop] = (counts[drop] ?? 0) + 1
  return counts
}
