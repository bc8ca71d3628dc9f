import { expect, test } from "vitest"
import { runChains } from "./run-chains.ts"

test(
  "no sequence of passing on, narrowing, renewing, revoking and concurrent calls lets through what the first mandate does not cover",
  { timeout: 120_000 },
  async () => {
    const report = await runChains({ runs: 90, seed: 1, steps: 8, restartEvery: 30 })
    expect(report.violations).toEqual([])
    // It says something only where effects went through chains.
    expect(report.below).toBeGreaterThan(20)
    expect(report.deepest).toBeGreaterThan(2)
    expect(report.restarts).toBe(3)
  },
)
