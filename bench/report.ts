import { barsOf, type Bar, type RoundResult } from "./bars.ts"
import type { VariantFigures } from "./measure-round.ts"
import { median } from "./statistics.ts"

/** The whole result of a bench, as it is written to its JSON file. */
export interface BenchReport {
  startedAt: string
  node: string
  cpus: number
  seconds: number
  notes: string[]
  rounds: RoundResult[]
  medians: Omit<VariantFigures, "variant">[]
  bars: Bar[]
}

/** The median of every figure over the rounds, one row per variant. */
export function mediansOf(rounds: readonly RoundResult[]): VariantFigures[] {
  const names = [
    ...new Set(rounds.flatMap((round) => round.figures.map((figures) => figures.variant))),
  ].sort()
  return names.map((variant) => {
    const all = rounds.flatMap((round) => round.figures.filter((figures) => figures.variant === variant))
    const of = (figure: keyof Omit<VariantFigures, "variant">) =>
      median(all.map((figures) => figures[figure] ?? Number.NaN))
    return {
      variant,
      sequentialP50Ms: of("sequentialP50Ms"),
      sequentialP99Ms: of("sequentialP99Ms"),
      perSecond: of("perSecond"),
      busyP50Ms: of("busyP50Ms"),
      busyP99Ms: of("busyP99Ms"),
      cpuMsPerCall: all.every((figures) => figures.cpuMsPerCall !== null) ? of("cpuMsPerCall") : null,
      calls: all.reduce((sum, figures) => sum + figures.calls, 0),
      wrong: all.reduce((sum, figures) => sum + figures.wrong, 0),
    }
  })
}

/** The table and the bars as lines for a terminal. */
export function printedReport(rounds: readonly RoundResult[], notes: readonly string[]): string[] {
  const fsync = (figure: "p50Ms" | "p99Ms") => median(rounds.map((round) => round.fsync[figure])).toFixed(3)
  return [
    row("variant", "p50 ms", "p99 ms", "calls/s", "16: p50", "16: p99", "CPU ms", "calls", "wrong"),
    ...mediansOf(rounds).map(figuresRow),
    "",
    `one durable append on this disk: p50 ${fsync("p50Ms")} ms, p99 ${fsync("p99Ms")} ms; ${rounds.length} rounds`,
    ...notes,
    "",
    ...barsOf(rounds).map(barLine),
  ]
}

function figuresRow(figures: VariantFigures): string {
  const { variant, calls, wrong } = figures
  const times = [figures.sequentialP50Ms, figures.sequentialP99Ms].map((value) => value.toFixed(3))
  const busy = [figures.busyP50Ms, figures.busyP99Ms].map((value) => value.toFixed(2))
  const cpu = figures.cpuMsPerCall?.toFixed(3) ?? "-"
  return row(variant, ...times, figures.perSecond.toFixed(0), ...busy, cpu, String(calls), String(wrong))
}

const row = (name: string, ...cells: string[]) =>
  name.padEnd(20) + cells.map((cell) => cell.padStart(9)).join("")

function barLine({ bar, found, limit, side, met }: Bar): string {
  const [middle, low, high] = [found.median, found.low, found.high].map((value) => value.toFixed(2))
  return `${met ? "met   " : "MISSED"} ${bar}: ${middle} [${low}, ${high}], ${side} ${limit.toFixed(2)}`
}
