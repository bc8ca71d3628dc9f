import { isFailure } from "@hufu/core/failure"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { Effect, VerdictKind } from "@hufu/core/words"
import { z } from "zod"
import { harmlessFacts } from "./harmless-facts.ts"
import type { RuleSet, RuleSource } from "./load.ts"
import type { PackFacts, RuleFacts } from "./schema.ts"

const Some = z.record(z.string(), z.json())

/** Actions with what has to come of them: everything else of each is harmless. */
const Examples = z
  .array(
    z.strictObject({
      effect: Effect,
      principal: Some.default({}),
      resource: Some.default({}),
      context: Some.default({}),
      verdict: VerdictKind,
      /** Rules that have to match or fail. */
      rules: z.array(z.string()).max(16).default([]),
    }),
  )
  .max(500)

/** What does not come out as the examples beside a file of rules state. */
export function exampleFaults(rules: RuleSet, { name, examples, facts }: RuleSource): string[] {
  if (examples === undefined) return []
  const place = `the examples of ${name}`
  const parsed = Examples.safeParse(read(examples))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return [
      `${place}: correct \`${issue?.path.join("/") || "the list"}\`: ${issue?.message ?? "it does not fit"}`,
    ]
  }
  return parsed.data.flatMap((example, at) => {
    const fault = faultOf(rules, example, facts && { [facts.as]: { ...facts.figures, tool: "" } })
    return fault === undefined ? [] : [`${place}: number ${at + 1} ${fault}`]
  })
}

function faultOf(
  rules: RuleSet,
  example: z.infer<typeof Examples>[number],
  packs: PackFacts | undefined,
): string | undefined {
  const harmless = harmlessFacts(example.effect, packs && { packs })
  // What does not have its shape is refused below.
  const facts = {
    ...harmless,
    principal: { ...harmless.principal, ...example.principal },
    resource: { ...harmless.resource, ...example.resource },
    context: { ...harmless.context, ...example.context },
  } as RuleFacts
  try {
    const { verdict } = rules.decide(facts)
    if (verdict !== example.verdict) return `states \`${example.verdict}\` and comes out as \`${verdict}\``
    const matched = rules.matches(facts)
    const silent = example.rules.find((id) => !matched.includes(id))
    return silent === undefined ? undefined : `states the rule \`${silent}\`, which does not match`
  } catch (error) {
    if (isFailure(error, "invalid_input")) return `has facts that no action has: ${error.message}`
    throw error
  }
}

function read(text: string): unknown {
  try {
    return parseStrict(text)
  } catch {
    return undefined
  }
}
