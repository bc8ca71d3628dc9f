import { expect, test } from "vitest"
import { runChains } from "./run-chains.ts"

test(
  "no sequence of passing on, narrowing, renewing, revoking and concurrent calls lets through what the first mandate does not cover",
  { timeout: 120_000 },
  async () => {
    const whole = await runChains({ runs: 40, seed: 1, steps: 6, store: "disk", restartEvery: 20 })
    const many = await runChains({ runs: 200, seed: 1, steps: 12, store: "memory", restartEvery: 50 })
    expect([...whole.violations, ...many.violations]).toEqual([])
    // They say something only where effects went through chains.
    expect(whole.below).toBeGreaterThan(5)
    expect(many.below).toBeGreaterThan(200)
    expect(many.deepest).toBeGreaterThan(4)
    expect([whole.restarts, many.restarts]).toEqual([2, 4])
  },
)
