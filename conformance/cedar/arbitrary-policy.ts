import * as fc from "fast-check"

/** Cedar's JSON, as policies, contexts and entities are given to Cedar and to Hufu alike. */
export type Json = boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

const uids = ["alice", "bob", "staff", "nobody"].map((id) => ({ type: "User", id }))
const actions = ["view", "edit", "any"].map((id) => ({ type: "Action", id }))
const files = ["readme", "folder"].map((id) => ({ type: "File", id }))

const entity = fc.constantFrom(...uids, ...files)
const long = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 3_037_000_500) },
)
const text = fc.constantFrom("", "a", "b", "ab", "a*b", "好", "aab", "1.5", "10.0.0.1", "2024-01-01", "1h")

const extension = fc.constantFrom<Json>(
  { __extn: { fn: "decimal", arg: "1.5" } },
  { __extn: { fn: "ip", arg: "10.0.0.1" } },
  { __extn: { fn: "datetime", arg: "2024-01-01" } },
  { __extn: { fn: "duration", arg: "1h" } },
)

/** A value for an attribute, of any type. */
export const value: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.boolean(),
    long,
    text,
    entity.map((uid) => ({ __entity: uid })),
    extension,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "constructor"), tie("value"), { maxKeys: 2 }),
  ),
})).value

/** Attributes that have, mostly, the types that the expressions below expect of them. */
export const attributes: fc.Arbitrary<Readonly<Record<string, Json>>> = fc.record(
  {
    flag: fc.boolean(),
    count: long,
    name: text,
    set: fc.array(fc.oneof(long, text), { maxLength: 3 }),
    friend: entity.map((uid) => ({ __entity: uid })),
    deep: fc.record(
      { a: fc.record({ b: fc.oneof(fc.boolean(), long) }), flag: fc.boolean() },
      { requiredKeys: [] },
    ),
    when: extension,
    odd: value,
  },
  { requiredKeys: [] },
)

export interface World {
  readonly entities: readonly Json[]
  readonly requests: readonly {
    principal: Uid
    action: Uid
    resource: Uid
    context: Readonly<Record<string, Json>>
  }[]
}

type Uid = { readonly type: string; readonly id: string }

const staff = { type: "User", id: "staff" }
const folder = { type: "File", id: "folder" }
const anyAction = { type: "Action", id: "any" }

/** Entities, one of which nothing is known of, and requests about them. */
export const world: fc.Arbitrary<World> = fc.record({
  entities: fc.tuple(attributes, attributes, attributes, attributes).map(([alice, bob, group, readme]) => [
    { uid: { type: "User", id: "alice" }, attrs: alice, parents: [staff], tags: { a: 1, flag: true } },
    { uid: { type: "User", id: "bob" }, attrs: bob, parents: [] },
    { uid: staff, attrs: group, parents: [] },
    { uid: { type: "File", id: "readme" }, attrs: readme, parents: [folder] },
    { uid: { type: "Action", id: "view" }, attrs: {}, parents: [anyAction] },
    { uid: anyAction, attrs: {}, parents: [] },
  ]),
  requests: fc.array(
    fc.record({
      principal: fc.constantFrom(...uids),
      action: fc.constantFrom(...actions),
      // Also what could be a principal: one entity in two roles.
      resource: fc.constantFrom(...files, ...uids),
      context: attributes,
    }),
    { minLength: 4, maxLength: 4 },
  ),
})

const attributeName = fc.constantFrom("flag", "count", "name", "set", "friend", "deep", "when", "odd", "none")
const leaf = (json: Json): Json => ({ Value: json })
const variable = fc.constantFrom("principal", "action", "resource", "context").map((name) => ({ Var: name }))
const pair = (operator: string, left: fc.Arbitrary<Json>, right = left) =>
  fc.tuple(left, right).map(([first, second]): Json => ({ [operator]: { left: first, right: second } }))

interface Kinds {
  any: Json
  boolean: Json
  long: Json
  text: Json
  set: Json
  entity: Json
}

