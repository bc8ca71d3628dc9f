import { assert, constantFrom, property, record, string } from "fast-check"
import { expect, it } from "vitest"
import { Limit } from "@hufu/core/mandate/limit"
import { type LimitKind, limitKinds, listOf, readLimit } from "./limit-text.ts"

it.each<[LimitKind, string, object]>([
  ["path", "/home/ann/notes/", { under: "/home/ann/notes" }],
  ["oneOf", 'ann, bob，12, "12"', { values: ["ann", "bob", 12, "12"] }],
  ["equal", "true", { value: true }],
  ["equal", "null", { value: null }],
  ["host", "Example.com, *.example.org", { hosts: ["example.com", "*.example.org"] }],
  ["prefix", "INV-", { prefix: "INV-" }],
  ["range", "1..20.5", { min: 1, max: 20.5 }],
  ["range", "..-2", { max: -2 }],
  ["pattern", "[a-z]+", { pattern: "[a-z]+" }],
])("reads %s from `%s`", (kind, value, members) => {
  expect(readLimit({ argument: "to", kind, value })).toEqual({ argument: "/to", kind, ...members })
})

it.each<[LimitKind, string]>([
  ["path", "notes"],
  ["path", "/a/../b"],
  ["oneOf", " , "],
  ["equal", ""],
  ["host", "http://example.com/x"],
  ["prefix", ""],
  ["range", ".."],
  ["range", "1 to 2"],
  ["pattern", "[a"],
])("reads no %s from `%s`", (kind, value) => {
  expect(readLimit({ argument: "/to", kind, value })).toBeUndefined()
})

it("never throws, and what it reads is a limit of that kind", () => {
  const any = record({ argument: string(), kind: constantFrom(...limitKinds), value: string() })
  assert(
    property(any, (text) => {
      const limit = readLimit(text)
      if (limit) expect(Limit.parse(limit).kind).toBe(text.kind)
    }),
  )
})

it("separates lists by commas of both kinds and by lines", () => {
  expect(listOf("a, b，c\n\nd ,")).toEqual(["a", "b", "c", "d"])
})
