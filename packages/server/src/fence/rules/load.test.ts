import { effects } from "@hufu/core/words"
import { isFailure } from "@hufu/core/failure"
import { UNKNOWN } from "@hufu/core/policy/cedar-value"
import { describe, expect, test } from "vitest"
import { loadRules, type RuleSource } from "./load.ts"
import { platformRules } from "./platform-rules.ts"
import type { RuleFacts, UncertainFacts } from "./schema.ts"
import { harmlessFacts } from "./harmless-facts.ts"

const head = '@id("one") forbid (principal, action, resource)'

function user(text: string): RuleSource {
  return { layer: "user", name: "user.cedar", text }
}

function faultsOf(...sources: RuleSource[]): readonly string[] {
  try {
    loadRules(sources)
  } catch (error) {
    if (!isFailure(error, "rule_invalid")) throw error
    expect(error.message).toContain((error.extra["faults"] as string[])[0])
    return error.extra["faults"] as string[]
  }
  return []
}

describe("what is refused at load, with its place and reason", () => {
  const broken: [name: string, text: string, fault: RegExp][] = [
    ["text that does not parse", "permit (principal, action", /^user\.cedar:1: /],
    ["a line further down", `// first\n\n${head}\nwhen { context.mode === "ask" };`, /^user\.cedar:4: /],
    [
      "a line after text that is not ASCII",
      `${head} when { "虎符虎符虎符" == context.mode &&\n context.nothing };`,
      /^user\.cedar:2: .*nothing/,
    ],
    [
      "a function with the wrong number of values",
      `${head} when { ip("10.0.0.1", "10.0.0.2").isLoopback() };`,
      /^user\.cedar:1: /,
    ],
    ["no semicolon", head, /^user\.cedar:1: /],
    ["a missing id", "forbid (principal, action, resource);", /give the rule an id/],
    ["an empty id", '@id("") forbid (principal, action, resource);', /letters, digits/],
    [
      "an id that the ledger cannot name",
      '@id("no spaces") forbid (principal, action, resource);',
      /letters, digits/,
    ],
    ["an id without a value", "@id forbid (principal, action, resource);", /letters, digits/],
    [
      "two rules with one id",
      `${head};\n${head} when { resource.changed };`,
      /^user\.cedar:2: choose another id than `one`, which is at user\.cedar:1/,
    ],
    [
      "an ask on a permit",
      '@id("one") @ask("sure?") permit (principal, action, resource);',
      /only a forbid can ask/,
    ],
    [
      "a Chinese ask on a permit",
      '@id("one") @ask_zh("确定？") permit (principal, action, resource);',
      /only a forbid can ask/,
    ],
    [
      "a Chinese ask alone",
      '@id("one") @ask_zh("确定？") forbid (principal, action, resource);',
      /give `@ask` along/,
    ],
    [
      "a redaction by what is forbidden",
      '@id("one") @redact("secret") forbid (principal, action, resource);',
      /only a permit can redact/,
    ],
    [
      "a redaction of what nobody finds",
      '@id("one") @redact("secret secrets") permit (principal, action, resource);',
      /knows no `secrets`/,
    ],
    [
      "a redaction of a word from the prototype",
      '@id("one") @redact("constructor") permit (principal, action, resource);',
      /knows no `constructor`/,
    ],
    [
      "a redaction of nothing",
      '@id("one") @redact(" ") permit (principal, action, resource);',
      /what is taken out/,
    ],
    ["an ask without a reason", '@id("one") @ask forbid (principal, action, resource);', /say why in `@ask/],
    [
      "an ask with a blank reason",
      '@id("one") @ask("  ") forbid (principal, action, resource);',
      /say why in `@ask/,
    ],
    [
      "a misspelt annotation",
      '@id("one") @aks("sure?") forbid (principal, action, resource);',
      /`@aks` has no meaning/,
    ],
    [
      "a reason without end",
      `@id("one") @why("${"x".repeat(501)}") forbid (principal, action, resource);`,
      /keep a reason to 500/,
    ],
    [
      "a repeated annotation",
      '@id("one") @ask("a") @ask("b") forbid (principal, action, resource);',
      /duplicate annotation/,
    ],
    ["a template", '@id("one") permit (principal == ?principal, action, resource);', /template/],
    ["an unknown attribute", `${head} when { principal.colour == "red" };`, /colour/],
    [
      "an unknown effect",
      '@id("one") forbid (principal, action == Hufu::Action::"reed", resource);',
      /did you mean `Hufu::Action::"read"`/,
    ],
    [
      "an unknown entity type",
      '@id("one") forbid (principal is Hufu::Robot, action, resource);',
      /Hufu::Robot/,
    ],
    ["another namespace", '@id("one") forbid (principal, action, resource in Server::"files");', /Server/],
    ["a comparison of different types", `${head} when { resource.name > 3 };`, /expected Long/],
    ["an equality of different types", `${head} when { resource.name == 3 };`, /user\.cedar:1: rule `one`/],
    ["a condition that is no boolean", `${head} when { resource.name };`, /unexpected type/],
    [
      "an optional fact that is read unguarded",
      `${head} when { context.amount > 5 };`,
      /optional attribute `amount`.*has amount/,
    ],
    ["a rule that can never match", `${head} when { false };`, /impossible/],
    [
      "a rule about an effect and a resource that never meet",
      '@id("one") forbid (principal is Hufu::Tool, action, resource);',
      /impossible|unable to find/,
    ],
    ["letters that only look alike", `${head} when { context.door == "pаypal" };`, /mixed|confus/i],
    ["text that runs from right to left", `${head} when { context.door == "a\u202Eb" };`, /bidi|direction/i],
    ["a function that does not exist", `${head} when { uuid("x") == context.door };`, /uuid/],
    [
      "a number that Cedar's parser rounds",
      `${head} when { context.time.epoch > 9007199254740993 };`,
      /rule `one`: write whole numbers/,
    ],
    ["a number beyond 64 bits", `${head} when { context.time.epoch > 99999999999999999999 };`, /too large/],
    ["a malformed literal of an extension", `${head} when { ip("1.2.3.400").isIpv4() };`, /1\.2\.3\.400/],
    [
      "a rule that is too long",
      `${head} when { context.door == "${"x".repeat(17_000)}" };`,
      /keep a rule to/,
    ],
    ["a file that is too long", " ".repeat(4_194_305), /keep the file to/],
  ]

  test.each(broken)("%s", (_name, text, fault) => {
    const faults = faultsOf(user(text))
    expect(faults[0]).toMatch(fault)
    expect(faults[0]).toMatch(/^user\.cedar:/)
  })

  test("every broken rule is named, each place once", () => {
    const text = `${head} when { context.amount > 5 };\n@id("two") forbid (principal, action, resource)\nwhen { false };\n`
    expect(faultsOf(user(text))).toEqual([
      expect.stringMatching(/^user\.cedar:1: rule `one`/),
      expect.stringMatching(/^user\.cedar:2: rule `two`/),
    ])
  })

  test("two files may not share an id", () => {
    const place: RuleSource = { layer: "place", name: "place.cedar", text: `${head};` }
    expect(faultsOf(user(`${head};`), place)).toEqual([
      expect.stringMatching(/^place\.cedar:1: .* user\.cedar:1$/),
    ])
  })

  test("more rules than can be checked in reasonable time are refused", () => {
    const file = (name: string): RuleSource => ({
      layer: "user",
      name,
      text: Array.from(
        { length: 4_001 },
        (_, i) => `@id("${name}/${i}") permit(principal,action,resource);`,
      ).join(""),
    })
    expect(faultsOf(file("a"), file("b"), file("c"))).toEqual([expect.stringMatching(/keep to 12000 rules/)])
  })

  test("beside rules that passed, a draft is checked alone, and still against their ids", () => {
    const inForce = user(`${head};`)
    const digest = loadRules([inForce]).digest
    const draft = (text: string): RuleSource => ({ layer: "user", name: "draft.cedar", text })
    expect(faultsOf(inForce, draft(`${head};`))).toEqual([
      expect.stringMatching(/^draft\.cedar:1: choose another/),
    ])
    expect(
      faultsOf(inForce, draft(`@id("two") permit (principal, action, resource) when { false };`)),
    ).toEqual([expect.stringMatching(/^draft\.cedar:1: rule `two`/)])
    expect(loadRules([inForce]).digest).toBe(digest)
    // The same texts in other objects come to the same.
    expect(loadRules([user(`${head};`)]).digest).toBe(digest)
  })
})

