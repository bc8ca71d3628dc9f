import { effects } from "@hufu/core/words"
import { describe, expect, test } from "vitest"
import { contentSignalWords } from "../content/content-signals.ts"
import { harmlessFacts } from "./harmless-facts.ts"
import { loadRules, type RuleSource } from "./load.ts"
import { platformRules } from "./platform-rules.ts"
import type { RuleFacts } from "./schema.ts"
import { selfTest } from "./self-test.ts"

const platform = loadRules([platformRules()])

type Change = Partial<Omit<RuleFacts["context"], "mandate">> & {
  readonly mandate?: Partial<RuleFacts["context"]["mandate"]>
  readonly principal?: Partial<RuleFacts["principal"]>
  readonly resource?: Partial<RuleFacts["resource"]>
}

function facts(effect: RuleFacts["effect"], { principal, resource, mandate, ...context }: Change): RuleFacts {
  const harmless = harmlessFacts(effect, context)
  return {
    ...harmless,
    principal: { ...harmless.principal, ...principal },
    resource: { ...harmless.resource, ...resource },
    context: { ...harmless.context, mandate: { ...harmless.context.mandate, ...mandate } },
  }
}

function expectAll(change: Change, expected: object, lifted = false) {
  for (const effect of effects) {
    expect(platform.decide(facts(effect, change), { lifted }), effect).toMatchObject(expected)
  }
}

describe("the platform's rules", () => {
  test("allow what a live mandate covers, whatever the effect", () => {
    expectAll({}, { verdict: "allow", rules: ["platform/permit-under-mandate"] })
  })

  const denied: [string, Change, string][] = [
    ["without a live mandate", { mandate: { live: false } }, "platform/mandate-live"],
    ["out of service", { standing: { live: false } }, "platform/standing"],
    ["by a suspended agent", { principal: { suspended: true } }, "platform/suspended"],
    ["forbidden by the mandate", { mandate: { forbids: true } }, "platform/mandate-forbids"],
    [
      "uncovered where the mandate denies the rest",
      { mandate: { covers: false, otherwise: "deny" } },
      "platform/uncovered-denied",
    ],
    [
      "on Hufu's own data",
      {
        targets: [
          { kind: "url", value: "u", own: false },
          { kind: "path", value: "p", own: true },
        ],
      },
      "platform/own-data",
    ],
  ]

  test.each(denied)(
    "deny what is %s, approved or not, and say why in both languages",
    (_name, change, rule) => {
      expectAll(change, { verdict: "deny" }, true)
      expectAll(change, { verdict: "deny" })
      const { denies } = platform.decide(facts("send", change))
      const found = denies.find((objection) => objection.rule === rule)
      expect(found?.why.en).toMatch(/^[a-z]/)
      expect(found?.why.zh).toMatch(/[一-鿿]/)
    },
  )

  const asked: [string, Change, string][] = [
    ["not covered", { mandate: { covers: false } }, "platform/uncovered-asks"],
    ["one that the mandate asks about", { mandate: { asks: true } }, "platform/mandate-asks"],
    ["for the person alone", { mode: "user-only" }, "platform/user-only"],
    ["in the mode that asks", { mode: "ask" }, "platform/mode-asks"],
    ["by a tool that has changed", { resource: { changed: true } }, "platform/tool-changed"],
    [
      "by a tool that looks made to deceive",
      { resource: { signals: ["hidden_text"] } },
      "platform/tool-suspicious",
    ],
    [
      "by a tool that speaks of another's",
      { resource: { signals: ["other_tool"] } },
      "platform/tool-of-another",
    ],
    ["by one of two of a name", { resource: { signals: ["same_name"] } }, "platform/tool-name-taken"],
    ["by one that looks like another", { resource: { signals: ["look_alike"] } }, "platform/tool-look-alike"],
    ["with a hidden character", { signals: ["bidirectional_control"] }, "platform/hidden-in-arguments"],
    ["aimed at what is disguised", { signals: ["disguised_target"] }, "platform/hidden-in-arguments"],
    ["with a command in a path", { signals: ["shell_characters"] }, "platform/shell-in-arguments"],
    ["aimed at a machine's secrets", { signals: ["metadata_address"] }, "platform/metadata-address"],
  ]

  test.each(asked)("ask before what is %s, and allow it once approved", (_name, change, rule) => {
    expectAll(change, { verdict: "ask", rules: [rule] })
    expectAll(change, { verdict: "allow" }, true)
    const [why] = platform.decide(facts("send", change)).asks
    expect(why?.why.zh).toMatch(/[一-鿿]/)
  })

  const provenance = {
    target: "named",
    link: "none",
    secret: "none",
    carriesPrivate: false,
    isTold: false,
    readOthers: true,
    readPrivate: true,
    fetches: false,
  } as const

  test.each([
    ["a secret", "secret", "platform/secret-outward"],
    ["more than was looked at", "unread", "platform/secret-outward"],
    ["the number of an identity card", "cn_resident_id", "platform/personal-outward"],
    ["a card number", "payment_card", "platform/personal-outward"],
  ] as const)(
    "ask before %s goes out, unless to somebody named or in the user's own words",
    (_what, signal, rule) => {
      const signals = [signal]
      const on = (effect: RuleFacts["effect"], more: Change = {}) =>
        platform.decide(facts(effect, { signals, ...more }))
      for (const effect of ["send", "publish"] as const) {
        expect(on(effect)).toMatchObject({ verdict: "ask", rules: [rule] })
        expect(on(effect, { provenance: { ...provenance, target: "own" } })).toMatchObject({ rules: [rule] })
        expect(on(effect, { provenance }).verdict).toBe("allow")
        expect(on(effect, { provenance: { ...provenance, target: "own", isTold: true } }).verdict).toBe(
          "allow",
        )
      }
      expect(on("write").verdict).toBe("allow")
    },
  )

  test("let nothing that a detector noticed deny, and no label of results decide at all", () => {
    for (const effect of effects) {
      expect(platform.decide(facts(effect, { signals: contentSignalWords }), { lifted: true }).verdict).toBe(
        "allow",
      )
      expect(platform.decide(facts(effect, { labels: contentSignalWords })).verdict).toBe("allow")
    }
  })

  test("ask before a read or a computation by a tool that nobody vouched for", () => {
    for (const effect of ["read", "compute"] as const) {
      const verdict = (reviewed: boolean, confirmed: boolean) =>
        platform.decide(facts(effect, { resource: { reviewed, confirmed } })).verdict
      expect([verdict(false, false), verdict(true, false), verdict(false, true)]).toEqual([
        "ask",
        "allow",
        "allow",
      ])
    }
  })

  test("let an approval open nothing that is denied", () => {
    const both = facts("send", { mode: "user-only", mandate: { forbids: true } })
    expect(platform.decide(both, { lifted: true })).toMatchObject({
      verdict: "deny",
      rules: ["platform/mandate-forbids"],
    })
  })

  test("cannot be weakened by a permit in another layer", () => {
    const generous: RuleSource = {
      layer: "user",
      name: "user.cedar",
      text: '@id("u") permit (principal, action, resource);',
    }
    const rules = loadRules([platformRules(), generous])
    for (const [, change] of denied) expect(rules.decide(facts("pay", change)).verdict).toBe("deny")
    for (const [, change] of asked) expect(rules.decide(facts("pay", change)).verdict).toBe("ask")
    expect(() => selfTest(rules)).not.toThrow()
  })
})

