import {
  type CedarRecord,
  type CedarValue,
  isCedarRecord,
  isCedarSet,
  UNKNOWN,
} from "@hufu/core/policy/cedar-value"
import { type CompiledRules, compileRules } from "@hufu/core/policy/compile-rules"
import { couldBe } from "@hufu/core/policy/evaluate"
import { entitiesFromJson, recordFromJson, uidFromJson } from "@hufu/core/policy/from-json"
import { decide } from "@hufu/core/policy/verdict"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { type Json, policy, value, world, type World } from "./arbitrary-policy.ts"

type Request = World["requests"][number]

/** Stands for an unknown in JSON until the values are read; nothing else in the generated worlds says this. */
const mark = "(unknown)"

/** Puts marks into some places of a value: whole attributes, fields of records, members of sets. */
function withMarks(json: Json, hide: () => boolean): Json {
  if (hide()) return mark
  if (Array.isArray(json)) return json.map((member: Json) => withMarks(member, hide))
  if (typeof json !== "object" || "__entity" in json || "__extn" in json) return json
  return Object.fromEntries(Object.entries(json).map(([name, inner]) => [name, withMarks(inner, hide)]))
}

/** Gives a value for what is unknown, by the name of the attribute; undefined for none. */
type Fill = (name: string) => Json | undefined

/** Fills every mark; a marked attribute may also turn out to be absent, a marked member of a set may not. */
function filled(json: Json, fill: Fill): Json {
  if (Array.isArray(json)) {
    return json.map((member: Json) => (member === mark ? (fill("member") ?? 0) : filled(member, fill)))
  }
  return typeof json === "object" ? filledRecord(json as Readonly<Record<string, Json>>, fill) : json
}

function filledRecord(record: Readonly<Record<string, Json>>, fill: Fill): Readonly<Record<string, Json>> {
  const entries = Object.entries(record).flatMap(([name, inner]): [string, Json][] => {
    const found = inner === mark ? fill(name) : filled(inner, fill)
    return found === undefined ? [] : [[name, found]]
  })
  return Object.fromEntries(entries)
}

function unknowing(read: CedarValue): CedarValue {
  if (read === mark) return UNKNOWN
  if (isCedarSet(read)) return read.map(unknowing)
  return isCedarRecord(read) ? unknowingRecord(read) : read
}

function unknowingRecord(record: CedarRecord): CedarRecord {
  return Object.fromEntries(Object.entries(record).map(([name, inner]) => [name, unknowing(inner)]))
}

function parse({ principal, action, resource }: Request, context: CedarRecord) {
  return {
    principal: uidFromJson(principal),
    action: uidFromJson(action),
    resource: uidFromJson(resource),
    context,
  }
}

function compiled(policies: readonly Json[]): CompiledRules {
  return compileRules(
    policies.map((json, index) => ({ id: `policy${index}`, policy: json })),
    "",
  )
}

const hidings = fc.infiniteStream(fc.nat(3))
const plausible = fc.record({
  flag: fc.boolean(),
  count: fc.integer({ min: -3, max: 3 }),
  name: fc.constantFrom("", "a", "ab"),
  set: fc.subarray<Json>([0, 1, "a"]),
  deep: fc
    .subarray([["a", { b: true }] as const, ["flag", true] as const])
    .map((fields) => Object.fromEntries(fields)),
  a: fc.constantFrom<Json>({ b: true }, {}, 1),
  member: fc.constantFrom<Json>(0, 1, 2, "a", "b"),
})
const fillings = fc.infiniteStream(fc.tuple(fc.nat(7), value, plausible))
const policies = fc.array(policy, { minLength: 1, maxLength: 4 })

test("whatever verdict some filling of the unknowns gives, the listing never says that it cannot be", () => {
  const seen = { allow: 0, ask: 0, cannot: 0 }
  fc.assert(
    fc.property(policies, world, hidings, fillings, (given, { entities, requests }, hiding, filling) => {
      const rules = compiled(given)
      const store = entitiesFromJson(entities)
      const hide = () => hiding.next().value === 0
      const fill: Fill = (name) => {
        const [dice, anyValue, likely] = filling.next().value
        if (dice === 0) return undefined
        // What an expression expects finds more than what it does not.
        const expected = new Map<string, Json>(Object.entries(likely))
        return dice === 1 ? anyValue : (expected.get(name) ?? anyValue)
      }
      for (const request of requests) {
        const marked = Object.fromEntries(
          Object.entries(request.context).map(([name, json]) => [name, withMarks(json, hide)]),
        )
        const possible = couldBe(rules, parse(request, unknowingRecord(recordFromJson(marked))), store)
        if (!possible.allow && !possible.ask) seen.cannot += 1
        for (let round = 0; round < 6; round += 1) {
          const context = recordFromJson(filledRecord(marked, fill))
          const { verdict } = decide(rules, parse(request, context), store)
          if (verdict === "allow") expect(possible.allow).toBe(true)
          if (verdict === "ask") expect(possible.ask).toBe(true)
          if (verdict !== "deny") seen[verdict] += 1
        }
      }
    }),
    { numRuns: 800 },
  )
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(30)
})

test("where nothing is unknown, the listing says exactly what the verdict is", () => {
  fc.assert(
    fc.property(policies, world, (given, { entities, requests }) => {
      const rules = compiled(given)
      const store = entitiesFromJson(entities)
      for (const request of requests) {
        const parsed = parse(request, recordFromJson(request.context))
        const { verdict } = decide(rules, parsed, store)
        expect(couldBe(rules, parsed, store)).toEqual({ allow: verdict === "allow", ask: verdict === "ask" })
      }
    }),
    { numRuns: 300 },
  )
})
