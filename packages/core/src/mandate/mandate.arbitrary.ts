import {
  type Arbitrary,
  array,
  boolean,
  constant,
  constantFrom,
  integer,
  oneof,
  option,
  record,
  uniqueArray,
} from "fast-check"
import type { JsonObject, JsonValue } from "../json/json-value.ts"
import type { Effect } from "../words.ts"
import type { CallShape } from "./call.ts"
import type { Limit } from "./limit.ts"
import { Mandate } from "./mandate.ts"

/** Random mandates and calls from few words, so that they meet often. For tests only. */

const pointers = ["/a", "/b", "/to", "/to/-", "/to/0", "/to/1", "/a/b", "/n"]
const texts = [
  "x",
  "X",
  "xy",
  "/home/a",
  "/home/a/b",
  "/home/ab",
  "/home/../etc",
  "https://example.com/",
  "http://w.example.com:8080/x",
  "7",
  "",
  "abc",
  "z",
]
const numbers = [-1, 0, 1, 2.5, 7, 10, 100]

const scalar = oneof(constantFrom(...texts), constantFrom(...numbers), boolean(), constant(null))

const limitOf = (argument: string): Arbitrary<Limit> =>
  oneof<Arbitrary<Limit>[]>(
    record({ argument: constant(argument), kind: constant("equal"), value: scalar }),
    record({
      argument: constant(argument),
      kind: constant("oneOf"),
      values: array(scalar, { minLength: 1, maxLength: 4 }),
    }),
    record({ argument: constant(argument), kind: constant("range"), min: constantFrom(-5, 0, 1, 7) }),
    record({
      argument: constant(argument),
      kind: constant("range"),
      min: constantFrom(-5, 0),
      max: constantFrom(0, 7, 10),
    }),
    record({
      argument: constant(argument),
      kind: constant("prefix"),
      prefix: constantFrom("x", "/home/a", "https://example.com/", "a"),
    }),
    record({
      argument: constant(argument),
      kind: constant("path"),
      under: constantFrom("/", "/home", "/home/a", "/etc"),
    }),
    record({
      argument: constant(argument),
      kind: constant("pattern"),
      pattern: constantFrom(".*", "[a-z]+", "x?y?", "\\d+", "/home/.*", "https?://[a-z.]+/.*", "[^x]*"),
    }),
    record({
      argument: constant(argument),
      kind: constant("host"),
      hosts: uniqueArray(constantFrom("example.com", "*.example.com", "w.example.com:8080", "other.org"), {
        minLength: 1,
        maxLength: 2,
      }),
    }),
  )

export const arbitraryLimit: Arbitrary<Limit> = constantFrom(...pointers).chain(limitOf)
export const arbitraryLimitOnA: Arbitrary<Limit> = limitOf("/a")

const effectsArbitrary = uniqueArray(constantFrom<Effect>("read", "send", "pay"), {
  minLength: 1,
  maxLength: 3,
})
const toolsArbitrary = uniqueArray(constantFrom("*", "fs/*", "fs/get", "mail/*", "mail/send"), {
  minLength: 1,
  maxLength: 2,
})
const absent = constant(undefined)
const sometimes = <T>(value: Arbitrary<T>) =>
  oneof({ weight: 3, arbitrary: absent }, { weight: 1, arbitrary: value })

const budgetArbitrary = record({
  count: sometimes(constantFrom(0, 1, 5)),
  amount: sometimes(
    record({
      argument: constantFrom("/n", "/a"),
      max: constantFrom(0, 7, 1000),
      decimals: constantFrom(0, 2),
    }),
  ),
})

const grantArbitrary = record({
  effects: effectsArbitrary,
  tools: toolsArbitrary,
  limits: array(arbitraryLimit, { maxLength: 3 }),
  closed: sometimes(constant(true)),
  mode: constantFrom("auto", "ask"),
  needs: sometimes(constant("reviewed")),
  budget: sometimes(budgetArbitrary),
  until: sometimes(constantFrom(500, 5000)),
})

const neverArbitrary = record({
  effects: sometimes(effectsArbitrary),
  tools: sometimes(toolsArbitrary),
  limits: oneof(array(arbitraryLimit, { minLength: 1, maxLength: 2 })),
})

/** Drops members that are undefined, as JSON does. */
function asWritten(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

export const arbitraryMandate: Arbitrary<Mandate> = record({
  words: constant("do it"),
  grants: array(grantArbitrary, { maxLength: 3 }),
  never: array(neverArbitrary, { maxLength: 2 }),
  userOnly: oneof(
    { weight: 4, arbitrary: constant([]) },
    {
      weight: 1,
      arbitrary: array(record({ effects: effectsArbitrary, tools: sometimes(toolsArbitrary) }), {
        maxLength: 1,
      }),
    },
  ),
  otherwise: constantFrom("ask", "deny", "deny"),
  budget: sometimes(budgetArbitrary),
  from: sometimes(constantFrom(0, 2000)),
  until: constantFrom(900, 3000, 3000),
  id: integer({ min: 10_000_000, max: 99_999_999 }).map((n) => `mnd_${n}`),
  agent: constant("agt_00000000"),
  task: constant(null),
  principal: constant("usr_00000000"),
  parent: constant(null),
  createdAt: constant(0),
}).map((mandate) => Mandate.parse(asWritten(mandate)))

export const arbitraryShape: Arbitrary<CallShape> = record({
  effect: constantFrom<Effect>("read", "send", "pay"),
  server: constantFrom("fs", "mail"),
  tool: constantFrom("get", "send"),
  reviewed: boolean(),
  now: constantFrom(1000, 1000, 2500),
  budgetLeft: constantFrom(fullBudget, () => ({ count: 1, amount: 7 })),
})

/** Nothing of any budget is spent. */
export function fullBudget(mandate: Mandate, grant: number): { count: number; amount: number } {
  const budget = grant < 0 ? mandate.budget : mandate.grants[grant]?.budget
  return { count: budget?.count ?? Infinity, amount: budget?.amount?.max ?? Infinity }
}

const argument: Arbitrary<JsonValue> = oneof<Arbitrary<JsonValue>[]>(
  scalar,
  array(scalar, { maxLength: 3 }),
  record({ b: scalar }),
)

export const arbitraryArguments: Arbitrary<JsonObject> = record({
  a: option(argument, { nil: undefined }),
  b: option(argument, { nil: undefined }),
  to: option(argument, { nil: undefined }),
  n: option(scalar, { nil: undefined }),
  z: option(scalar, { nil: undefined, freq: 4 }),
  // Only JSON went in, so only JSON comes out.
}).map((args) => asWritten(args) as JsonObject)
