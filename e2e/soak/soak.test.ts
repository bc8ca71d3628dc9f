import { expect, test } from "vitest"
import { isLongRun } from "../long-run.ts"
import { startRecorder } from "../upstream/start-recorder.ts"
import { openMemoryProbe } from "./memory-probe.ts"
import { problemsOf, type SettledFigures } from "./settled-figures.ts"
import { soak } from "./soak.ts"
import { startHufuTarget, startPlainTarget } from "./soak-target.ts"

async function smallSoak(start: typeof startPlainTarget, guards: number) {
  const recorder = await startRecorder({ keepAliveMs: 1000 })
  const probe = await openMemoryProbe()
  const target = await start(recorder.url, probe)
  try {
    return await soak(target, probe, {
      connections: 40,
      seed: 3,
      withMemory: false,
      guards: target.guard === undefined ? 0 : guards,
    })
  } finally {
    await target.dispose()
    await probe.close()
    await recorder.stop()
  }
}

// Memory is left to the full run: forty connections are too few to tell growth from warming up.
const counts = (problems: readonly string[]) => problems.filter((problem) => !problem.includes("grew"))

// That the measure itself finds nothing where nothing is.
test.runIf(isLongRun)(
  "a proxy that keeps nothing has nothing left after its connections were dropped",
  async () => {
    const report = await smallSoak(startPlainTarget, 0)
    expect(counts(report.problems)).toEqual([])
    expect(report.dropped["mid-call"]).toBe(10)
    expect(report.refused).toBe(0)
  },
  90_000,
)

test("a node has no socket, file or process left after its connections were dropped", async () => {
  const report = await smallSoak(startHufuTarget, 2)
  expect(counts(report.problems)).toEqual([])
  expect(report.refused).toBe(0)
}, 120_000)

test("whatever is left over is named", () => {
  const before: SettledFigures = {
    openFiles: 20,
    sockets: 5,
    descendants: 1,
    residentBytes: 0,
    memory: { rss: 100 * 1024 * 1024, held: 20 * 1024 * 1024 },
  }
  const after = {
    ...before,
    openFiles: 22,
    sockets: 6,
    descendants: 2,
    memory: { rss: 120 * 1024 * 1024, held: 1 },
  }
  expect(problemsOf(before, before)).toEqual([])
  expect(problemsOf(before, after)).toEqual([
    "2 open files more than before",
    "1 sockets more than before",
    "1 processes more than before",
    "resident memory grew from 100.0 to 120.0 MiB",
  ])
})
