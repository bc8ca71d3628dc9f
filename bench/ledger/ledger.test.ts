import { expect, test } from "vitest"
import { isLongRun } from "../../e2e/long-run.ts"
import { ledgerBars } from "./bars.ts"
import { benchLedger } from "./ledger.ts"

test.runIf(isLongRun)(
  "a small bench of the ledger gives every figure, and a ledger that verifies",
  async () => {
    const report = await benchLedger({ rounds: 1, seconds: 0.1, sizes: [600, 1200], peers: false })
    expect(report.appends.map((row) => row.writers)).toEqual([1, 16, 64, 256])
    for (const { hypercorePerSecond, ...figures } of report.appends) {
      expect(hypercorePerSecond).toBeNull()
      for (const value of Object.values(figures)) expect(value).toBeGreaterThan(0)
    }
    expect(report.sizes.map((row) => row.entries)).toEqual([600, 1200])
    for (const figures of report.sizes)
      for (const [name, value] of Object.entries(figures)) expect(value, name).toBeGreaterThan(0)
    const bars = ledgerBars(report)
    expect(bars.map((bar) => bar.side)).toContain("at least")
    for (const { found } of bars) expect(found).toSatisfy(Number.isFinite)
  },
  60_000,
)