/** Expressions that mostly type-check, and now and then do not. */
export const expression: fc.Arbitrary<Json> = fc.letrec((tie: fc.LetrecTypedTie<Kinds>) => {
  const read = (name: fc.Arbitrary<string>) =>
    fc
      .tuple(fc.oneof({ weight: 6, arbitrary: variable }, { weight: 1, arbitrary: tie("entity") }), name)
      .map(([left, attr]): Json => ({ ".": { left, attr } }))
  const slip = { weight: 1, arbitrary: tie("any") }
  const often = (arbitrary: fc.Arbitrary<Json>) => ({ weight: 12, arbitrary })
  const call = (name: string, ...parts: fc.Arbitrary<Json>[]) =>
    fc.tuple(...parts).map((values): Json => ({ [name]: values }))
  const made = (name: string, argument: string) => fc.constant<Json>({ [name]: [{ Value: argument }] })
  return {
    any: fc.oneof(
      { maxDepth: 4 },
      read(attributeName),
      tie("boolean"),
      tie("long"),
      tie("text"),
      tie("set"),
      tie("entity"),
    ),
    boolean: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      often(fc.boolean().map(leaf)),
      often(read(fc.constant("flag"))),
      often(pair("&&", tie("boolean"))),
      often(pair("||", tie("boolean"))),
      often(tie("boolean").map((arg) => ({ "!": { arg } }))),
      often(pair("==", tie("any"))),
      often(pair("==", tie("boolean"))),
      often(pair("!=", tie("set"))),
      often(fc.constantFrom("<", "<=", ">", ">=").chain((operator) => pair(operator, tie("long")))),
      often(
        fc
          .constantFrom("<", ">=")
          .chain((operator) => pair(operator, read(fc.constant("when")), made("duration", "2h"))),
      ),
      often(pair("in", tie("entity"))),
      often(
        pair(
          "in",
          tie("entity"),
          fc.array(tie("entity"), { maxLength: 2 }).map((Set) => ({ Set })),
        ),
      ),
      often(pair("contains", tie("set"), tie("any"))),
      often(fc.constantFrom("containsAll", "containsAny").chain((operator) => pair(operator, tie("set")))),
      often(tie("set").map((arg) => ({ isEmpty: { arg } }))),
      often(
        fc
          .tuple(variable, fc.oneof(attributeName, fc.constant(["deep", "a", "b"])))
          .map(([left, attr]) => ({ has: { left, attr } })),
      ),
      often(
        fc
          .tuple(
            tie("text"),
            fc.array(fc.constantFrom<Json>("Wildcard", { Literal: "a" }, { Literal: "b" }), {
              minLength: 1,
              maxLength: 4,
            }),
          )
          .map(([left, pattern]) => ({ like: { left, pattern } })),
      ),
      often(
        fc
          .tuple(tie("entity"), fc.constantFrom("User", "File"))
          .map(([left, entity_type]) => ({ is: { left, entity_type } })),
      ),
      often(
        fc.tuple(tie("boolean"), tie("boolean"), tie("boolean")).map(([test, yes, no]) =>
          // oxlint-disable-next-line unicorn/no-thenable -- Cedar's name for it
          ({ "if-then-else": { if: test, then: yes, else: no } }),
        ),
      ),
      often(pair("hasTag", tie("entity"), tie("text"))),
      often(call("lessThan", read(fc.constant("when")), made("decimal", "2.0"))),
      often(call("isInRange", read(fc.constant("when")), made("ip", "10.0.0.0/8"))),
      slip,
    ),
    long: fc.oneof(
      { maxDepth: 4 },
      often(long.map(leaf)),
      often(read(fc.constant("count"))),
      often(fc.constantFrom("+", "-", "*").chain((operator) => pair(operator, tie("long")))),
      often(tie("long").map((arg) => ({ neg: { arg } }))),
      slip,
    ),
    text: fc.oneof({ maxDepth: 3 }, often(text.map(leaf)), often(read(fc.constant("name"))), slip),
    set: fc.oneof(
      { maxDepth: 3 },
      often(read(fc.constant("set"))),
      often(fc.array(tie("any"), { maxLength: 3 }).map((Set) => ({ Set }))),
      slip,
    ),
    entity: fc.oneof(
      { maxDepth: 3 },
      often(entity.map((uid) => leaf({ __entity: uid }))),
      often(variable),
      often(read(fc.constant("friend"))),
      slip,
    ),
  }
}).boolean

const all = fc.constant<Json>({ op: "All" })
const scope = (entities: readonly Uid[], type: string) =>
  fc.oneof(
    { weight: 3, arbitrary: all },
    fc.constantFrom(...entities).map((uid): Json => ({ op: "==", entity: uid })),
    fc.constantFrom(...entities).map((uid): Json => ({ op: "in", entity: uid })),
    fc.constant<Json>({ op: "is", entity_type: type }),
    fc.constantFrom(...entities).map((uid): Json => ({ op: "is", entity_type: type, in: { entity: uid } })),
  )

/** A static policy; some forbids carry `@ask`. */
export const policy: fc.Arbitrary<Json> = fc.record({
  effect: fc.constantFrom("permit", "forbid"),
  principal: scope(uids, "User"),
  action: fc.oneof(
    { weight: 3, arbitrary: all },
    fc.constantFrom(...actions).map((uid): Json => ({ op: "==", entity: uid })),
    fc.constantFrom(...actions).map((uid): Json => ({ op: "in", entity: uid })),
    fc.subarray(actions, { minLength: 1 }).map((entities): Json => ({ op: "in", entities })),
  ),
  resource: scope([...files, ...uids], "File"),
  conditions: fc.array(fc.record({ kind: fc.constantFrom("when", "unless"), body: expression }), {
    maxLength: 2,
  }),
  annotations: fc.constantFrom<Json>({}, { ask: "sure?" }),
})
