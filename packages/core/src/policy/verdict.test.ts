import { expect, test } from "vitest"
import { type CedarRecord, entityUid, UNKNOWN } from "./cedar-value.ts"
import { compileRules, type RuleInput } from "./compile-rules.ts"
import { entityStore } from "./entities.ts"
import { couldBe, evaluate } from "./evaluate.ts"
import { decide, type DecideOptions } from "./verdict.ts"

const agent = entityUid("Agent", "a")
const read = entityUid("Action", "read")
const tool = entityUid("Tool", "files/read")
const server = entityUid("Server", "files")
const any = entityUid("Action", "any")
const entities = entityStore([
  { uid: tool, parents: [server] },
  { uid: read, parents: [any] },
])

const all = { op: "All" }
const when = (fact: string) => ({ kind: "when", body: { ".": { left: { Var: "context" }, attr: fact } } })

function rule(id: string, effect: string, change: Record<string, unknown> = {}): RuleInput {
  const policy = {
    effect,
    principal: all,
    action: all,
    resource: all,
    conditions: [],
    annotations: {},
    ...change,
  }
  return { id, policy }
}

function verdictOf(rules: RuleInput[], context: CedarRecord = {}, options: DecideOptions = {}) {
  return decide(
    compileRules(rules, "digest"),
    { principal: agent, action: read, resource: tool, context },
    entities,
    options,
  )
}

const permit = rule("permit", "permit")
const ask = rule("ask", "forbid", { annotations: { ask: "sure?", ask_zh: "确定？" } })
const forbid = rule("forbid", "forbid", { annotations: { why: "no", why_zh: "不行" } })
const failing = rule("failing", "permit", { conditions: [when("missing")] })

test("what no rule permits is denied", () => {
  expect(verdictOf([])).toMatchObject({ verdict: "deny", basis: "no_permit", rules: [] })
  expect(verdictOf([ask])).toMatchObject({ verdict: "deny", basis: "no_permit", asks: [{ rule: "ask" }] })
})

test("what is permitted and not forbidden is allowed, with the digest of the rules", () => {
  expect(verdictOf([permit])).toEqual({
    verdict: "allow",
    basis: "permitted",
    policy: "digest",
    rules: ["permit"],
    asks: [],
    denies: [],
    errors: [],
  })
})

test("an ask forbid asks where the rest would allow, with its reason in both languages", () => {
  expect(verdictOf([permit, ask])).toMatchObject({
    verdict: "ask",
    basis: "asked",
    rules: ["ask"],
    asks: [{ rule: "ask", why: { en: "sure?", zh: "确定？" } }],
  })
})

test("a plain forbid denies, and the questions are still told", () => {
  expect(verdictOf([permit, ask, forbid])).toMatchObject({
    verdict: "deny",
    basis: "forbidden",
    rules: ["forbid"],
    denies: [{ rule: "forbid", why: { en: "no", zh: "不行" } }],
    asks: [{ rule: "ask" }],
  })
})

test("an approval lifts ask forbids and nothing else", () => {
  expect(verdictOf([permit, ask], {}, { lifted: true })).toMatchObject({
    verdict: "allow",
    rules: ["permit"],
    asks: [{ rule: "ask" }],
  })
  expect(verdictOf([permit, ask, forbid], {}, { lifted: true }).verdict).toBe("deny")
  expect(verdictOf([ask], {}, { lifted: true }).verdict).toBe("deny")
})

test("any rule that fails denies, although Cedar would allow, and is named", () => {
  const rules = [permit, failing]
  const request = { principal: agent, action: read, resource: tool, context: {} }
  expect(evaluate(compileRules(rules, ""), request, entities)).toMatchObject({
    decision: "allow",
    determining: ["permit"],
  })
  for (const lifted of [false, true]) {
    expect(verdictOf(rules, {}, { lifted })).toMatchObject({
      verdict: "deny",
      basis: "error",
      rules: ["failing"],
      errors: [{ rule: "failing", message: "there is no attribute `missing`" }],
    })
  }
})

