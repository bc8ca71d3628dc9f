import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { isLongRun } from "../long-run.ts"
import { seeded } from "../seeded.ts"
import { type MemoryProbe, openMemoryProbe } from "../soak/memory-probe.ts"
import { type Recorder, startRecorder } from "../upstream/start-recorder.ts"
import { undecided } from "./forwarded.ts"
import { hostileBody } from "./hostile-body.ts"
import { attack } from "./hostile.ts"
import { startHufuGround } from "./hufu-target.ts"
import { startPlainTarget } from "./plain-target.ts"
import { type Ground, refusals } from "./refusals.ts"

let recorder: Recorder
let probe: MemoryProbe
beforeAll(async () => {
  recorder = await startRecorder({ keepAliveMs: 1000 })
  probe = await openMemoryProbe()
})
afterAll(async () => {
  await recorder.stop()
  await probe.close()
})

// Memory is left to the full run: so few messages cannot tell growth from warming up.
const firm = (problems: readonly string[]) => problems.filter((problem) => !problem.includes("grew"))

test("the same seed gives the same messages, and another seed others", () => {
  const some = (seed: number) => {
    const random = seeded(seed)
    return Array.from({ length: 50 }, (_, n) => hostileBody(random, `m${n}`).bytes.toString("base64"))
  }
  expect(some(1)).toEqual(some(1))
  expect(some(1)).not.toEqual(some(2))
})

test("a forwarded call needs a decision of its own: same tool, same arguments, as often as it was forwarded", () => {
  const call = (args: object) => ({
    jsonrpc: "2.0" as const,
    id: 1,
    method: "tools/call",
    params: { name: "add_note", arguments: args },
  })
  const decided = [{ tool: "add_note", arguments: { b: 1, a: "x" } }]
  expect(undecided([call({ a: "x", b: 1 })], decided)).toEqual([])
  expect(undecided([call({ a: "x", b: 2 })], decided)).toHaveLength(1)
  expect(undecided([call({ a: "x", b: 1 }), call({ a: "x", b: 1 })], decided)).toHaveLength(1)
  expect(undecided([{ jsonrpc: "2.0", id: 1, method: "resources/read" }], decided)).toHaveLength(1)
  expect(undecided([{ jsonrpc: "2.0", id: 1, method: "tools/list" }], [])).toEqual([])
})

// That the measure itself catches whoever decides nothing.
test.runIf(isLongRun)(
  "a proxy that decides nothing is caught forwarding",
  async () => {
    const target = await startPlainTarget(recorder, probe.env)
    const report = await attack(target, probe, { messages: 20, seed: 9, withMemory: false })
    await target.dispose()
    expect(report.problems.some((problem) => problem.includes("without a decision"))).toBe(true)
    expect(report.problems.filter((problem) => problem.includes("node ended"))).toEqual([])
  },
  120_000,
)

describe("a node", () => {
  let ground: Ground
  beforeAll(async () => {
    ground = await startHufuGround(recorder, probe.env)
  }, 60_000)
  afterAll(() => ground.target.dispose())

  test("forwards nothing that was not decided, fails at nothing and keeps nothing open", async () => {
    recorder.received()
    const report = await attack(ground.target, probe, { messages: 40, seed: 10, withMemory: false })
    expect(firm(report.problems)).toEqual([])
    expect(report.received).toBeGreaterThan(0)
  }, 180_000)

  test.each(refusals)(
    "stands firm: $name",
    async (refusal) => {
      expect(await refusal.run(ground)).toBeUndefined()
    },
    60_000,
  )
})
