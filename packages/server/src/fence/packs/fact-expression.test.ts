import { expect, test } from "vitest"
import { type FactExpression, factOf, type FactSource, recordKey } from "./fact-expression.ts"

const list = { argument: "/list" }
const source: FactSource = {
  arguments: { list: [{ n: 1 }, { n: 2 }, { n: 2 }], name: "ann", none: null, when: "2026-01-01T00:00:00" },
  lets: new Map<string, FactExpression>([
    ["first", { first: list }],
    ["itself", { let: "itself" }],
  ]),
  record: (kind, key) =>
    kind === "person" && key === recordKey(["ann"]) ? { age: 7, by: { x: "y" } } : undefined,
  records: (kind) => (kind === "person" ? [{ age: 7 }] : []),
  names: (value) => value === "ann" || value === "snow",
  now: Date.parse("2026-01-01T00:01:40+08:00"),
  zone: "+08:00",
}
const two: FactExpression = { equal: [{ item: "/n" }, { value: 2 }] }
const unknown: FactExpression = { argument: "/missing" }
const yes: FactExpression = { value: true }
const no: FactExpression = { value: false }

const cases: [expression: FactExpression, value: unknown][] = [
  [{ argument: "/list/1/n" }, 2],
  [{ argument: "/none" }, undefined],
  [{ let: "first", at: "/n" }, 1],
  [{ let: "itself" }, undefined],
  [{ record: "person", key: [{ argument: "/name" }], at: "/by/x" }, "y"],
  [{ record: "person", key: [unknown] }, undefined],
  [{ record: "person", key: [{ value: "bob" }] }, undefined],
  [{ count: { records: "person" } }, 1],
  [{ member: { value: { a: 1 } }, name: { value: "a" } }, 1],
  [{ member: { value: { a: 1 } }, name: { value: "constructor" } }, undefined],
  [{ has: { value: { a: 1 } }, name: { value: "constructor" } }, false],
  [{ has: unknown, name: { value: "a" } }, undefined],
  [{ each: list, as: { item: "/n" } }, [1, 2, 2]],
  [{ each: list, as: { item: "/m" } }, undefined],
  [{ count: list, where: two }, 2],
  [{ count: list, where: { equal: [{ item: "/m" }, { value: 2 }] } }, undefined],
  [{ some: list, where: two }, true],
  [{ every: list, where: two }, false],
  [{ some: list, where: { any: [two, unknown] } }, true],
  [{ last: list }, { n: 2 }],
  [{ in: { argument: "/name" }, of: { value: ["bob", "ann"] } }, true],
  [{ all: [no, unknown] }, false],
  [{ all: [yes, unknown] }, undefined],
  [{ any: [yes, unknown] }, true],
  [{ any: [no, unknown] }, undefined],
  [{ not: unknown }, undefined],
  [{ if: unknown, yes, no }, undefined],
  [{ if: no, yes: unknown, no: yes }, true],
  [{ known: [unknown, yes] }, true],
  [{ equal: [unknown, unknown] }, undefined],
  [{ equal: [{ value: { a: 1, b: 2 } }, { value: { b: 2, a: 1 } }] }, true],
  [{ product: [{ value: 3 }, { value: 4 }] }, 12],
  [{ product: [{ value: 2 ** 52 }, { value: 4 }] }, undefined],
  [{ age: { argument: "/when" } }, 100],
  [{ age: { argument: "/name" } }, undefined],
  [{ named: { argument: "/name" } }, true],
  [{ said: ["rain", "snow"] }, true],
  [{ said: ["rain"] }, false],
]

test.each(cases)("%j", (expression, value) => {
  expect(factOf(expression, source)).toEqual(value)
})

test("what would take too long is not known", () => {
  const many = { value: Array.from({ length: 400 }, (_, n) => n) }
  const squared: FactExpression = { every: many, where: { every: many, where: yes } }
  expect(factOf({ every: many, where: yes }, source)).toBe(true)
  expect(factOf(squared, source)).toBeUndefined()
})
