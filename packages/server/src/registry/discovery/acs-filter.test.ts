import { acs } from "@hufu/core/registration/faces/acs"
import { arbitraryRegistration } from "@hufu/core/registration/registration.arbitrary"
import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import {
  assert,
  array,
  type Arbitrary,
  constantFrom,
  letrec,
  oneof,
  property,
  record,
  sample,
} from "fast-check"
import { describe, expect, it } from "vitest"
import { fieldKind } from "./acs-fields.ts"
import { filterOperators, matchesFilter, readFilter } from "./acs-filter.ts"
import { keysOf, requiredKeys } from "./acs-keys.ts"
import { facetWord } from "./facet-word.ts"
import { facetsDecide } from "./facets-decide.ts"
import { AdpError } from "./adp/adp-error.ts"

const at = { origin: "https://registry.example" }
const registrations = sample(arbitraryRegistration, { numRuns: 16, seed: 3 })
const cards = registrations.map((each) => acs.show(each, at))

interface RawCondition {
  field: string
  op: string
  value: JsonValue
}

function textOf(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value)
}

/** What the specification says of one value, written apart from the code that is tested. */
function holds(op: string, value: JsonValue, wanted: JsonValue, isMoment: boolean): boolean {
  const low = (each: JsonValue) => (typeof each === "string" ? each.toLowerCase() : each)
  const moment = (each: JsonValue) => (isMoment ? Date.parse(textOf(each)) : each)
  const [one, other] = [moment(value), Array.isArray(wanted) ? wanted.map(moment) : moment(wanted)]
  const list = Array.isArray(other) ? other : [other]
  const [s, w] = [textOf(value), textOf(wanted)]
  const table: Record<string, () => boolean> = {
    eq: () => low(one) === low(list[0] ?? null),
    ne: () => low(one) !== low(list[0] ?? null),
    in: () => list.map(low).includes(low(one)),
    nin: () => !list.map(low).includes(low(one)),
    gt: () => (one ?? 0) > (list[0] ?? 0),
    gte: () => (one ?? 0) >= (list[0] ?? 0),
    lt: () => (one ?? 0) < (list[0] ?? 0),
    lte: () => (one ?? 0) <= (list[0] ?? 0),
    between: () => (one ?? 0) >= (list[0] ?? 0) && (one ?? 0) <= (list[1] ?? 0),
    contains: () => s.toLowerCase().includes(w.toLowerCase()),
    notContains: () => !s.toLowerCase().includes(w.toLowerCase()),
    startsWith: () => s.toLowerCase().startsWith(w.toLowerCase()),
    endsWith: () => s.toLowerCase().endsWith(w.toLowerCase()),
    eqCs: () => s === w,
    neCs: () => s !== w,
    inCs: () => list.includes(s),
    ninCs: () => !list.includes(s),
    containsCs: () => s.includes(w),
    notContainsCs: () => !s.includes(w),
    startsWithCs: () => s.startsWith(w),
    endsWithCs: () => s.endsWith(w),
  }
  return table[op]?.() ?? false
}

function gather(value: JsonValue | undefined, path: readonly string[]): JsonValue[] {
  if (Array.isArray(value) && path.length > 0) return value.flatMap((each) => gather(each, path))
  const [step, ...rest] = path
  if (step === undefined) return value === undefined ? [] : [value]
  if (value === null || typeof value !== "object" || !(step in value)) return []
  return gather((value as JsonObject)[step], rest)
}

