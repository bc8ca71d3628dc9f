import { expect, test } from "vitest"
import { type CedarRecord, entityUid, UNKNOWN } from "./cedar-value.ts"
import { compileExpression } from "./compile-expression.ts"
import { entityStore } from "./entities.ts"
import { FALSE, FAULT, OTHER, possibilities, TRUE } from "./outcome.ts"

const user = entityUid("User", "alice")
const entities = entityStore([{ uid: user, attributes: { grade: UNKNOWN }, tags: { t: UNKNOWN } }])

const facts: CedarRecord = {
  u: UNKNOWN,
  known: true,
  deep: { u: UNKNOWN, k: 1 },
  members: [UNKNOWN, 2],
  records: [{ kind: "path", own: UNKNOWN }],
  one: [1],
}

function may(json: unknown): number {
  const request = { principal: user, action: user, resource: user, context: facts }
  return possibilities(compileExpression(json)({ ...request, entities }))
}

const lit = (value: unknown) => ({ Value: value })
const of = (operator: string, left: unknown, right: unknown) => ({ [operator]: { left, right } })
const get = (left: unknown, attr: string) => ({ ".": { left, attr } })
const fact = (name: string) => get({ Var: "context" }, name)
const u = fact("u")
const anyTest = TRUE | FALSE | FAULT

const cases: [string, unknown, number][] = [
  ["an unknown attribute", u, TRUE | FALSE | FAULT | OTHER],
  ["an attribute of an unknown", get(u, "x"), TRUE | FALSE | FAULT | OTHER],
  ["an unknown attribute of an entity", get({ Var: "principal" }, "grade"), TRUE | FALSE | FAULT | OTHER],
  ["unknown and false: false, or an error", of("&&", u, lit(false)), FALSE | FAULT],
  ["false and unknown: false", of("&&", lit(false), u), FALSE],
  ["true and unknown", of("&&", lit(true), u), anyTest],
  ["unknown and unknown", of("&&", u, u), anyTest],
  ["unknown and an error: false, or an error", of("&&", u, fact("none")), FALSE | FAULT],
  ["an error and unknown: an error", of("&&", fact("none"), u), FAULT],
  ["unknown or true: true, or an error", of("||", u, lit(true)), TRUE | FAULT],
  ["true or unknown: true", of("||", lit(true), u), TRUE],
  ["not unknown", { "!": { arg: u } }, anyTest],
  ["unknown and false, negated", { "!": { arg: of("&&", u, lit(false)) } }, TRUE | FAULT],
  ["unknown equals a value", of("==", u, lit(1)), TRUE | FALSE | FAULT],
  ["a definite error beside an unknown", of("==", u, fact("none")), FAULT],
  ["has, of an unknown attribute", { has: { left: { Var: "context" }, attr: "u" } }, TRUE | FALSE],
  ["has, through an unknown", { has: { left: { Var: "context" }, attr: ["u", "x"] } }, anyTest],
  ["has, up to an unknown", { has: { left: { Var: "context" }, attr: ["deep", "u"] } }, TRUE | FALSE],
  ["has, of what is known to be missing", { has: { left: { Var: "context" }, attr: "none" } }, FALSE],
  ["a comparison", of("<", u, lit(1)), anyTest],
  ["a sum", of("+", u, lit(1)), OTHER | FAULT],
  ["a known set contains an unknown", of("contains", fact("one"), u), TRUE | FALSE | FAULT],
  ["an empty set contains an unknown", of("contains", { Set: [] }, u), FALSE | FAULT],
  ["an unknown set contains", of("contains", u, lit(1)), anyTest],
  ["a set with an unknown member contains a known one", of("contains", fact("members"), lit(2)), TRUE],
  ["a set with an unknown member contains another", of("contains", fact("members"), lit(3)), TRUE | FALSE],
  ["a set with an unknown member is not empty", { isEmpty: { arg: fact("members") } }, FALSE],
  ["an unknown set is empty", { isEmpty: { arg: u } }, anyTest],
  ["all of a set with an unknown member", of("containsAll", fact("one"), fact("members")), FALSE],
  ["any of a set with an unknown member", of("containsAny", fact("one"), fact("members")), TRUE | FALSE],
  ["any of an unknown set", of("containsAny", fact("one"), u), anyTest],
  [
    "a record with an unknown field equals one without it",
    of("==", fact("deep"), { Record: { k: lit(1) } }),
    TRUE | FALSE,
  ],
  [
    "a record with an unknown field and another known one",
    of("==", fact("deep"), { Record: { k: lit(2) } }),
    FALSE,
  ],
  ["like", { like: { left: u, pattern: ["Wildcard"] } }, anyTest],
  ["is", { is: { left: u, entity_type: "User" } }, anyTest],
  ["in", of("in", u, { Var: "principal" }), anyTest],
  ["in a set with an unknown member", of("in", { Var: "principal" }, { Set: [u] }), anyTest],
  ["an extension function", { ip: [u] }, TRUE | FALSE | FAULT | OTHER],
  ["a tag that is unknown", of("getTag", { Var: "principal" }, lit("t")), TRUE | FALSE | FAULT | OTHER],
  ["whether a tag that is unknown is there", of("hasTag", { Var: "principal" }, lit("t")), TRUE | FALSE],
  ["a record literal around an unknown", get({ Record: { a: u } }, "a"), TRUE | FALSE | FAULT | OTHER],
]

test.each(cases)("%s", (_name, json, expected) => {
  expect(may(json)).toBe(expected)
})

test("a condition on an unknown may take either branch, and only the branches that it may", () => {
  const choose = (test: unknown, yes: unknown, no: unknown) => ({
    // oxlint-disable-next-line unicorn/no-thenable -- Cedar's name for it
    "if-then-else": { if: test, then: yes, else: no },
  })
  expect(may(choose(u, lit(true), lit(false)))).toBe(TRUE | FALSE | FAULT)
  expect(may(choose(of("==", fact("deep"), fact("deep")), lit(true), lit(true)))).toBe(TRUE)
  expect(may(choose(of("&&", u, lit(false)), lit(true), lit(1)))).toBe(OTHER | FAULT)
})
