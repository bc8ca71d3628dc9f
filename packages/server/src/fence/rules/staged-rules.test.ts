import { newId } from "@hufu/core/id"
import { expect, test } from "vitest"
import { loadRules } from "./load.ts"
import { type Stage, stageRules } from "./staged-rules.ts"

const rulesOf = (id: string) =>
  loadRules([{ layer: "user", name: "x", text: `@id("${id}") permit (principal, action, resource);` }])
const [base, draft] = [rulesOf("own/base"), rulesOf("own/draft")]
const names = new Map([["agt_a", "ann"]])
const staged = (stage: Partial<Stage>) =>
  stageRules(base, { draft, stage: { stage: "some", agents: [], share: 0, ...stage } }, (id) => names.get(id))

test("each stage decides about whom it says, and about nobody in particular as about everybody", () => {
  expect(staged({ stage: "off" })).toMatchObject({ draft: undefined })
  expect(staged({ stage: "off" }).inForce("agt_a", "tsk_a")).toBe(base)
  expect(staged({ stage: "shadow", agents: ["agt_a"], share: 99 }).inForce("agt_a", "tsk_a")).toBe(base)
  for (const agents of [["agt_a"], ["ann"]]) {
    expect(staged({ agents }).inForce("agt_a", "tsk_a")).toBe(draft)
    expect(staged({ agents }).inForce("agt_b", "tsk_a")).toBe(base)
    expect(staged({ agents }).inForce()).toBe(base)
  }
  expect(staged({ stage: "all" }).inForce("agt_b")).toBe(draft)
  expect(staged({ stage: "all" }).inForce()).toBe(draft)
})

test("a share of the tasks is always the same ones, a larger one holds a smaller one, and it is about as large as it says", () => {
  const tasks = Array.from({ length: 2000 }, (_, n) => newId("task", n))
  const inForce = (share: number) => {
    const rules = staged({ share })
    return tasks.filter((task) => rules.inForce("agt_b", task) === draft)
  }
  const [none, few, more] = [inForce(0), inForce(10), inForce(60)]
  expect(none).toEqual([])
  expect(few.length).toBeGreaterThan(100)
  expect(few.length).toBeLessThan(320)
  expect(few.filter((task) => !more.includes(task))).toEqual([])
  expect(inForce(10)).toEqual(few)
  // Before an agent has a task there is nothing to tell it by.
  expect(staged({ share: 99 }).inForce("agt_b", "")).toBe(base)
})

test("moving it takes effect at once, also with another draft", () => {
  const rules = staged({ stage: "shadow" })
  rules.move({ stage: "all", agents: [], share: 0 }, draft)
  expect(rules.inForce()).toBe(draft)
  const other = rulesOf("own/other")
  rules.move({ stage: "all", agents: [], share: 0 }, other)
  expect(rules.inForce("agt_b", "tsk_a")).toBe(other)
  rules.move({ stage: "off", agents: [], share: 0 }, other)
  expect(rules.inForce()).toBe(base)
})
