import { array, assert, boolean, integer, property, tuple } from "fast-check"
import { expect, it } from "vitest"
import { openRowElements } from "./row-elements.ts"

const rowsFrom = (first: number, count: number) => Array.from({ length: count }, (_, at) => first + at)

it("shows every row in one element of its own, and leaves rows that stay where they are, wherever one scrolls", () => {
  assert(
    property(array(tuple(integer({ min: 0, max: 60 }), integer({ min: 0, max: 30 }), boolean())), (moves) => {
      const elements = openRowElements()
      let before = new Map<number, number>()
      for (const [first, count, isAtRest] of moves) {
        const rows = rowsFrom(first, count)
        const shown = elements.show(rows, isAtRest)
        const now = new Map(shown.map(({ row, element }) => [row, element]))
        expect(new Set(now.values()).size).toBe(count)
        expect([...now.keys()].toSorted((a, b) => a - b)).toEqual(rows)
        for (const [row, element] of before) if (now.has(row)) expect(now.get(row)).toBe(element)
        if (isAtRest) expect([...now.keys()]).toEqual(rows)
        before = now
      }
    }),
  )
})

it("makes no element while as many rows are in view, and moves none before one has come to rest", () => {
  const elements = openRowElements()
  const order = elements.show(rowsFrom(0, 10), true).map(({ element }) => element)
  for (const first of [3, 40, 4000, 12])
    expect(elements.show(rowsFrom(first, 10), false).map(({ element }) => element)).toEqual(order)
  const atRest = elements.show(rowsFrom(15, 10), true)
  expect(atRest.map(({ row }) => row)).toEqual(rowsFrom(15, 10))
  expect(new Set(atRest.map(({ element }) => element))).toEqual(new Set(order))
})
