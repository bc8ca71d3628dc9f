import type { LedgerBar } from "./bars.ts"
import type { AppendRow, LedgerReport, SizeRow } from "./ledger.ts"

/** The tables and the bars as lines for a terminal. */
export function printedLedgerReport(
  { limits, appends, sizes }: LedgerReport,
  bars: readonly LedgerBar[],
): string[] {
  return [
    `this machine: one fsync p50 ${limits.fsyncP50Ms.toFixed(3)} ms, p99 ${limits.fsyncP99Ms.toFixed(3)} ms; ` +
      `${thousands(limits.nodeHashesPerSecond)} hashes of a node a second`,
    "",
    row("writers", "entries/s", "p50 ms", "p99 ms", "bytes", "hypercore"),
    ...appends.map(appendRow),
    "",
    row("entries", "grow/s", "bytes", "start ms", "MB", "proof p50", "proof p99", "verify/s", "a core"),
    ...sizes.map(sizeRow),
    "",
    ...bars.map(barLine),
  ]
}

function appendRow(each: AppendRow): string {
  return row(
    String(each.writers),
    thousands(each.perSecond),
    each.p50Ms.toFixed(2),
    each.p99Ms.toFixed(2),
    each.bytesPerEntry.toFixed(0),
    each.hypercorePerSecond === null ? "-" : thousands(each.hypercorePerSecond),
  )
}

function sizeRow(each: SizeRow): string {
  return row(
    thousands(each.entries),
    thousands(each.growPerSecond),
    each.bytesPerEntry.toFixed(0),
    each.startMs.toFixed(0),
    (each.residentBytes / 1e6).toFixed(0),
    each.proofP50Ms.toFixed(3),
    each.proofP99Ms.toFixed(3),
    thousands(each.verifiedPerSecond),
    thousands(each.verifiedPerCpuSecond),
  )
}

const row = (...cells: string[]) => cells.map((cell) => cell.padStart(11)).join("")
const thousands = (value: number) => Math.round(value).toLocaleString("en-GB")

function barLine({ bar, found, limit, side, met }: LedgerBar): string {
  return `${met ? "met   " : "MISSED"} ${bar}: ${found.toFixed(2)}, ${side} ${limit}`
}
