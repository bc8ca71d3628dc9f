import * as fc from "fast-check"
import { expect, test } from "vitest"
import { z } from "zod"
import { isJsonValue } from "./json-value.ts"

test("what JSON text can carry, as the schema says it, and nothing else", () => {
  const schema = z.json()
  fc.assert(
    fc.property(fc.anything({ withDate: false, maxDepth: 3 }), (value) => {
      expect(isJsonValue(value)).toBe(schema.safeParse(value).success)
    }),
  )
  fc.assert(fc.property(fc.jsonValue(), (value) => isJsonValue(value)))
  for (const value of [undefined, Number.NaN, Infinity, 1n, () => 1, Symbol("s"), [undefined], { a: [1n] }])
    expect(isJsonValue(value)).toBe(false)
})
