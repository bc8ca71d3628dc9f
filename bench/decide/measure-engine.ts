import { quantile } from "../statistics.ts"
import type { Engine } from "./engine.ts"
import type { MadeAction } from "./made-rules.ts"

/** How long an engine takes to decide, in microseconds. */
export interface EngineFigures {
  readonly name: string
  readonly rules: number
  readonly loadMs: number
  readonly p50Us: number
  readonly p99Us: number
  readonly perSecond: number
  readonly decisions: number
  /** What it answered, to be compared with the others. */
  readonly answers: readonly boolean[]
}

interface Budget {
  readonly actions: readonly MadeAction[]
  /** How many decisions are measured at most; at least one of each action. */
  readonly most: number
  /** After how long a slow engine is let off. */
  readonly ms: number
}

/** Asks the engine about every action once, to warm it and to compare, then again and again. */
export function measureEngine(engine: Engine, rules: number, { actions, most, ms }: Budget): EngineFigures {
  const asks = actions.map((action) => engine.prepare(action))
  const answers = asks.map((ask) => ask())
  for (const until = performance.now() + ms / 4; performance.now() < until;)
    for (const ask of asks.slice(0, 50)) ask()
  const took: number[] = []
  const begun = performance.now()
  for (let n = 0; took.length < most && performance.now() - begun < ms; n += 1) {
    const ask = asks[n % asks.length]
    const start = process.hrtime.bigint()
    ask?.()
    took.push(Number(process.hrtime.bigint() - start) / 1_000)
  }
  const total = took.reduce((sum, one) => sum + one, 0)
  took.sort((a, b) => a - b)
  return {
    name: engine.name,
    rules,
    loadMs: engine.loadMs,
    p50Us: quantile(took, 0.5),
    p99Us: quantile(took, 0.99),
    perSecond: took.length / (total / 1e6),
    decisions: took.length,
    answers,
  }
}
