import type { Output } from "@hufu/core/contract/contract"
import { effects } from "@hufu/core/words"
import {
  addHttpServer,
  createAgent,
  doorOf,
  enrolPerson,
  grantMandate,
  startNode,
  type NodeUnderTest,
} from "../../e2e/node-under-test.ts"

/** A gateway in front of the fixture: where a client reaches it, and what it has to send. */
export type Gateway = {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly close: () => Promise<void>
}

const serverName = "fixture"

/** Starts Hufu on a new data folder, in front of the fixture. */
export async function startGateway(fixtureUrl: string): Promise<Gateway> {
  const node = await startNode()
  try {
    const credential = await admitEverything(node, fixtureUrl)
    return {
      url: doorOf(node, serverName),
      headers: { authorization: `Bearer ${credential}` },
      close: () => node.dispose(),
    }
  } catch (error) {
    await node.dispose()
    throw error
  }
}

// The suite tests the protocol and not the fence, so one agent may do everything here: what differs from the
// direct run is then a fault of the gateway and not a verdict. This is the one place that says so.
async function admitEverything(node: NodeUnderTest, fixtureUrl: string): Promise<string> {
  await enrolPerson(node)
  await addHttpServer(node, serverName, fixtureUrl)
  await confirmTools(node)
  const credential = await createAgent(node, "conformance")
  await grantMandate(node, "conformance", {
    task: null,
    words: "the conformance suite may use every tool of the fixture",
    grants: [
      {
        effects: [...effects],
        tools: [`${serverName}/*`],
        limits: [],
        mode: "auto",
      },
    ],
    until: Date.now() + 3_600_000,
  })
  return credential
}

/** Nobody has reviewed the fixture's tools, and what nobody vouches for asks. */
async function confirmTools(node: NodeUnderTest): Promise<void> {
  const { items } = (await node.api("GET", `/v1/servers/${serverName}/tools`)) as Output<"tool.list">
  for (const { tool, definition } of items)
    await node.api("POST", `/v1/servers/${serverName}/tools/${tool}:confirm`, { definition })
}
