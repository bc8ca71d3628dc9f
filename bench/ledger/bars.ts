import type { AppendRow, LedgerReport } from "./ledger.ts"

/** One promise about the ledger: what was found beside what was promised. */
export interface LedgerBar {
  bar: string
  found: number
  limit: number
  side: "at most" | "at least"
  met: boolean
}

const atLeast = (bar: string, found: number, limit: number): LedgerBar => ({
  bar,
  found,
  limit,
  side: "at least",
  met: found >= limit,
})
const atMost = (bar: string, found: number, limit: number): LedgerBar => ({
  bar,
  found,
  limit,
  side: "at most",
  met: found <= limit,
})

/** Hold a report against every bar whose figures it has. */
export function ledgerBars({ limits, appends, sizes }: LedgerReport): LedgerBar[] {
  const of = (writers: number) => appends.find((row) => row.writers === writers)
  const largest = sizes.at(-1)
  const smallest = sizes[0]
  return [
    ...appends.flatMap(besideHypercore),
    ...(of(256) ? [atLeast("durable entries/s of 256 writers", of(256)?.perSecond ?? 0, 40_000)] : []),
    ...(of(16)
      ? [
          atMost(
            "p99 of a commit with 16 writers / p99 of an fsync",
            (of(16)?.p99Ms ?? 0) / limits.fsyncP99Ms,
            3,
          ),
        ]
      : []),
    ...(largest
      ? [
          atMost(`proof at ${largest.entries} entries, p99 ms`, largest.proofP99Ms, 5),
          atMost(`start at ${largest.entries} entries, ms`, largest.startMs, 3000),
          atMost(`memory after that start, MB`, largest.residentBytes / 1e6, 300),
          atLeast(`verified entries/s of one core`, largest.verifiedPerCpuSecond, 150_000),
        ]
      : []),
    ...(largest && smallest && largest !== smallest
      ? [
          atLeast(
            `growth at ${largest.entries} / at ${smallest.entries} entries`,
            largest.growPerSecond / smallest.growPerSecond,
            0.8,
          ),
        ]
      : []),
  ]
}

function besideHypercore({ writers, perSecond, hypercorePerSecond }: AppendRow): LedgerBar[] {
  return hypercorePerSecond === null
    ? []
    : [atLeast(`${writers} writers, Hufu / hypercore at that batch`, perSecond / hypercorePerSecond, 1)]
}
