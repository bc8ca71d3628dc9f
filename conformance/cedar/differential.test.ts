import * as cedar from "@cedar-policy/cedar-wasm/nodejs"
import { compileRules } from "@hufu/core/policy/compile-rules"
import { evaluate } from "@hufu/core/policy/evaluate"
import { entitiesFromJson, recordFromJson, uidFromJson } from "@hufu/core/policy/from-json"
import * as fc from "fast-check"
import { expect, test } from "vitest"
import { isLongRun } from "../../e2e/long-run.ts"
import { type Json, policy, world, type World } from "./arbitrary-policy.ts"

type Answer = readonly [decision: string, determining: readonly string[], errors: readonly string[]]

function hufuAnswer(
  policies: readonly Json[],
  entities: World["entities"],
  request: World["requests"][number],
): Answer {
  const rules = compileRules(
    policies.map((json, index) => ({ id: `policy${index}`, policy: json })),
    "",
  )
  const found = evaluate(
    rules,
    {
      principal: uidFromJson(request.principal),
      action: uidFromJson(request.action),
      resource: uidFromJson(request.resource),
      context: recordFromJson(request.context),
    },
    entitiesFromJson(entities),
  )
  return [found.decision, found.determining, found.errors.map((error) => error.rule)]
}

function cedarAnswer(
  policies: readonly Json[],
  entities: World["entities"],
  request: World["requests"][number],
): Answer {
  const answer = cedar.isAuthorized({
    ...request,
    // The generator writes Cedar's own JSON; its types cannot say so without naming every form.
    policies: {
      staticPolicies: Object.fromEntries(policies.map((json, index) => [`policy${index}`, json])) as Record<
        string,
        cedar.Policy
      >,
    },
    entities: entities as unknown as cedar.Entities,
    context: request.context as cedar.Context,
  })
  if (answer.type === "failure") throw new Error(answer.errors.map((error) => error.message).join("; "))
  const { decision, diagnostics } = answer.response
  return [
    decision,
    diagnostics.reason.toSorted(),
    diagnostics.errors.map((error) => error.policyId).toSorted(),
  ]
}

test("Hufu and Cedar agree in decision, reasons and errors on random policies and requests", () => {
  const seen = { requests: 0, allow: 0, errors: 0, reasons: 0 }
  fc.assert(
    fc.property(
      fc.array(policy, { minLength: 1, maxLength: 6 }),
      world,
      (policies, { entities, requests }) => {
        for (const request of requests) {
          const ours = hufuAnswer(policies, entities, request)
          expect(ours).toEqual(cedarAnswer(policies, entities, request))
          seen.requests += 1
          if (ours[0] === "allow") seen.allow += 1
          if (ours[1].length > 0) seen.reasons += 1
          if (ours[2].length > 0) seen.errors += 1
        }
      },
    ),
    { numRuns: isLongRun ? 3200 : 400 },
  )
  // The comparison would prove nothing if every answer were the same.
  expect(seen.requests).toBeGreaterThanOrEqual(1_600)
  for (const count of [seen.allow, seen.errors, seen.reasons]) expect(count).toBeGreaterThan(50)
}, 120_000)
