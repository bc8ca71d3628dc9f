import { expect, test } from "vitest"
import { addLongs, isLong, multiplyLongs, subtractLongs, toLong } from "./long.ts"

const largest = 9_223_372_036_854_775_807n
const smallest = -9_223_372_036_854_775_808n

test("a long is a number while it is safe and a bigint beyond", () => {
  expect(toLong(42n)).toBe(42)
  expect(toLong(9_007_199_254_740_991n)).toBe(9_007_199_254_740_991)
  expect(toLong(9_007_199_254_740_992n)).toBe(9_007_199_254_740_992n)
  expect(toLong(largest + 1n)).toBeUndefined()
  expect(toLong(smallest - 1n)).toBeUndefined()
})

test("only exact integers of at most 64 bits, in their one representation, are longs", () => {
  for (const value of [0, -1, Number.MAX_SAFE_INTEGER, largest, smallest]) expect(isLong(value)).toBe(true)
  for (const value of [1.5, Number.NaN, 2 ** 53, 42n, largest + 1n, "1", null])
    expect(isLong(value)).toBe(false)
})

test("arithmetic is exact where floating point would round", () => {
  expect(addLongs(Number.MAX_SAFE_INTEGER, 2)).toBe(9_007_199_254_740_993n)
  expect(subtractLongs(9_007_199_254_740_993n, 2)).toBe(Number.MAX_SAFE_INTEGER)
  expect(multiplyLongs(3_037_000_499, 3_037_000_499)).toBe(9_223_372_030_926_249_001n)
  expect(Object.is(multiplyLongs(0, -5), 0)).toBe(true)
})

test("arithmetic that leaves 64 bits has no result", () => {
  expect(addLongs(largest, 1)).toBeUndefined()
  expect(subtractLongs(smallest, 1)).toBeUndefined()
  expect(subtractLongs(0, smallest)).toBeUndefined()
  expect(multiplyLongs(3_037_000_500, 3_037_000_500)).toBeUndefined()
})