describe("the self-test", () => {
  test("passes the platform's rules", () => {
    expect(() => selfTest(platform)).not.toThrow()
  })

  test("stops rules that permit everything", () => {
    const rules = loadRules([
      { layer: "platform", name: "p", text: '@id("all") permit (principal, action, resource);' },
    ])
    expect(() => selfTest(rules)).toThrow(expect.objectContaining({ code: "rules_self_test_failed" }))
    expect(() => selfTest(rules)).toThrow(/without a mandate \(read\) by `all`/)
  })

  /** The platform's rules without one of them. */
  function without(id: string): RuleSource {
    const source = platformRules()
    const rule = platform.rules.find((one) => one.id === id)
    expect(rule).toBeDefined()
    return { ...source, text: source.text.replace(rule?.text ?? "", "") }
  }

  test.each([
    "platform/mandate-forbids",
    "platform/own-data",
    "platform/uncovered-denied",
    "platform/uncovered-asks",
    "platform/user-only",
  ])("notices that `%s` is missing", (id) => {
    expect(() => selfTest(loadRules([without(id)]))).toThrow(
      expect.objectContaining({ code: "rules_self_test_failed" }),
    )
  })

  test("notices a hole that concerns one effect only", () => {
    const holed = without("platform/own-data")
    const narrow = `${holed.text}\n@id("own") forbid (principal, action, resource) when { context.anyTarget.own } unless { action == Hufu::Action::"delete" };`
    expect(() => selfTest(loadRules([{ ...holed, text: narrow }]))).toThrow(/own data \(delete\)/)
  })
})
