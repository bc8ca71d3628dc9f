import type { Request } from "@hufu/core/contract/contract"
import { sdkClient } from "../../packages/server/src/gateway/a2a/testing/sdk-client.ts"
import { createAgent, enrolPerson, grantMandate, type NodeUnderTest, startNode } from "../node-under-test.ts"

/** A real node with partners that speak A2A, and an agent that may ask them. */
export async function startNodeWithPartners(partners: Readonly<Record<string, string>>) {
  const node = await startNode()
  await enrolPerson(node)
  for (const [name, url] of Object.entries(partners))
    await node.api("POST", "/v1/servers", { name, url, protocol: "a2a" } satisfies Request<"server.add">)
  const credential = await createAgent(node, "leader")
  await allow(node, Object.keys(partners))
  return {
    node,
    credential,
    clientOf: (name: string, binding: "JSONRPC" | "HTTP+JSON", version: "1.0" | "0.3" = "1.0") =>
      sdkClient(`${node.url}/a2a/${name}`, binding, version, credential),
  }
}

function allow(node: NodeUnderTest, names: readonly string[]): Promise<string> {
  return grantMandate(node, "leader", {
    words: "ask the partners",
    grants: [{ effects: ["send"], tools: names.map((name) => `${name}/*`), limits: [], mode: "auto" }],
    otherwise: "ask",
    until: Date.now() + 3_600_000,
  })
}
