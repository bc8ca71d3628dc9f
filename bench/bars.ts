import type { VariantFigures } from "./measure-round.ts"
import { bootstrapMedian, type Interval, median } from "./statistics.ts"
import type { VariantName } from "./variants.ts"

/** What the bench found in all rounds. */
export interface RoundResult {
  figures: VariantFigures[]
  fsync: { p50Ms: number; p99Ms: number }
}

/** One promise about cost: what was found beside what was promised. */
export interface Bar {
  bar: string
  found: Interval
  limit: number
  /** Whether the figure has to stay below or above its limit. */
  side: "at most" | "at least"
  met: boolean
}

const addedMs = 0.7
const includedFsyncMs = 0.3

type Figure = "sequentialP50Ms" | "perSecond"

/** Hold the rounds against each bar whose variants were measured. */
export function barsOf(rounds: readonly RoundResult[]): Bar[] {
  const fsyncMs = median(rounds.map((round) => round.fsync.p50Ms))
  const added = addedMs + Math.max(0, fsyncMs - includedFsyncMs)
  return [
    bar(
      "sequential p50, Hufu / mcp-proxy, same stdio server",
      perRound(rounds, "hufu-stdio", "mcp-proxy-stdio", "sequentialP50Ms", ratio),
      "at most",
      1,
    ),
    bar(
      "throughput of 16 clients, Hufu / mcp-proxy, same stdio server",
      perRound(rounds, "hufu-stdio", "mcp-proxy-stdio", "perSecond", ratio),
      "at least",
      1,
    ),
    bar(
      "throughput of 16 clients, Hufu / plain proxy, HTTP",
      perRound(rounds, "hufu-http", "plain-http", "perSecond", ratio),
      "at least",
      0.6,
    ),
    bar(
      "sequential p50 that Hufu adds to the plain proxy, ms",
      perRound(rounds, "hufu-http", "plain-http", "sequentialP50Ms", difference),
      "at most",
      added,
    ),
  ].flatMap((found) => found ?? [])
}

const ratio = (a: number, b: number) => a / b
const difference = (a: number, b: number) => a - b

// Rounds are compared with themselves: a slow minute of the machine slows both sides of a ratio.
function perRound(
  rounds: readonly RoundResult[],
  ours: VariantName,
  theirs: VariantName,
  figure: Figure,
  compare: (a: number, b: number) => number,
): number[] {
  return rounds.flatMap((round) => {
    const of = (name: VariantName) => round.figures.find((found) => found.variant === name)
    const [a, b] = [of(ours), of(theirs)]
    return a === undefined || b === undefined ? [] : [compare(a[figure], b[figure])]
  })
}

function bar(name: string, values: number[], side: Bar["side"], limit: number): Bar | undefined {
  if (values.length === 0) return undefined
  const found = bootstrapMedian(values)
  const met = side === "at most" ? found.median <= limit : found.median >= limit
  return { bar: name, found, limit, side, met }
}
