import { afterAll, beforeAll, expect, test } from "vitest"
import { type Recorder, startRecorder } from "../upstream/start-recorder.ts"
import { measureStop } from "./measure-stop.ts"
import { problemsOf, spendAtOnce } from "./spend-at-once.ts"

let recorder: Recorder
beforeAll(async () => {
  recorder = await startRecorder()
})
afterAll(() => recorder.stop())

// How long it took is for the full run to judge, on a machine that does nothing else.
const firm = (problems: readonly string[]) =>
  problems.filter((problem) => !problem.startsWith("the last refusal"))

test.each(["suspend", "stop-all"] as const)(
  "%s reaches every client, and nothing leaves afterwards",
  async (how) => {
    recorder.received()
    const result = await measureStop(recorder, { how, live: 16, holds: 4, queued: 4 })
    expect(firm(result.problems)).toEqual([])
    expect(result.cancelledHolds).toBe(4)
  },
  120_000,
)

test("a budget that many spend at once is spent to the last and never beyond", async () => {
  expect((await spendAtOnce(recorder, 16, 40)).problems).toEqual([])
}, 60_000)

test("an overspent, an unfinished and a miscounted budget are problems", () => {
  const right = { budget: 5, performed: 5, served: 5, spent: 5 }
  expect(problemsOf(right)).toEqual([])
  expect(problemsOf({ ...right, performed: 6, served: 6, spent: 6 }).join()).toMatch(/on a budget of 5/)
  expect(problemsOf({ ...right, performed: 4, served: 4, spent: 4 }).join()).toMatch(/4 of 5/)
  expect(problemsOf({ ...right, spent: 4 }).join()).toMatch(/says that 4 are spent/)
})
