import * as cedar from "@cedar-policy/cedar-wasm/nodejs"
import { placeClasses, positionSources, restrictions } from "@hufu/core/place/place-words"
import { decisionModes, effects } from "@hufu/core/words"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { contentSignalWords } from "../content/content-signals.ts"
import { harmlessFacts } from "./harmless-facts.ts"
import { loadRules } from "./load.ts"
import { platformRules } from "./platform-rules.ts"
import { ruleRequest } from "./rule-request.ts"
import { ruleSchema, type RuleFacts } from "./schema.ts"

const own = `
  @id("user/hosts") @ask("where to?") forbid (principal, action in [Hufu::Action::"send", Hufu::Action::"publish"], resource)
  unless { ["a.example"].containsAll(context.anyTarget.hosts) };
  @id("user/amount") forbid (principal, action == Hufu::Action::"pay", resource in Hufu::Server::"bank")
  when { context has amount && context.amount * 3 > 1000 && !(context has currency && context.currency like "C*") };
  @id("user/tool") forbid (principal, action, resource == Hufu::Tool::"bank/echo")
  when { context.time.hour < 10 || context has currency && context.currency like "*N*" };
`

const rules = loadRules([platformRules(), { layer: "user", name: "user.cedar", text: own }])

const parsedAs = "agree"
const staticPolicies = Object.fromEntries(rules.rules.map((rule) => [rule.id, rule.text]))
for (const parsed of [
  cedar.preparseSchema(parsedAs, ruleSchema),
  cedar.preparsePolicySet(parsedAs, { staticPolicies }),
])
  if (parsed.type === "failure") throw new Error(parsed.errors.map(({ message }) => message).join("; "))

const often = fc.integer({ min: 0, max: 9 }).map((dice) => dice > 0)
const rarely = often.map((yes) => !yes)

const target = fc.record(
  {
    kind: fc.constantFrom("url", "path"),
    value: fc.string(),
    host: fc.constantFrom("a.example", "b.example"),
    own: rarely,
  },
  { requiredKeys: ["kind", "value", "own"] },
)

const facts: fc.Arbitrary<RuleFacts> = fc
  .record({
    effect: fc.constantFrom(...effects),
    server: fc.constantFrom("bank", "files"),
    principal: fc.record({ id: fc.constant("agt_1"), suspended: rarely }),
    tool: fc.record({ reviewed: fc.boolean(), confirmed: fc.boolean(), changed: rarely }),
    noticed: rarely,
    mandate: fc.record({
      live: often,
      covers: often,
      forbids: rarely,
      asks: rarely,
      otherwise: fc.constantFrom("ask", "deny"),
    }),
    rest: fc.record(
      {
        // Enough of them are allowed for that to be compared as well.
        mode: fc.constantFrom("auto", "auto", "auto", ...decisionModes),
        targets: fc.array(target, { maxLength: 3 }),
        signals: fc.subarray([...contentSignalWords], { maxLength: 1 }),
        labels: fc.subarray([...contentSignalWords], { maxLength: 2 }),
        amount: fc.integer({ min: -1, max: 1000 }),
        currency: fc.constantFrom("CNY", "USD"),
        time: fc.record({ hour: fc.nat(23), weekday: fc.nat(6), epoch: fc.nat() }),
        standing: fc.record({ live: often }),
        place: fc.record({
          restriction: fc.constantFrom("none", "none", "none", "none", ...restrictions),
          unknown: fc.constantFrom("none", "none", "none", "none", ...placeClasses),
          classes: fc.subarray([...placeClasses]),
          owners: fc.constant(["usr_1"]),
          ids: fc.subarray(["plc_1", "plc_2"]),
          trust: fc.constantFrom("none", ...positionSources),
        }),
      },
      { requiredKeys: ["mode", "targets"] },
    ),
  })
  .map(({ effect, server, principal, tool, noticed, mandate, rest }) => {
    const { context, resource } = harmlessFacts(effect, { ...rest, mandate })
    return {
      principal,
      effect,
      context,
      resource: {
        ...resource,
        ...tool,
        ...(noticed ? { signals: ["same_name"] } : {}),
        server,
        id: `${server}/echo`,
      },
    }
  })

function cedarAnswer(given: RuleFacts) {
  const { request } = ruleRequest(given)
  const { id: agentId, ...agent } = given.principal
  const { id: toolId, ...tool } = given.resource
  const server = { type: "Hufu::Server", id: tool.server }
  const answer = cedar.statefulIsAuthorized({
    principal: { type: "Hufu::Agent", id: agentId },
    action: { type: "Hufu::Action", id: given.effect },
    resource: { type: "Hufu::Tool", id: toolId },
    // A context is plain JSON but for the symbol that only marks other kinds of values.
    context: request.context as unknown as cedar.Context,
    preparsedSchemaName: parsedAs,
    validateRequest: true,
    preparsedPolicySetId: parsedAs,
    entities: [
      { uid: { type: "Hufu::Agent", id: agentId }, attrs: { ...agent }, parents: [] },
      // Attributes are plain JSON, whether or not they may be written to.
      {
        uid: { type: "Hufu::Tool", id: toolId },
        attrs: tool as unknown as cedar.EntityJson["attrs"],
        parents: [server],
      },
      { uid: server, attrs: {}, parents: [] },
    ],
  })
  if (answer.type === "failure") throw new Error(answer.errors.map((error) => error.message).join("; "))
  return answer.response
}

test("on random facts, which Cedar finds to fit the schema, the verdict is what Cedar's answer implies", () => {
  const isAsk = new Set(rules.rules.filter((rule) => rule.text.includes("@ask(")).map((rule) => rule.id))
  const isPermit = new Set(["platform/permit-under-mandate"])
  const seen = { allow: 0, ask: 0, deny: 0 }
  fc.assert(
    fc.property(facts, (given) => {
      const { verdict, asks, denies, errors } = rules.decide(given)
      const { decision, diagnostics } = cedarAnswer(given)
      expect(errors).toEqual([])
      expect(diagnostics.errors).toEqual([])
      expect(verdict === "allow").toBe(decision === "allow")
      if (decision === "deny") {
        const forbids = [...asks, ...denies].map((objection) => objection.rule)
        expect(forbids.toSorted()).toEqual(diagnostics.reason.toSorted())
        const onlyAsks = diagnostics.reason.length > 0 && diagnostics.reason.every((id) => isAsk.has(id))
        expect(verdict === "ask").toBe(onlyAsks)
      } else {
        expect(diagnostics.reason.every((id) => isPermit.has(id))).toBe(true)
      }
      seen[verdict] += 1
    }),
    { numRuns: 600 },
  )
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10)
})
