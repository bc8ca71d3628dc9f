import type { Request } from "@hufu/core/contract/contract"
import { startNodeWithPartners } from "../../e2e/a2a/node-with-partners.ts"
import { startAgent } from "./agent.ts"

/** A node in a process of its own, in front of the agent that is checked. */
export async function hufuInFront(webhook: string) {
  const agent = await startAgent()
  const { node, credential } = await startNodeWithPartners({ checked: agent.url })
  // Whom an agent tells of what a partner wrote is asked about, unless the person named it.
  const task = { agent: "leader", words: `tell ${webhook} how it goes` } satisfies Request<"task.start">
  await node.api("POST", "/v1/tasks", task)
  return {
    url: `${node.url}/a2a/checked`,
    headers: { authorization: `Bearer ${credential}` },
    async close() {
      await node.dispose()
      await agent.stop()
    },
  }
}
