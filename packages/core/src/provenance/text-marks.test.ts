import * as fc from "fast-check"
import { expect, test } from "vitest"
import { marksOf, textMarks } from "./text-marks.ts"

test("what stands in a text is never said to be missing, and nearly all of what does not is", () => {
  const unit = fc.constantFrom("a", "b", "@", ".", " ", "虎", "é")
  const text = fc.string({ unit, maxLength: 400 })
  fc.assert(
    fc.property(text, fc.nat(), fc.nat(40), (given, from, length) => {
      const start = from % (given.length + 1)
      expect(textMarks(given).mayHold(marksOf(given.slice(start, start + length)))).toBe(true)
    }),
    { numRuns: 1_000 },
  )
  const long = textMarks(Array.from({ length: 2_000 }, (_, n) => `word${n * 7}`).join(" "))
  const missing = Array.from({ length: 1_000 }, (_, n) => `bob${n}@example.com`)
  expect(missing.filter((value) => long.mayHold(marksOf(value))).length).toBeLessThan(20)
})

test("what is shorter than a mark may stand anywhere, and nothing longer stands in what is shorter than one", () => {
  expect(textMarks("a text").mayHold(marksOf("zzzzz"))).toBe(true)
  expect(textMarks("").mayHold(marksOf(""))).toBe(true)
  expect(textMarks("a text of some length").mayHold(marksOf("another text"))).toBe(false)
})
