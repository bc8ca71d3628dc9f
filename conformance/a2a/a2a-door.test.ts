import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type A2aWorld, openA2aWorld } from "../../packages/server/src/gateway/a2a/testing/a2a-world.ts"
import { startAgent } from "./agent.ts"
import { openImplementation } from "./implementation.ts"
import { requirements } from "./requirements.ts"
import { serveFunction } from "./serve-function.ts"
import { openWebhook, type Webhook } from "./webhook.ts"
import { type Finding, runRequirements } from "./run-requirements.ts"

describe("the mandatory requirements of A2A 1.0", () => {
  let agent: Awaited<ReturnType<typeof startAgent>>
  let world: A2aWorld
  let webhook: Webhook
  beforeAll(async () => {
    webhook = await openWebhook()
    agent = await startAgent()
    world = await openA2aWorld({ checked: { url: agent.url } })
  })
  afterAll(async () => {
    await world.close()
    await agent.stop()
    webhook.close()
  })

  it("have ids of their own", () => {
    expect(new Set(requirements.map(({ id }) => id)).size).toBe(requirements.length)
  })

  // `npm run conformance:a2a` checks all of them over both bindings, against a node in a process of its own.
  it.each([
    ["JSONRPC", /./, 60],
    ["HTTP+JSON", /^(?:HTTP_JSON|CORE-(?:SEND|GET|CANCEL|ERR|STREAM)|STREAM-SUB|PUSH-(?:GET|DEL)|VER)-/, 25],
  ] as const)(
    "are met by Hufu's door in front of an agent of the official SDK, over %s",
    async (binding, meant, least) => {
      // Whom an agent tells of what a partner wrote is asked about, unless the person named it.
      await world.anotherAgent(binding, `tell ${webhook.url} how it goes`)
      const headers = { authorization: `Bearer ${binding}` }
      const implementations = await openImplementation(`${world.url}/a2a/checked`, headers, webhook)
      const found = await runRequirements(
        implementations.filter(({ wire }) => wire.binding === binding),
        (id) => meant.test(id),
      )
      expect(unmet(found)).toEqual([])
      const met = found.filter(({ outcome }) => outcome === "met").map(({ id }) => id)
      expect(met.length).toBeGreaterThan(least)
      // What the agent behind answers without a task comes so.
      expect(met).toContain("CORE-STREAM-002")
    },
    60_000,
  )

  it("are met by a function that the SDK serves as an agent", async () => {
    const agent = await serveFunction()
    try {
      const found = await runRequirements(await openImplementation(agent.url, agent.headers, webhook))
      expect(unmet(found)).toEqual([])
      expect(found.filter(({ outcome }) => outcome === "met").length).toBeGreaterThan(50)
    } finally {
      await agent.close()
    }
  })
})

function unmet(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ outcome, binding, id, why }) =>
    outcome === "unmet" ? [`${binding} ${id}: ${why}`] : [],
  )
}