function oracle(
  filter: { conditions?: RawCondition[]; groups?: unknown[]; logic?: string },
  card: JsonObject,
): boolean {
  const answers = [
    ...(filter.conditions ?? []).map(({ field, op, value }) => {
      const found = gather(card, field.split("."))
      const wanted = Array.isArray(value) ? value : [value]
      const items = found.flat()
      const names = new Set(
        found.flatMap((each) => (each !== null && typeof each === "object" ? Object.keys(each) : [])),
      )
      if (op === "exists")
        return found.some((each) => each !== null && JSON.stringify(each).length > 2) === (value as boolean)
      if (op === "anyOf") return wanted.some((each) => items.includes(each))
      if (op === "allOf") return wanted.every((each) => items.includes(each))
      if (op === "noneOf") return wanted.every((each) => !items.includes(each))
      if (op.startsWith("size")) {
        const count = Number(value)
        return (
          {
            size: items.length === count,
            sizeGt: items.length > count,
            sizeGte: items.length >= count,
            sizeLt: items.length < count,
            sizeLte: items.length <= count,
          }[op] ?? false
        )
      }
      if (op === "hasKey" || op === "hasAllKeys") return wanted.every((each) => names.has(textOf(each)))
      if (op === "hasAnyKey") return wanted.some((each) => names.has(textOf(each)))
      if (op === "hasNoKey") return wanted.every((each) => !names.has(textOf(each)))
      if (found.length === 0) return op.startsWith("n")
      return found.some((each) => holds(op, each, value, field === "lastModifiedTime"))
    }),
    ...(filter.groups ?? []).map((group) => oracle(group as typeof filter, card)),
  ]
  if (filter.logic === "or") return answers.some(Boolean)
  return filter.logic === "not" ? !answers.every(Boolean) : answers.every(Boolean)
}

const stringOps =
  "eq ne gt gte lt lte in nin contains notContains startsWith endsWith eqCs neCs inCs ninCs containsCs notContainsCs startsWithCs endsWithCs".split(
    " ",
  )
/** Values that cards have, and others. */
function condition(
  fields: string[],
  ops: string[],
  values: (card: JsonObject, path: string[]) => JsonValue[],
): Arbitrary<RawCondition> {
  return record({
    field: constantFrom(...fields),
    op: constantFrom(...ops),
    from: constantFrom(...cards),
    other: constantFrom(...cards),
    cut: constantFrom(0, 1, 3, 99),
  }).map(({ field, op, from, other, cut }) => {
    const [one = "x"] = values(from, field.split("."))
    const [two = "y"] = values(other, field.split("."))
    const isList = [
      "in",
      "nin",
      "inCs",
      "ninCs",
      "anyOf",
      "allOf",
      "noneOf",
      "hasAnyKey",
      "hasAllKeys",
      "hasNoKey",
    ].includes(op)
    if (op === "exists") return { field, op, value: cut > 1 }
    if (op.startsWith("size")) return { field, op, value: cut }
    if (op === "between") return { field, op, value: (one ?? "") <= (two ?? "") ? [one, two] : [two, one] }
    const part =
      typeof one === "string" && /ontains|With/.test(op)
        ? one.slice(cut === 99 ? 0 : cut, cut + 3).toUpperCase()
        : one
    return { field, op, value: isList ? [one, two] : part }
  })
}
const texts = (card: JsonObject, path: string[]) =>
  gather(card, path)
    .flat()
    .filter((each) => typeof each === "string")
const anyCondition = oneof(
  condition(
    [
      "name",
      "version",
      "provider.organization",
      "provider.countryCode",
      "endPoints.transport",
      "endPoints.url",
      "skills.id",
      "skills.name",
      "securitySchemes.oidc.type",
      "provider.domainRegistrations.domain",
    ],
    [...stringOps, "exists"],
    texts,
  ),
  condition(["lastModifiedTime"], ["eq", "ne", "gt", "gte", "lt", "lte", "between", "exists"], texts),
  condition(["capabilities.streaming", "active"], ["eq", "ne", "exists"], (card, path) => gather(card, path)),
  condition(
    ["skills.tags", "capabilities.messageQueue", "skills.examples", "defaultInputModes"],
    ["anyOf", "allOf", "noneOf", "size", "sizeGt", "sizeGte", "sizeLt", "sizeLte", "exists"],
    texts,
  ),
  condition(["skills", "endPoints"], ["size", "sizeGt", "sizeGte", "sizeLt", "sizeLte", "exists"], texts),
  condition(
    ["securitySchemes", "entityMeta", "provider"],
    ["hasKey", "hasNoKey", "hasAnyKey", "hasAllKeys", "exists"],
    (card, path) =>
      gather(card, path)
        .flatMap((each) => Object.keys(each as object))
        .slice(1),
  ),
)
const logic = constantFrom("and", "or", "not")
const anyFilter = letrec<{ leaf: RawFilter; inner: RawFilter; filter: RawFilter }>((tie) => ({
  leaf: record({ conditions: array(anyCondition, { minLength: 1, maxLength: 3 }), logic }),
  inner: record({
    conditions: array(anyCondition, { maxLength: 2 }),
    groups: array(tie("leaf"), { minLength: 1, maxLength: 2 }),
    logic,
  }),
  filter: record({
    conditions: array(anyCondition, { maxLength: 2 }),
    groups: array(oneof(tie("inner"), tie("leaf")), { minLength: 1, maxLength: 2 }),
    logic,
  }),
})).filter
interface RawFilter {
  conditions: RawCondition[]
  groups?: RawFilter[]
  logic: string
}

