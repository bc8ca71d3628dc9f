import { loadRules } from "@hufu/server/fence/rules/load"
import { harmlessFacts } from "@hufu/server/fence/rules/harmless-facts"
import { platformRules } from "@hufu/server/fence/rules/platform-rules"
import type { RuleFacts } from "@hufu/server/fence/rules/schema"
import type { Engine } from "./engine.ts"
import { cedarText, type MadeAction, type MadeRule } from "./made-rules.ts"

/** The rules as a node loads and asks them, with the platform's own in force. */
export function openHufu(rules: readonly MadeRule[]): Engine {
  const begun = performance.now()
  const loaded = loadRules([platformRules(), { layer: "user", name: "bench.cedar", text: cedarText(rules) }])
  const loadMs = performance.now() - begun
  return {
    name: "hufu",
    loadMs,
    prepare(action) {
      const facts = factsOf(action)
      return () => loaded.decide(facts).verdict === "allow"
    },
  }
}

/** What rules see of an action that is otherwise in order. */
export function factsOf({ agent, effect, server, tool, host, amount }: MadeAction): RuleFacts {
  const { context, resource } = harmlessFacts(effect, {
    door: "mcp",
    targets: [{ kind: "url", value: `https://${host}/`, host, own: false }],
    amount,
    currency: "CNY",
  })
  return {
    principal: { id: agent, suspended: false },
    effect,
    context,
    resource: { ...resource, id: `${server}/${tool}`, server, name: tool },
  }
}
