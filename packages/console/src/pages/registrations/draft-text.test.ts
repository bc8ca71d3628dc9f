import { expect, test } from "vitest"
import { emptyDraft, faultsIn, textIn, valueIn, withValue } from "./draft-text.ts"

test("a place of a draft is read, written and taken away, and nothing else changes", () => {
  const named = withValue(emptyDraft, ["developer", "name"], "Example")
  expect(textIn(named, ["developer", "name"])).toBe("Example")
  expect(Object.keys(named)).toEqual(Object.keys(emptyDraft))
  expect(textIn(emptyDraft, ["developer", "name"])).toBe("")
  const two = withValue(named, ["skills", 1, "id"], "plan")
  expect(valueIn(two, ["skills", 1])).toEqual({ id: "plan" })
  expect(withValue(two, ["skills", 1], undefined)).toEqual(named)
  expect(withValue(named, ["price"], undefined)).toEqual(named)
  expect(withValue({ name: [1] }, ["name", "of"], "x")).toEqual({ name: { of: "x" } })
})

test("what is not acceptable is named by its place until nothing is left", () => {
  const places = faultsIn(emptyDraft).map(({ path }) => path)
  expect(places).toContain("/name")
  expect(places).toContain("/skills/0/id")
  expect(new Set(places).size).toBe(places.length)
  expect(faultsIn(emptyDraft).every(({ message }) => message === null)).toBe(true)
  const misnamed = faultsIn(withValue(emptyDraft, ["name"], "No name")).find(({ path }) => path === "/name")
  expect(misnamed?.message).toContain("lower case")
  const filled: readonly (readonly [(string | number)[], string])[] = [
    [["name"], "com.example/planner"],
    [["title"], "Planner"],
    [["description"], "Plans journeys."],
    [["developer", "name"], "Example"],
    [["interfaces", 0, "url"], "https://agent.example.com/a2a"],
    [["skills", 0, "id"], "plan"],
    [["skills", 0, "name"], "Plan"],
    [["skills", 0, "description"], "Plans a journey."],
  ]
  expect(
    faultsIn(filled.reduce((draft, [path, value]) => withValue(draft, path, value), emptyDraft)),
  ).toEqual([])
})
