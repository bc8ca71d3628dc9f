import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { installPeers } from "../../conformance/mcp/install-peers.ts"
import type { Engine } from "./engine.ts"
import type { MadeRule } from "./made-rules.ts"

const folder = fileURLToPath(new URL("./peers", import.meta.url))

/** As much of casbin as is used here. */
interface Casbin {
  newModelFromString(text: string): object
  newEnforcer(model: object): Promise<{
    addPolicies(rows: string[][]): Promise<boolean>
    enforceSync(...request: (string | number)[]): boolean
  }>
}

/** As much of the agent governance SDK as is used here. */
interface AgentGovernance {
  PolicyEngine: new (
    rules: [],
    strategy: string,
  ) => {
    loadPolicy(policy: object): void
    evaluatePolicy(agent: string, context: object): { allowed: boolean }
  }
}

/** The peers, installed apart from the workspace; each with its own loader, so that one that cannot be had costs only itself. */
export async function peerEngines(): Promise<((rules: readonly MadeRule[]) => Promise<Engine>)[]> {
  await installPeers(folder)
  const require = createRequire(`${folder}/package.json`)
  // Each is used through the few members above, as its own declarations describe them.
  const casbin = require("casbin") as Casbin
  const governance = require("@microsoft/agent-governance-sdk") as AgentGovernance
  return [(rules) => openCasbin(casbin, rules), async (rules) => openGovernance(governance, rules)]
}

/** Rules as rows and one matcher, which is how casbin is fastest: an expression in each row would be parsed for each. */
const casbinModel = `
[request_definition]
r = agent, effect, server, tool, host, amount
[policy_definition]
p = agent, effect, server, tool, host, above, eft
[policy_effect]
e = !some(where (p.eft == deny))
[matchers]
m = (p.agent == "*" || r.agent == p.agent) && (p.effect == "*" || r.effect == p.effect) && (p.server == "*" || r.server == p.server) && (p.tool == "*" || r.tool == p.tool) && (p.host == "*" || r.host == p.host) && r.amount > p.above
`

async function openCasbin(casbin: Casbin, rules: readonly MadeRule[]): Promise<Engine> {
  const begun = performance.now()
  const enforcer = await casbin.newEnforcer(casbin.newModelFromString(casbinModel))
  await enforcer.addPolicies(
    rules.map(({ agent = "*", effect = "*", server = "*", tool = "*", host = "*", above = -1 }) => [
      agent,
      effect,
      server,
      tool,
      host,
      String(above),
      "deny",
    ]),
  )
  return {
    name: "casbin",
    loadMs: performance.now() - begun,
    prepare:
      ({ agent, effect, server, tool, host, amount }) =>
      () =>
        enforcer.enforceSync(agent, effect, server, tool, host, amount),
  }
}

function openGovernance(governance: AgentGovernance, rules: readonly MadeRule[]): Engine {
  const begun = performance.now()
  const engine = new governance.PolicyEngine([], "deny_overrides")
  engine.loadPolicy({
    name: "bench",
    apiVersion: "governance.toolkit/v1",
    scope: "global",
    default_action: "allow",
    rules: rules.map(({ id, asks, above, ...names }) => ({
      name: id,
      ruleAction: asks ? "require_approval" : "deny",
      condition: [
        ...Object.entries(names).map(([name, value]) => `${name} == '${value}'`),
        ...(above === undefined ? [] : [`amount > ${above}`]),
      ].join(" and "),
    })),
  })
  return {
    name: "agent-governance-sdk",
    loadMs: performance.now() - begun,
    prepare: (action) => () => engine.evaluatePolicy(action.agent, action).allowed,
  }
}