test("a condition that is not a boolean is a failure", () => {
  expect(verdictOf([permit, rule("odd", "forbid", { conditions: [when("n")] })], { n: 1 }).basis).toBe(
    "error",
  )
  const unless = { kind: "unless", body: { Value: "no" } }
  expect(verdictOf([permit, rule("odd", "forbid", { conditions: [unless] })]).basis).toBe("error")
})

test("a verdict never rests on a fact that is not known", () => {
  expect(verdictOf([permit, rule("f", "forbid", { conditions: [when("u")] })], { u: UNKNOWN })).toMatchObject(
    { verdict: "deny", basis: "error" },
  )
})

test("a reason in one language stands in for the other, and a rule without one names itself", () => {
  const english = rule("e", "forbid", { annotations: { why: "because" } })
  const silent = rule("s", "forbid")
  const [first, second] = verdictOf([english, silent]).denies
  expect(first?.why).toEqual({ en: "because", zh: "because" })
  expect(second?.why.en).toContain("`s`")
  expect(second?.why.zh).toContain("`s`")
})

test("rules are found by what they are about, each counted once", () => {
  const equal = (uid: { type: string; id: string }) => ({ op: "==", entity: { type: uid.type, id: uid.id } })
  const within = (...uids: { type: string; id: string }[]) => ({
    op: "in",
    entities: uids.map(({ type, id }) => ({ type, id })),
  })
  const rules = [
    rule("tool", "permit", { resource: equal(tool) }),
    rule("server", "permit", { resource: { op: "in", entity: { type: "Server", id: "files" } } }),
    rule("agent", "permit", { principal: equal(agent) }),
    rule("action", "permit", { action: within(read, any) }),
    rule("type", "permit", { resource: { op: "is", entity_type: "Tool" } }),
    rule("other tool", "permit", { resource: equal(server) }),
    rule("other agent", "permit", { principal: equal(tool) }),
    rule("other type", "permit", { resource: { op: "is", entity_type: "Toolbox" } }),
    permit,
  ]
  expect(verdictOf(rules).rules).toEqual(["tool", "server", "agent", "action", "type", "permit"])
})

test("a rule is counted once when the agent, the action and the tool are, or are in, one entity", () => {
  const here = entityStore([{ uid: agent, parents: [any] }])
  const rules = compileRules(
    [
      rule("self", "permit", { resource: { op: "==", entity: { type: agent.type, id: agent.id } } }),
      rule("group", "permit", { principal: { op: "in", entity: { type: any.type, id: any.id } } }),
    ],
    "",
  )
  const request = { principal: agent, action: agent, resource: agent, context: {} }
  expect(decide(rules, request, here).rules).toEqual(["self", "group"])
})

test("a rule of an unsupported form is refused with its id", () => {
  const slot = rule("templated", "permit", { principal: { op: "==", slot: "?principal" } })
  expect(() => compileRules([slot], "")).toThrow(/rule `templated`: the scope of `principal`/)
})

function possible(rules: RuleInput[], context: CedarRecord = {}) {
  return couldBe(
    compileRules(rules, ""),
    { principal: agent, action: read, resource: tool, context },
    entities,
  )
}

test("a listing says what could be once the unknown facts are known", () => {
  const perhaps = (kind: string, annotations = {}) =>
    rule(`maybe-${kind}`, kind, { conditions: [when("u")], annotations })
  const unknown: CedarRecord = { u: UNKNOWN }
  expect(possible([permit])).toEqual({ allow: true, ask: false })
  expect(possible([permit, ask])).toEqual({ allow: false, ask: true })
  expect(possible([perhaps("permit")], unknown)).toEqual({ allow: true, ask: false })
  expect(possible([permit, perhaps("forbid")], unknown)).toEqual({ allow: true, ask: false })
  expect(possible([permit, perhaps("forbid", { ask: "?" })], unknown)).toEqual({ allow: true, ask: true })
})

test("a listing says that what cannot be cannot be", () => {
  expect(possible([])).toEqual({ allow: false, ask: false })
  expect(possible([ask])).toEqual({ allow: false, ask: false })
  expect(possible([permit, forbid])).toEqual({ allow: false, ask: false })
  expect(possible([permit, failing])).toEqual({ allow: false, ask: false })
})
