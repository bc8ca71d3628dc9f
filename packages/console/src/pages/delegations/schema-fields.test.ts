import { expect, test } from "vitest"
import { fieldsOf, readArguments } from "./schema-fields.ts"

const schema = {
  type: "object",
  properties: {
    id: { type: "string", description: "which note" },
    count: { type: "integer" },
    dry: { type: "boolean" },
    size: { enum: ["s", 1] },
    more: { type: "array" },
    ["__proto__"]: { type: "string" },
  },
  required: ["id"],
}

test("each argument has the field that its schema asks for", () => {
  const fields = fieldsOf(schema) ?? []
  expect(fields.map(({ name, kind, isRequired }) => [name, kind, isRequired])).toEqual([
    ["id", "text", true],
    ["count", "number", false],
    ["dry", "choice", false],
    ["size", "choice", false],
    ["more", "json", false],
    ["__proto__", "text", false],
  ])
  expect(fields[3]?.choices).toEqual(['"s"', "1"])
})

test("what is not of an object with members, or has too many, is written as JSON", () => {
  expect(fieldsOf(null)).toBeUndefined()
  expect(fieldsOf({ type: "object" })).toBeUndefined()
  const properties = Object.fromEntries(Array.from({ length: 31 }, (_, n) => [`a${n}`, {}]))
  expect(fieldsOf({ type: "object", properties })).toBeUndefined()
})

test("what was typed is read as its kind, and what is wrong or missing is named", () => {
  const fields = fieldsOf(schema) ?? []
  const typed = (entries: Record<string, string>) => readArguments(fields, new Map(Object.entries(entries)))
  expect(typed({ id: "1", count: "7", dry: "true", size: '"s"', more: "[1]" })).toEqual({
    value: { id: "1", count: 7, dry: true, size: "s", more: [1] },
    bad: [],
  })
  expect(typed({ count: "many", dry: "maybe", more: "[" }).bad).toEqual(["id", "count", "dry", "more"])
  const own = typed({ id: "1", ["__proto__"]: "x" }).value
  expect(Object.entries(own)).toContainEqual(["id", "1"])
  expect(Object.getPrototypeOf(own)).toBe(Object.prototype)
})
