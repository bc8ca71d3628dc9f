import { expect, test } from "vitest"
import { differences } from "./differences.ts"

test("the same values have no differences, whatever the order of their members", () => {
  expect(differences({ a: [1, { b: null }], c: "x" }, { c: "x", a: [1, { b: null }] })).toEqual([])
})

test("a member that is lost, added, changed or of another kind is a difference", () => {
  expect(differences({ a: 1 }, {})).toEqual(["/a: 1 became nothing"])
  expect(differences({}, { a: null })).toEqual(["/a: nothing became null"])
  expect(differences([{ a: 1 }], [{ a: 2 }])).toEqual(["/0/a: 1 became 2"])
  expect(differences([], {})).toEqual(["/: [] became {}"])
  expect(differences([1, 2], [1])).toEqual(["/1: 2 became nothing"])
})
