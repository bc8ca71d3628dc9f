import { expect, test } from "vitest"
import { isCedarRecord, isEntityUid } from "./cedar-value.ts"
import { entitiesFromJson, recordFromJson, uidFromJson, valueFromJson } from "./from-json.ts"

test("values are read in Cedar's JSON format", () => {
  expect(valueFromJson([1, "a", true])).toEqual([1, "a", true])
  expect(isEntityUid(valueFromJson({ __entity: { type: "User", id: "a" } }))).toBe(true)
  expect(valueFromJson({ __extn: { fn: "duration", arg: "1s" } })).toMatchObject({ value: 1000n })
  expect(valueFromJson(9_007_199_254_740_993n)).toBe(9_007_199_254_740_993n)
  expect(valueFromJson(7n)).toBe(7)
})

test("a record that has other members beside its type and id is no entity", () => {
  const read = valueFromJson({ type: "User", id: "a" })
  expect([isCedarRecord(read), isEntityUid(read)]).toEqual([true, false])
})

test("what is not Cedar's JSON is refused", () => {
  const deep = JSON.parse(`${"[".repeat(100)}${"]".repeat(100)}`)
  const bad = [
    null,
    undefined,
    1.5,
    2 ** 53,
    2n ** 63n,
    deep,
    { __entity: 1 },
    { __entity: { type: "A" } },
    { a: { __extn: { fn: "ip", arg: "x" } } },
    { __extn: { fn: "eval", arg: "x" } },
  ]
  for (const json of bad)
    expect(() => valueFromJson(json)).toThrow(expect.objectContaining({ code: "invalid_input" }))
  expect(() => uidFromJson("User::alice")).toThrow(expect.objectContaining({ code: "invalid_input" }))
})

test("an attribute named `__proto__` stays an attribute", () => {
  const record = recordFromJson(JSON.parse('{"__proto__": {"admin": true}}'))
  expect(Object.hasOwn(record, "__proto__")).toBe(true)
  expect(Object.hasOwn(record, "admin") || record["admin"] !== undefined).toBe(false)
})

const uid = (id: string) => ({ type: "G", id })

test("entities know everything that they are in, however far up", () => {
  const entities = entitiesFromJson([
    { uid: uid("a"), attrs: {}, parents: [uid("b")] },
    { uid: uid("b"), attrs: {}, parents: [uid("c"), uid("d")] },
  ])
  const found = entities.get(uidFromJson(uid("a")).key)
  expect([...(found?.ancestors ?? [])].toSorted()).toEqual(
    ["b", "c", "d"].map((id) => uidFromJson(uid(id)).key),
  )
})

test("an entity that is in itself, or is given twice, is refused", () => {
  const loop = [
    { uid: uid("a"), attrs: {}, parents: [uid("b")] },
    { uid: uid("b"), attrs: {}, parents: [uid("a")] },
  ]
  expect(() => entitiesFromJson(loop)).toThrow(/out of itself/)
  const twice = [
    { uid: uid("a"), attrs: {}, parents: [] },
    { uid: uid("a"), attrs: {}, parents: [] },
  ]
  expect(() => entitiesFromJson(twice)).toThrow(/only once/)
})