describe("examples beside rules", () => {
  const rule = `@id("own/night") @ask("now?") @ask_zh("现在？") forbid (principal, action == Hufu::Action::"send", resource)
    when { context.time.hour >= 22 };`
  const night = { effect: "send", context: { time: { hour: 23, weekday: 1, epoch: 1 } }, verdict: "ask" }
  const load = (examples: unknown) =>
    faultsOf(platformRules(), {
      ...user(rule),
      examples: typeof examples === "string" ? examples : JSON.stringify(examples),
    })

  test("they have to come out as stated, by the rules that they name", () => {
    expect(
      load([
        { ...night, rules: ["own/night"] },
        { effect: "send", verdict: "allow" },
      ]),
    ).toEqual([])
    expect(load([night, { ...night, verdict: "deny" }])).toEqual([
      "the examples of user.cedar: number 2 states `deny` and comes out as `ask`",
    ])
    expect(load([{ ...night, rules: ["own/nothing"] }])).toEqual([
      "the examples of user.cedar: number 1 states the rule `own/nothing`, which does not match",
    ])
  })

  test("what is no example is refused: facts that no action has, members that nobody reads, text that is no JSON", () => {
    expect(load([{ ...night, context: { time: "noon" } }])[0]).toMatch(
      /number 1 has facts that no action has/,
    )
    expect(load([{ ...night, verdikt: "ask" }])[0]).toMatch(/^the examples of user\.cedar: correct/)
    expect(load("[")[0]).toMatch(/^the examples of user\.cedar: correct/)
  })
})

