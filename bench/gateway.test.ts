import { expect, test } from "vitest"
import { isLongRun } from "../e2e/long-run.ts"
import { benchGateway } from "./gateway.ts"

test.runIf(isLongRun)(
  "a small bench gives complete figures for every variant, and no wrong reply",
  async () => {
    const report = await benchGateway({ rounds: 1, seconds: 0.3, era: "legacy", peers: false, warmCalls: 3 })
    const measured = report.rounds.flatMap((round) => round.figures)
    const expected = ["direct", "plain-http", "hufu-http", "hufu-stdio"]
    expect(measured.map((figures) => figures.variant).sort()).toEqual(expected.sort())
    for (const { variant, cpuMsPerCall, ...numbers } of measured) {
      expect(numbers.wrong, variant).toBe(0)
      for (const value of Object.values(numbers)) expect(value, variant).toSatisfy(Number.isFinite)
      expect(numbers.calls, variant).toBeGreaterThan(0)
      if (variant !== "direct") expect(cpuMsPerCall, variant).toBeGreaterThanOrEqual(0)
    }
  },
  60_000,
)

// All the nodes and servers of the first once more, so that it is left to `npm run long`.
test.runIf(isLongRun)(
  "a bench in the modern era gives figures too",
  async () => {
    const report = await benchGateway({ rounds: 1, seconds: 0.2, era: "modern", peers: false, warmCalls: 3 })
    expect(report.rounds[0]?.figures.every((figures) => figures.wrong === 0 && figures.calls > 0)).toBe(true)
  },
  60_000,
)
