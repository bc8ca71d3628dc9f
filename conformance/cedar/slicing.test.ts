import { type CompiledRules, compileRules, type RuleInput } from "@hufu/core/policy/compile-rules"
import { type CedarRecord, UNKNOWN } from "@hufu/core/policy/cedar-value"
import { couldBe, evaluate } from "@hufu/core/policy/evaluate"
import { entitiesFromJson, recordFromJson, uidFromJson } from "@hufu/core/policy/from-json"
import { decide } from "@hufu/core/policy/verdict"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { expression, type Json, policy, world } from "./arbitrary-policy.ts"

const dot = (left: Json, attr: string): Json => ({ ".": { left, attr } })
const literal = (json: Json): Json => ({ Value: json })
const operands = (operator: string, left: Json, right: Json): Json => ({ [operator]: { left, right } })

const uids = fc
  .constantFrom(
    ...["alice", "bob", "staff", "nobody"].map((id) => ["User", id] as const),
    ...["readme", "folder"].map((id) => ["File", id] as const),
    ...["view", "edit", "any"].map((id) => ["Action", id] as const),
  )
  .map(([type, id]): Json => ({ Value: { __entity: { type, id } } }))
const texts = fc.constantFrom<Json>("", "a", "ab", "b").map(literal)
const plain = fc.oneof(texts, fc.constantFrom<Json>(0, 1, true, false).map(literal), uids)
const variable = fc.constantFrom<Json>(
  ...["principal", "action", "resource", "context"].map((Var) => ({ Var })),
)
const attribute = fc.constantFrom("flag", "count", "name", "set", "friend", "deep", "none")
const path = fc.oneof(
  // Often the same few, so that many rules share them; each is missing, or unknown, in many requests.
  {
    weight: 6,
    arbitrary: fc.constantFrom(dot({ Var: "context" }, "name"), dot({ Var: "principal" }, "count")),
  },
  { weight: 2, arbitrary: fc.tuple(variable, attribute).map(([left, attr]) => dot(left, attr)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(variable, fc.constantFrom("a", "b"))
      .map(([left, attr]) => dot(dot(left, "deep"), attr)),
  },
  { weight: 1, arbitrary: variable },
)
const members = fc.array(plain, { maxLength: 3 }).map((Set): Json => ({ Set }))
const sets = fc.tuple(variable, fc.constantFrom("set", "set", "name")).map(([left, attr]) => dot(left, attr))

/** What an index can look up, in every form in which it may be written. */
const lookup: fc.Arbitrary<Json> = fc.oneof(
  fc.tuple(path, plain).map(([left, right]) => operands("==", left, right)),
  fc.tuple(plain, path).map(([left, right]) => operands("==", left, right)),
  fc.tuple(members, path).map(([left, right]) => operands("contains", left, right)),
  fc.tuple(sets, plain).map(([left, right]) => operands("contains", left, right)),
  fc.tuple(path, uids).map(([left, right]) => operands("in", left, right)),
  fc.tuple(variable, fc.array(uids, { maxLength: 3 })).map(([left, Set]) => operands("in", left, { Set })),
  fc
    .tuple(path, plain, path, plain, fc.boolean())
    .map(([left, one, other, two, isSame]) =>
      operands("||", operands("==", left, one), operands("==", isSame ? left : other, two)),
    ),
)
const guard = fc.oneof(
  fc.tuple(variable, attribute).map(([left, attr]): Json => ({ has: { left, attr } })),
  fc.constantFrom<Json>({ has: { left: { Var: "context" }, attr: ["deep", "a"] } }, literal(true)),
  fc.tuple(variable, attribute).map(([left, attr]): Json => ({ "!": { arg: { has: { left, attr } } } })),
)
const conjunct = fc.oneof(
  { weight: 6, arbitrary: lookup },
  { weight: 2, arbitrary: guard },
  { weight: 1, arbitrary: expression },
)
const body = fc
  .array(conjunct, { minLength: 1, maxLength: 4 })
  .map((parts) => parts.reduce((left, right) => operands("&&", left, right)))
const conditions = fc.array(fc.record({ kind: fc.constantFrom("when", "when", "when", "unless"), body }), {
  minLength: 1,
  maxLength: 2,
})
const everything: Json = { op: "All" }
const sliced = fc.tuple(policy, conditions, fc.boolean()).map(([json, made, isForAll]): Json => ({
  ...(json as Readonly<Record<string, Json>>),
  ...(isForAll ? { principal: everything, action: everything, resource: everything } : {}),
  conditions: made,
}))
const policies = fc.array(fc.oneof({ weight: 5, arbitrary: sliced }, policy), {
  minLength: 16,
  maxLength: 40,
})

const hide = fc.infiniteStream(fc.nat(4))

/** The same rules without an index: every one is looked at, in the order in which they were given. */
function unsliced(inputs: readonly RuleInput[]): CompiledRules {
  const each = inputs.map((input) => compileRules([input], "").index)
  return {
    policy: "",
    size: inputs.length,
    index: { find: (request) => each.flatMap((one) => one.find(request)) },
  }
}

test("sliced rules give the verdict, the reasons and the errors of the same rules looked at one by one", () => {
  const seen = { requests: 0, skipped: 0, errors: 0, reasons: 0, allow: 0 }
  fc.assert(
    fc.property(policies, world, hide, fc.boolean(), (given, { entities, requests }, hidden, isKnown) => {
      const inputs = given.map((json, index) => ({ id: `policy${index}`, policy: json }))
      const [rules, flat] = [compileRules(inputs, ""), unsliced(inputs)]
      const store = entitiesFromJson(entities)
      for (const { principal, action, resource, context } of requests) {
        const known = recordFromJson(context)
        const request = {
          principal: uidFromJson(principal),
          action: uidFromJson(action),
          resource: uidFromJson(resource),
          context: isKnown ? known : unknowing(known, () => hidden.next().value === 0),
        }
        const found = decide(rules, request, store)
        expect(found).toEqual(decide(flat, request, store))
        const answer = evaluate(rules, request, store)
        expect(answer).toEqual(evaluate(flat, request, store))
        expect(couldBe(rules, request, store)).toEqual(couldBe(flat, request, store))
        const looked = rules.index.find({ ...request, entities: store })
        expect(new Set(looked).size).toBe(looked.length)
        seen.requests += 1
        seen.skipped += inputs.length - looked.length
        seen.errors += found.errors.length
        seen.reasons += found.asks.length + found.denies.length
        if (answer.decision === "allow") seen.allow += 1
      }
    }),
    { numRuns: 300 },
  )
  // The comparison would prove nothing if nothing were skipped, or every answer were the same.
  expect(seen.requests).toBeGreaterThanOrEqual(1_000)
  for (const count of [seen.skipped, seen.errors, seen.reasons]) expect(count).toBeGreaterThan(1_000)
  expect(seen.allow).toBeGreaterThan(50)
})

function unknowing(record: CedarRecord, hidden: () => boolean): CedarRecord {
  return Object.fromEntries(Object.entries(record).map(([name, inner]) => [name, hidden() ? UNKNOWN : inner]))
}
