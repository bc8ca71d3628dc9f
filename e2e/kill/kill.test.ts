import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type Recorder, startRecorder } from "../upstream/start-recorder.ts"
import { startHufuTarget } from "./hufu-target.ts"
import { killRounds } from "./kill-rounds.ts"
import type { KillTarget } from "./kill-target.ts"
import { type PlantedFault, plantedFaults } from "./planted-faults.ts"
import { startPlantedTarget } from "./planted-target.ts"

let recorder: Recorder
beforeAll(async () => {
  recorder = await startRecorder()
})
afterAll(() => recorder.stop())

async function run(target: KillTarget, rounds: number, more: { until?: RegExp } = {}) {
  recorder.received() // what an earlier run left behind is not this run's
  try {
    return await killRounds(target, { rounds, seed: 11, clients: 8, received: recorder.received, ...more })
  } finally {
    await target.dispose()
  }
}

// How long a restart took is for the full run to judge, on a machine that does nothing else.
const firm = (problems: readonly string[]) => problems.filter((problem) => !problem.includes("restart took"))

// The words by which the run has to name each fault: seeing some other problem would prove nothing.
const seenAs: Record<PlantedFault, RegExp> = {
  "forward-first": /without a durable intent/,
  "lazy-intents": /not in the ledger|without a durable intent/,
  "repeat-unknown": /performed 2 times/,
  "leave-unmarked": /no outcome after the restart/,
  "forget-holds": /is gone after the restart/,
  "forget-budget": /the budget says/,
  "drop-tail": /lost or was rewritten|not in the ledger|without a durable intent/,
}

describe("the kill run", () => {
  test("finds nothing wrong with a gateway that keeps its promises", async () => {
    const report = await run(await startPlantedTarget(recorder.url), 3)
    expect(firm(report.problems)).toEqual([])
    expect(report.totals.acknowledged).toBeGreaterThan(0)
    expect(report.holdsKept).toBeGreaterThan(0)
  }, 60_000)

  test.each(plantedFaults)(
    "sees the planted fault %s",
    async (fault) => {
      const report = await run(await startPlantedTarget(recorder.url, fault), 8, { until: seenAs[fault] })
      expect(report.problems.join("\n")).toMatch(seenAs[fault])
    },
    60_000,
  )

  test("finds nothing wrong with a node that is killed three times", async () => {
    const report = await run(await startHufuTarget(recorder.url), 3)
    expect(firm(report.problems)).toEqual([])
    expect(report.totals.acknowledged).toBeGreaterThan(0)
    expect(report.totals.registered).toBeGreaterThan(0)
  }, 120_000)
})
