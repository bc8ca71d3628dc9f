import { array, assert, constantFrom, integer, property, tuple } from "fast-check"
import { expect, it } from "vitest"
import { openContentIndex } from "./content-index.ts"

const nothing = openContentIndex()
const vocabulary = Array.from({ length: 4000 }, (_, at) => `w${at.toString(36)}x`)
const text = array(constantFrom(...vocabulary), { minLength: 40, maxLength: 200 })

it("knows thirteen words in a row again, wherever they are put, and nothing that only shares words", () => {
  assert(
    property(tuple(text, text, integer({ min: 0, max: 26 })), ([read, around, from]) => {
      const index = openContentIndex()
      index.add(read.join(" "))
      const row = read.slice(from, from + 13)
      expect(index.repeats([...around, ...row, ...around].join(", "), () => nothing)).toBe(true)
      const mixed = read.toSorted().toReversed()
      if (mixed.join(" ") !== read.join(" "))
        expect(index.repeats(around.join(" "), () => nothing)).toBe(false)
    }),
    { numRuns: 200 },
  )
})

it("knows a value again that is unlikely to be said by chance, and leaves out what the user said", () => {
  const index = openContentIndex()
  index.add("Your code is 483920, the key 1a7b3d99. Write to dora@example.com on 3 May.")
  expect(index.repeats("it is 483920", () => nothing)).toBe(true)
  expect(index.repeats("see 1A7B3D99", () => nothing)).toBe(true)
  expect(index.repeats("mail DORA@example.com", () => nothing)).toBe(true)
  expect(index.repeats("on 3 May", () => nothing)).toBe(false)
  const said = openContentIndex({ everyRow: true })
  said.add("tell them 483920")
  expect(index.repeats("it is 483920", () => said)).toBe(false)
})
