import { expect, test } from "vitest"
import { type CedarRecord, entityUid } from "./cedar-value.ts"
import { compileExpression } from "./compile-expression.ts"
import { entityStore } from "./entities.ts"
import { isFailure } from "../failure.ts"
import { isFault, type Outcome } from "./outcome.ts"

const alice = entityUid("User", "alice")
const ghost = entityUid("User", "ghost")
const team = entityUid("Group", "team")
const company = entityUid("Group", "company")

const entities = entityStore([
  { uid: alice, attributes: { age: 30 }, parents: [team], tags: { mood: "good" } },
  { uid: team, parents: [company] },
])

function run(json: unknown, context: CedarRecord = {}): Outcome {
  return compileExpression(json)({ principal: alice, action: ghost, resource: team, context, entities })
}

const lit = (value: unknown) => ({ Value: value })
const uid = ({ type, id }: { type: string; id: string }) => lit({ __entity: { type, id } })
const of = (operator: string, left: unknown, right: unknown) => ({ [operator]: { left, right } })
const get = (left: unknown, attr: string) => ({ ".": { left, attr } })
const principal = { Var: "principal" }
const context = { Var: "context" }
const broken = get(context, "missing")

test("a side that is not needed is not evaluated", () => {
  expect(run(of("&&", lit(false), broken))).toBe(false)
  expect(run(of("||", lit(true), broken))).toBe(true)
  expect(isFault(run(of("&&", lit(true), broken)))).toBe(true)
  expect(isFault(run(of("||", broken, lit(true))))).toBe(true)
  // oxlint-disable-next-line unicorn/no-thenable -- Cedar's name for it
  const choice = { if: lit(true), then: lit(1), else: broken }
  expect(run({ "if-then-else": choice })).toBe(1)
})

test("equality crosses types without an error, and everything else does not", () => {
  expect(run(of("==", lit(1), lit("1")))).toBe(false)
  expect(run(of("==", { Set: [lit(1), lit(2), lit(1)] }, { Set: [lit(2), lit(1)] }))).toBe(true)
  expect(run(of("==", { Record: { a: lit(1) } }, { Record: { a: lit(1), b: lit(1) } }))).toBe(false)
  for (const operator of ["<", "<=", ">", ">=", "+", "-", "*", "in", "contains", "&&"]) {
    expect(isFault(run(of(operator, lit("a"), lit(1)))), operator).toBe(true)
  }
})

test("overflow is an error", () => {
  expect(isFault(run(of("*", lit(2 ** 52), lit(2 ** 52))))).toBe(true)
  expect(run(of("==", of("+", lit(2 ** 52), lit(2 ** 52)), lit(0)))).toBe(false)
})

test("an entity is in itself and in everything above it, known or not", () => {
  expect(run(of("in", principal, uid(company)))).toBe(true)
  expect(run(of("in", uid(ghost), uid(ghost)))).toBe(true)
  expect(run(of("in", uid(ghost), { Set: [uid(team)] }))).toBe(false)
  expect(isFault(run(of("in", principal, { Set: [uid(team), lit(1)] })))).toBe(true)
  expect(run({ is: { left: principal, entity_type: "User", in: uid(team) } })).toBe(true)
  expect(run({ is: { left: principal, entity_type: "Group", in: broken } })).toBe(false)
})

test("of an entity that is not known nothing can be read, and it has nothing", () => {
  expect(run(get(principal, "age"))).toBe(30)
  expect(isFault(run(get(uid(ghost), "age")))).toBe(true)
  expect(run({ has: { left: uid(ghost), attr: "age" } })).toBe(false)
  expect(run(of("hasTag", uid(ghost), lit("mood")))).toBe(false)
  expect(run(of("getTag", principal, lit("mood")))).toBe("good")
  expect(isFault(run(of("getTag", principal, lit("none"))))).toBe(true)
})

test("`has` with a path looks step by step", () => {
  const path = { has: { left: context, attr: ["a", "b"] } }
  expect(run(path, { a: { b: 1 } })).toBe(true)
  expect(run(path, { a: {} })).toBe(false)
  expect(run(path, {})).toBe(false)
  expect(isFault(run(path, { a: 1 }))).toBe(true)
})

test("names that every object inherits are not attributes", () => {
  for (const attr of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
    expect(run({ has: { left: context, attr } }), attr).toBe(false)
    expect(isFault(run(get(context, attr))), attr).toBe(true)
    expect(run({ has: { left: context, attr } }, JSON.parse(`{"${attr}": 1}`)), attr).toBe(true)
    expect(run(of("hasTag", principal, lit(attr))), attr).toBe(false)
  }
  expect(run(get({ Record: JSON.parse('{"__proto__": {"Value": 7}}') }, "__proto__"))).toBe(7)
})

test("a function with the wrong number of values fails when it is evaluated, as in Cedar", () => {
  expect(isFault(run({ ip: [lit("::"), lit("::")] }))).toBe(true)
  expect(isFault(run({ ip: [] }))).toBe(true)
  expect(run({ "||": { left: lit(true), right: { ip: [] } } })).toBe(true)
})

const unsupported: [string, unknown][] = [
  ["an operator that does not exist", { xor: { left: lit(true), right: lit(true) } }],
  ["a function that does not exist", { uuid: [lit("x")] }],
  ["an operator that every object inherits", { toString: {} }],
  ["a number that was rounded", lit(2 ** 53)],
  ["a fraction", lit(1.5)],
  ["a template's slot", { Slot: "?principal" }],
  ["an unknown variable", { Var: "universe" }],
  ["two operators at once", { Value: 1, Var: "context" }],
  ["a missing operand", { "&&": { left: lit(true) } }],
  ["a null", lit(null)],
  ["nothing", undefined],
]

test.each(unsupported)("%s is refused when it is compiled", (_name, json) => {
  expect(() => compileExpression(json)).toThrow(expect.objectContaining({ code: "rule_invalid" }))
})

test("an expression that nests without end is refused, not followed", () => {
  let json: unknown = lit(true)
  for (let depth = 0; depth < 100_000; depth += 1) json = { "!": { arg: json } }
  try {
    compileExpression(json)
    expect.unreachable()
  } catch (error) {
    expect(isFailure(error, "rule_invalid")).toBe(true)
  }
})
