import { loopback } from "@hufu/server/http/testing/loopback"
import { z } from "zod"
import { type GroupPartner, startGroupPartner } from "../../conformance/aip/group-partner.ts"
import { createAgent, grantMandate } from "../node-under-test.ts"
import type { WorldWithBroker } from "./world-with-broker.ts"

const Bound = z.object({ aic: z.string() })

/** A partner that is at the broker itself, and an agent in whose name Hufu leads groups with it. */
export interface SecondPartner extends GroupPartner {
  readonly aic: string
  readonly captain: { readonly aic: string; readonly headers: { readonly authorization: string } }
}

/** Two more agents of the node: one speaks AIP and is at the broker itself, by its own credential; the other may ask it. */
export async function openSecondPartner({ node, ports }: WorldWithBroker): Promise<SecondPartner> {
  const aicOf = async (agent: string) => Bound.parse(await node.api("POST", "/v1/ca/bindings", { agent })).aic
  const password = await createAgent(node, "second")
  const aic = await aicOf("second")
  const credential = await createAgent(node, "captain")
  await grantMandate(node, "captain", {
    task: null,
    words: "the captain may work with the second",
    grants: [
      {
        effects: ["send"],
        tools: ["second/delegation/ask", "second/group/invite", "second/group/unmute"],
        limits: [],
        mode: "auto",
      },
    ],
    never: [],
    until: Date.now() + 3_600_000,
  })
  const partner = await startGroupPartner({
    aic,
    host: loopback,
    broker: { hostname: "127.0.0.1", port: ports.amqp, password },
  })
  await node.api("POST", "/v1/servers", {
    name: "second",
    url: `${partner.scripted.url}/rpc`,
    protocol: "aip",
    aic,
  })
  const captain = { aic: await aicOf("captain"), headers: { authorization: `Bearer ${credential}` } }
  return { ...partner, aic, captain }
}