describe("what is loaded", () => {
  test("semicolons and quotes inside strings and comments do not end a rule", () => {
    const text = `// it's; "one\n${head} // ; "\nwhen { context.door == "a;\\"//b" };\n\n@id("two") permit (principal, action, resource);`
    expect(
      loadRules([user(text)]).rules.map(({ id, line, source, layer }) => [id, line, source, layer]),
    ).toEqual([
      ["one", 2, "user.cedar", "user"],
      ["two", 5, "user.cedar", "user"],
    ])
  })

  test("no rules at all are a rule set that denies everything", () => {
    expect(loadRules([]).decide(harmlessFacts("read")).verdict).toBe("deny")
  })

  test("the digest depends on the rules and not on the order of files or the space between rules", () => {
    const [a, b] = [
      user(`${head};`),
      { layer: "place", name: "p", text: '@id("two") permit (principal, action, resource);' } as const,
    ]
    const digest = loadRules([a, b]).digest
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
    expect(loadRules([b, user(`\n// note\n${head};\n`)]).digest).toBe(digest)
    expect(loadRules([a, { ...b, layer: "sector" }]).digest).not.toBe(digest)
    expect(loadRules([a, { ...b, text: b.text.replace("permit", "forbid") }]).digest).not.toBe(digest)
    expect(loadRules([a, b]).decide(harmlessFacts("read")).policy).toBe(digest)
  })

  test("rules of one's own read targets, servers and optional facts", () => {
    const rules = loadRules([
      platformRules(),
      user(`@id("u/hosts") @ask("only our own hosts run alone") @ask_zh("仅本单位主机可自动执行")
        forbid (principal, action in [Hufu::Action::"send", Hufu::Action::"publish"], resource in Hufu::Server::"self-test")
        unless { ["corp.example"].containsAll(context.anyTarget.hosts) };
        @id("u/amount") @why("too much")
        forbid (principal, action == Hufu::Action::"pay", resource)
        when { context has amount && context.amount > 10000 && context has currency && context.currency == "CNY" };`),
    ])
    const mail = (host: string) =>
      harmlessFacts("send", { targets: [{ kind: "email", value: `a@${host}`, host, own: false }] })
    expect(rules.decide(mail("corp.example")).verdict).toBe("allow")
    expect(rules.decide(mail("other.example"))).toMatchObject({ verdict: "ask", rules: ["u/hosts"] })
    expect(rules.decide(harmlessFacts("pay", { amount: 10_001, currency: "CNY" }))).toMatchObject({
      verdict: "deny",
      rules: ["u/amount"],
    })
    expect(rules.decide(harmlessFacts("pay", { amount: 10_001 })).verdict).toBe("allow")
  })
})

