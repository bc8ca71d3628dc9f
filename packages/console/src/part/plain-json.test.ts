import { assert, dictionary, jsonValue, property, string } from "fast-check"
import { expect, it } from "vitest"
import { makeVisible } from "@hufu/core/profile/visible-text"
import { readJsonObject, writeJson } from "./plain-json.ts"

it("reads what it writes, whatever the texts hold, and writes nothing that cannot be seen", () => {
  assert(
    property(dictionary(string({ unit: "binary" }), jsonValue({ stringUnit: "binary" })), (value) => {
      const text = writeJson(value as Parameters<typeof writeJson>[0]) // the generator makes plain JSON
      expect(makeVisible(text)).toBe(text)
      expect(JSON.stringify(readJsonObject(text))).toBe(JSON.stringify(value))
    }),
  )
})

it.each(["", "[]", "1", "null", "{", '"x"'])("takes no `%s` for an object", (text) => {
  expect(readJsonObject(text)).toBeUndefined()
})