describe("a filter over the ACS", () => {
  it("lets through exactly what the specification's words do, and neither its keys nor facets lose any", () => {
    const known = cards.map((card) => new Set(keysOf(card)))
    const seen = { yes: 0, no: 0, keyed: 0, decided: 0 }
    assert(
      property(anyFilter, (raw) => {
        const filter = readFilter(raw as unknown as JsonValue)
        const required = requiredKeys(filter)
        if (required.length > 0) seen.keyed += 1
        const answers = cards.map((card) => matchesFilter(filter, card))
        expect(answers).toEqual(cards.map((card) => oracle(raw, card)))
        const verdicts = registrations.map((each) => facetsDecide(filter)(facetWord(each)))
        for (const [n, answer] of answers.entries()) {
          if (verdicts[n] !== undefined) seen.decided += 1
          expect(verdicts[n] ?? answer).toBe(answer)
          seen[answer ? "yes" : "no"] += 1
          if (answer) expect(required.filter((list) => !list.some((key) => known[n]?.has(key)))).toEqual([])
        }
      }),
      { numRuns: 200 },
    )
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(5)
  })

  it("uses every operator in that comparison", () => {
    const used = new Set(sample(anyCondition, { numRuns: 1500, seed: 1 }).map(({ op }) => op))
    expect(filterOperators.filter((op) => !used.has(op))).toEqual([])
  })

  it("is refused by its code where it is wrong, saying where", () => {
    const one = (field: unknown, op: unknown, value?: unknown) => ({
      conditions: [{ field, op, ...(value === undefined ? {} : { value }) }],
    })
    const nested = (depth: number): object =>
      depth === 0 ? one("name", "eq", "x") : { groups: [nested(depth - 1)] }
    for (const [filter, where] of [
      [null, "filter"],
      ["name = x", "filter"],
      [[], "filter"],
      [{ condition: [] }, "filter.condition"],
      [{ conditions: {} }, "filter.conditions"],
      [{ groups: 1 }, "filter.groups"],
      [{ logic: "xor" }, "filter.logic"],
      [{ logic: "or" }, "filter"],
      [{ groups: [{}] }, "filter.groups[0]"],
      [nested(3), "filter.groups[0].groups[0].groups[0]"],
      [one("password", "eq", "x"), "filter.conditions[0].field"],
      [one("__proto__", "exists", true), "filter.conditions[0].field"],
      [one("entityMeta.a.b", "exists", true), "filter.conditions[0].field"],
      [one("securitySchemes.mtls.secret", "eq", "x"), "filter.conditions[0].field"],
      [one(7, "eq", "x"), "filter.conditions[0].field"],
      [one("name", "like", "x"), "filter.conditions[0].op"],
      [one("name", "constructor", "x"), "filter.conditions[0].op"],
      [one("name", "anyOf", ["x"]), "filter.conditions[0].op"],
      [one("skills.tags", "contains", "x"), "filter.conditions[0].op"],
      [one("skills", "anyOf", ["x"]), "filter.conditions[0].op"],
      [one("active", "gt", true), "filter.conditions[0].op"],
      [one("active", "eq", "true"), "filter.conditions[0].value"],
      [one("name", "eq", 1), "filter.conditions[0].value"],
      [one("name", "in", "x"), "filter.conditions[0].value"],
      [one("name", "in", []), "filter.conditions[0].value"],
      [
        one(
          "name",
          "in",
          Array.from({ length: 101 }, () => "x"),
        ),
        "filter.conditions[0].value",
      ],
      [one("name", "eq", "x".repeat(1001)), "filter.conditions[0].value"],
      [one("skills", "size", -1), "filter.conditions[0].value"],
      [one("skills", "exists", "yes"), "filter.conditions[0].value"],
      [one("lastModifiedTime", "gt", "yesterday"), "filter.conditions[0].value"],
      [one("lastModifiedTime", "gt", "2026-01-01T00:00:00"), "filter.conditions[0].value"],
      [one("lastModifiedTime", "between", [2, 1]), "filter.conditions[0].value"],
      [one("lastModifiedTime", "between", [1, 2, 3]), "filter.conditions[0].value"],
      [{ conditions: [{ field: "name", op: "eq", value: "x", or: 1 }] }, "filter.conditions[0].or"],
      [
        { conditions: Array.from({ length: 100_000 }, () => ({ field: "name", op: "eq", value: "x" })) },
        "filter",
      ],
    ] as const) {
      let refused: unknown
      try {
        readFilter(filter as unknown as JsonValue)
      } catch (error) {
        refused = error
      }
      expect(refused, JSON.stringify(filter)?.slice(0, 80)).toBeInstanceOf(AdpError)
      expect(refused).toMatchObject({ code: 40004, status: 400 })
      expect((refused as AdpError).message.startsWith(`\`${where}\` `), (refused as AdpError).message).toBe(
        true,
      )
    }
  })

  it("takes the specification's own examples", () => {
    const card = {
      active: true,
      protocolVersion: "02.00",
      lastModifiedTime: "2025-06-01T00:00:00+08:00",
      version: "2.1.0",
      provider: { organization: "北京邮电大学" },
      endPoints: [{ transport: "JSONRPC" }],
      securitySchemes: { oidc: { type: "openIdConnect" } },
      capabilities: { streaming: true, messageQueue: ["mqtt:5.0"] },
      skills: [{ id: "a", tags: ["数据处理"] }, { id: "b", tags: [] }, { id: "c" }],
      webAppUrl: "https://x.example/",
      aic: "1.2.156.3088.1.1.34C2.478BDF.3GF546.0JU4",
    }
    const holdsFor = (filter: JsonObject) => matchesFilter(readFilter(filter), card)
    expect(
      holdsFor({
        conditions: [
          { field: "skills.tags", op: "anyOf", value: ["数据处理", "北京"] },
          { field: "endPoints.transport", op: "in", value: ["JSONRPC"] },
        ],
      }),
    ).toBe(true)
    expect(
      holdsFor({
        conditions: [
          {
            field: "lastModifiedTime",
            op: "between",
            value: ["2025-01-01T00:00:00+08:00", "2025-12-31T23:59:59+08:00"],
          },
          { field: "version", op: "gte", value: "2.0.0" },
        ],
      }),
    ).toBe(true)
    expect(
      holdsFor({ conditions: [{ field: "provider.organization", op: "nin", value: ["某黑名单组织"] }] }),
    ).toBe(true)
    expect(
      holdsFor({
        conditions: [
          { field: "skills", op: "sizeGte", value: 3 },
          { field: "webAppUrl", op: "exists", value: true },
        ],
      }),
    ).toBe(true)
    expect(holdsFor({ conditions: [{ field: "aic", op: "startsWith", value: "1000100001" }] })).toBe(false)
    expect(holdsFor({})).toBe(true)
  })

  it("knows the fields that cards have", () => {
    const paths = new Set<string>()
    const walk = (value: JsonValue, path: string) => {
      if (Array.isArray(value)) for (const each of value) walk(each, path)
      else if (
        value !== null &&
        typeof value === "object" &&
        !/^(?:entityMeta|securitySchemes|endPoints\.security)$/.test(path)
      )
        for (const [key, each] of Object.entries(value)) {
          const next = path === "" ? key : `${path}.${key}`
          paths.add(next)
          walk(each, next)
        }
    }
    for (const card of cards) walk(card, "")
    expect([...paths].filter((path) => fieldKind(path) === undefined)).toEqual([])
  })
})