describe("facts that do not have their shape are refused, and so denied", () => {
  const rules = loadRules([platformRules()])
  const refused: [string, (facts: RuleFacts) => unknown][] = [
    ["a fraction", (facts) => ({ ...facts, context: { ...facts.context, amount: 12.5 } })],
    ["a number as text", (facts) => ({ ...facts, context: { ...facts.context, amount: "12" } })],
    ["a missing fact", (facts) => ({ ...facts, context: { ...facts.context, mandate: undefined } })],
    ["a truthy text", (facts) => ({ ...facts, principal: { ...facts.principal, suspended: "no" } })],
    ["a mode that does not exist", (facts) => ({ ...facts, context: { ...facts.context, mode: "always" } })],
    ["an effect that does not exist", (facts) => ({ ...facts, effect: "any" })],
    ["a list that is none", (facts) => ({ ...facts, context: { ...facts.context, targets: {} } })],
    [
      "too many targets",
      (facts) => ({
        ...facts,
        context: {
          ...facts.context,
          targets: Array.from({ length: 2_000 }, () => ({ kind: "url", value: "x", own: false })),
        },
      }),
    ],
    [
      "a text without end",
      (facts) => ({ ...facts, context: { ...facts.context, door: "x".repeat(70_000) } }),
    ],
  ]

  test.each(refused)("%s", (_name, change) => {
    // What TypeScript would refuse is what this test is about.
    const facts = change(harmlessFacts("read")) as RuleFacts
    expect(() => rules.decide(facts)).toThrow(expect.objectContaining({ code: "invalid_input" }))
  })
})

describe("listing a tool before its arguments are known", () => {
  const rules = loadRules([platformRules()])
  const unknown = (facts: RuleFacts): UncertainFacts => ({
    ...facts,
    context: {
      ...facts.context,
      targets: UNKNOWN,
      amount: UNKNOWN,
      mandate: { ...facts.context.mandate, covers: UNKNOWN },
    },
  })

  test("what the arguments will decide could be allowed and could ask", () => {
    for (const effect of effects)
      expect(rules.couldBe(unknown(harmlessFacts(effect)))).toEqual({ allow: true, ask: true })
  })

  test("what is asked whatever the arguments cannot be allowed alone", () => {
    expect(rules.couldBe(unknown(harmlessFacts("send", { mode: "user-only" })))).toEqual({
      allow: false,
      ask: true,
    })
  })

  test("what is denied whatever the arguments cannot be anything else", () => {
    const none = { allow: false, ask: false }
    expect(rules.couldBe(unknown(harmlessFacts("send", { standing: { live: false } })))).toEqual(none)
    expect(
      rules.couldBe(unknown({ ...harmlessFacts("send"), principal: { id: "a", suspended: true } })),
    ).toEqual(none)
  })

  test("one unknown target is enough for the sum of targets to be unknown", () => {
    const own = loadRules([
      platformRules(),
      user('@id("u") forbid (principal, action, resource) unless { context.anyTarget.hosts.contains("a") };'),
    ])
    const facts = harmlessFacts("send")
    const target = { kind: "url", value: "http://a/", host: "a", own: false }
    const listing = (targets: UncertainFacts["context"]["targets"]) =>
      own.couldBe({ ...facts, context: { ...facts.context, targets } })
    expect(listing([target]).allow).toBe(true)
    expect(listing([]).allow).toBe(false)
    expect(listing([UNKNOWN]).allow).toBe(true)
    expect(listing([{ ...target, host: UNKNOWN }]).allow).toBe(true)
    expect(listing([{ ...target, own: UNKNOWN }]).allow).toBe(true)
    expect(listing([{ ...target, own: true }, UNKNOWN])).toEqual({ allow: false, ask: false })
  })
})
