import { expect, test } from "vitest"
import { isLongRun } from "../../e2e/long-run.ts"
import { benchInterconnect } from "./interconnect.ts"

test.runIf(isLongRun)(
  "a small bench gives every figure, and no wrong answer or stream",
  async () => {
    const report = await benchInterconnect({
      rounds: 1,
      seconds: 0.3,
      warmCalls: 3,
      streams: 20,
      events: 5,
      everyMs: 100,
    })
    expect(report.figures).toHaveLength(6)
    for (const { protocol, way, cpuMsPerCall, residentMb, ...numbers } of report.figures) {
      for (const value of Object.values(numbers))
        expect(value, `${protocol} ${way}`).toSatisfy(Number.isFinite)
      expect([cpuMsPerCall === null, residentMb === null]).toEqual([way === "direct", way === "direct"])
    }
    expect(report.streams.map(({ streams, events }) => [streams, events])).toEqual([
      [20, 100],
      [20, 100],
    ])
    expect([...report.figures, ...report.streams].filter(({ wrong }) => wrong > 0)).toEqual([])
  },
  120_000,
)
