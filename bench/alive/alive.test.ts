import { expect, test } from "vitest"
import { benchAlive } from "./alive.ts"

test("a small bench is answered in full", async () => {
  const report = await benchAlive({ agents: 2, connections: 2, perSecond: 100, seconds: 1, batch: 5 })
  expect(report.last).toMatchObject({ done: true, sent: 100, accepted: 100, wrong: 0, waiting: 0 })
  expect(report.alive).toBe(2)
  expect(report.memory.at(-1)?.heapMiB).toBeGreaterThan(1)
  expect(report.cpuMsPerBeat).toBeGreaterThan(0)
  // A heartbeat is no entry of the ledger.
  expect(report.ledgerGrew).toBe(0)
}, 60_000)
