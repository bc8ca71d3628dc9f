import { array, assert, boolean, integer, property, tuple } from "fast-check"
import { expect, it } from "vitest"
import { openRowElements } from "./row-elements.ts"

const rowsFrom = (first: number, count: number) => Array.from({ length: count }, (_, at) => first + at)

it("shows every row in one element of its own and in order, and leaves rows that are held where they are, wherever one scrolls", () => {
  assert(
    property(array(tuple(integer({ min: 0, max: 60 }), integer({ min: 0, max: 30 }), boolean())), (moves) => {
      const elements = openRowElements()
      let before = new Map<number, number>()
      for (const [first, count, isHeld] of moves) {
        const rows = rowsFrom(first, count)
        const shown = elements.show(rows, isHeld)
        const now = new Map(shown.map(({ row, element }) => [row, element]))
        expect(shown.map(({ row }) => row)).toEqual(rows)
        expect(new Set(now.values()).size).toBe(count)
        if (isHeld) for (const [row, element] of before) if (now.has(row)) expect(now.get(row)).toBe(element)
        before = now
      }
    }),
  )
})

it("makes no element while as many rows are in view, and moves only a few", () => {
  const elements = openRowElements()
  const show = (first: number) => elements.show(rowsFrom(first, 12), false).map(({ element }) => element)
  const order = show(0)
  for (const first of [4, 40, 4000, 12]) expect(show(first)).toEqual(order)
  expect(show(14)).toEqual([...order.slice(2), ...order.slice(0, 2)])
  expect(show(13)).toEqual([order[1], ...order.slice(2), order[0]])
})
