import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import type * as cedarModule from "@cedar-policy/cedar-wasm/nodejs"
import { platformRules } from "@hufu/server/fence/rules/platform-rules"
import { ruleRequest } from "@hufu/server/fence/rules/rule-request"
import type { Engine } from "./engine.ts"
import { factsOf } from "./hufu-engine.ts"
import { cedarText, type MadeRule } from "./made-rules.ts"

type Attributes = cedarModule.EntityJson["attrs"]

const require = createRequire(fileURLToPath(new URL("../../packages/server/package.json", import.meta.url)))

/** cedar-wasm with the very same texts, parsed once: the fastest way of asking that it has. */
export function openCedar(rules: readonly MadeRule[]): Engine {
  const cedar = require("@cedar-policy/cedar-wasm/nodejs") as typeof cedarModule // its declarations describe this very module
  const begun = performance.now()
  const id = `bench-${rules.length}`
  const parsed = cedar.preparsePolicySet(id, { staticPolicies: platformRules().text + cedarText(rules) })
  if (parsed.type === "failure") throw new Error(parsed.errors.map(({ message }) => message).join("; "))
  const loadMs = performance.now() - begun
  return {
    name: "cedar-wasm",
    loadMs,
    prepare(action) {
      const facts = factsOf(action)
      const { request } = ruleRequest(facts)
      const { id: agentId, ...agent } = facts.principal
      const { id: toolId, ...tool } = facts.resource
      const server = { type: "Hufu::Server", id: tool.server }
      const call: cedarModule.StatefulAuthorizationCall = {
        principal: { type: "Hufu::Agent", id: agentId },
        action: { type: "Hufu::Action", id: facts.effect },
        resource: { type: "Hufu::Tool", id: toolId },
        // A context is plain JSON but for the symbol that only marks other kinds of values.
        context: request.context as unknown as cedarModule.Context,
        preparsedPolicySetId: id,
        entities: [
          { uid: { type: "Hufu::Agent", id: agentId }, attrs: { ...agent }, parents: [] },
          // Plain JSON, only read-only.
          {
            uid: { type: "Hufu::Tool", id: toolId },
            attrs: tool as unknown as Attributes,
            parents: [server],
          },
          {
            uid: { type: "Hufu::Action", id: facts.effect },
            attrs: {},
            parents: [{ type: "Hufu::Action", id: "any" }],
          },
        ],
      }
      return () => {
        const answer = cedar.statefulIsAuthorized(call)
        if (answer.type === "failure") throw new Error(answer.errors.map(({ message }) => message).join("; "))
        return answer.response.decision === "allow"
      }
    },
  }
}
