import { expect, test } from "vitest"
import { compareRuns } from "./compare-runs.ts"
import type { Check, Status } from "./run-suite.ts"

const check = (id: string, status: Status): Check => ({ scenario: "ping", id, name: id, status })

test("equal runs have no difference", () => {
  expect(compareRuns([check("a", "SUCCESS")], [check("a", "SUCCESS")])).toEqual([])
})

test("a check that fails only through the gateway is worse, the reverse is not", () => {
  const pass = [check("a", "SUCCESS")]
  const fail = [check("a", "FAILURE")]
  expect(compareRuns(pass, fail)).toMatchObject([{ id: "a", isWorse: true }])
  expect(compareRuns(fail, pass)).toMatchObject([{ id: "a", isWorse: false }])
})

test("a check that is never reported through the gateway is worse", () => {
  expect(compareRuns([check("a", "SUCCESS")], [])).toMatchObject([{ through: "ABSENT", isWorse: true }])
})

test("a warning or a failure that only the gateway run reports is worse", () => {
  expect(compareRuns([], [check("a", "WARNING")])).toMatchObject([{ isWorse: true }])
})

test("an id that is reported twice is compared in order", () => {
  const direct = [check("a", "SUCCESS"), check("a", "SUCCESS")]
  const through = [check("a", "SUCCESS"), check("a", "FAILURE")]
  expect(compareRuns(direct, through)).toHaveLength(1)
})

test("notes are not compared, for their number depends on timing", () => {
  expect(compareRuns([check("event", "INFO")], [])).toEqual([])
})
