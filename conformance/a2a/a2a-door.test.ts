import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type A2aWorld, openA2aWorld } from "../../packages/server/src/gateway/a2a/testing/a2a-world.ts"
import { startAgent } from "./agent.ts"
import { openImplementation } from "./implementation.ts"
import { requirements } from "./requirements.ts"
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

  it.each(["JSONRPC", "HTTP+JSON"] as const)(
    "are met by Hufu's door in front of an agent of the official SDK, over %s",
    async (binding) => {
      // Whom an agent tells of what a partner wrote is asked about, unless the person named it.
      await world.anotherAgent(binding, `tell ${webhook.url} how it goes`)
      const headers = { authorization: `Bearer ${binding}` }
      const implementations = await openImplementation(`${world.url}/a2a/checked`, headers, webhook)
      const found = await runRequirements(implementations.filter(({ wire }) => wire.binding === binding))
      expect(unmet(found)).toEqual([])
      expect(found.filter(({ outcome }) => outcome === "met").length).toBeGreaterThan(60)
    },
    60_000,
  )
})

function unmet(findings: readonly Finding[]): string[] {
  return findings.flatMap(({ outcome, binding, id, why }) =>
    outcome === "unmet" ? [`${binding} ${id}: ${why}`] : [],
  )
}
