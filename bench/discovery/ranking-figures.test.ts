import { expect, test } from "vitest"
import { mean, ndcgAt10, recallAt10 } from "./ranking-figures.ts"

const relevant = new Map([
  ["a", 3],
  ["b", 2],
  ["c", 1],
])
const filler = Array.from({ length: 10 }, (_, n) => `x${n}`)

test("recall counts what answers well among the first ten", () => {
  expect(recallAt10(["a", "x", "b"], relevant)).toBe(1)
  expect(recallAt10(["c", "b"], relevant)).toBe(0.5)
  expect(recallAt10([...filler, "a", "b"], relevant)).toBe(0)
  expect(recallAt10([], new Map([["c", 1]]))).toBeUndefined()
  const many = new Map(Array.from({ length: 20 }, (_, n) => [`m${n}`, 3]))
  expect(recallAt10([...many.keys()], many)).toBe(1)
})

test("nDCG is 1 in the best order and less in others, as computed by hand", () => {
  expect(ndcgAt10(["a", "b", "c"], relevant)).toBe(1)
  // (1 + 7/log2(3)) / (7 + 3/log2(3) + 1/2)
  expect(ndcgAt10(["c", "a"], relevant)).toBeCloseTo(
    (1 + 7 / Math.log2(3)) / (7 + 3 / Math.log2(3) + 0.5),
    10,
  )
  expect(ndcgAt10([...filler, "a"], relevant)).toBe(0)
  expect(ndcgAt10(["a"], new Map())).toBeUndefined()
})

test("a mean leaves out what has no answer", () => {
  expect(mean([1, undefined, 0.5])).toBe(0.75)
  expect(mean([undefined])).toBe(0)
})
