import type { Request } from "@hufu/core/contract/contract"
import { effects } from "@hufu/core/words"
import { z } from "zod"
import { type Leader, openLeader } from "../../conformance/aip/leader.ts"
import { type SdkClient, sdkClient } from "../../packages/server/src/gateway/a2a/testing/sdk-client.ts"
import {
  addHttpServer,
  createAgent,
  enrolPerson,
  grantMandate,
  type NodeUnderTest,
  startNode,
} from "../node-under-test.ts"
import { askByA2a } from "./ask-by-a2a.ts"
import { askByAip } from "./ask-by-aip.ts"
import type { Asker, PartnerKind } from "./model.ts"
import { partnerAic, type Partners, startPartners } from "./partners.ts"
import { namedUrls } from "./script.ts"
import type { Side } from "./side.ts"

export const partnerKinds = ["a2a", "aip", "mcp"] as const
export const askers = ["a2a", "aip"] as const
const Tools = z.object({ items: z.array(z.object({ tool: z.string(), definition: z.string() })) })
/** No script takes so long: whatever takes longer hangs. */
const patienceMs = 15_000

/** A node in a process of its own, an agent that may ask, and a partner of each protocol. */
export interface BridgeWorld {
  readonly node: NodeUnderTest
  readonly partners: Partners
  readonly side: (asker: Asker, partner: PartnerKind) => Side
  close(): Promise<void>
}

/** The agent's identity code, as the refusal of a command that another one sends names it. */
export async function codeOf({ url }: NodeUnderTest, credential: string, partner: string): Promise<string> {
  const leader = openLeader({
    base: `${url}/aip/${partner}`,
    senderId: "nobody",
    headers: { authorization: `Bearer ${credential}` },
    bindsIdentity: true,
    script: {},
    patienceMs,
  })
  const { error } = await leader.call("rpc", { command: leader.command(leader.newTask(), "get") })
  await leader.close()
  const [, code] = /`(1\.2\.[^`]+)`/.exec(JSON.stringify(error?.data)) ?? []
  if (code === undefined) throw new Error(`nobody says which code the agent has: ${JSON.stringify(error)}`)
  return code
}

export async function openBridgeWorld(): Promise<BridgeWorld> {
  const partners = await startPartners()
  const interconnect = { perMinute: 1_000_000, perAgent: 100_000, perPartner: 100_000 }
  const node = await startNode({ config: { interconnect } })
  const leaders: Leader[] = []
  async function close() {
    await Promise.all(leaders.map((each) => each.close()))
    await node.dispose()
    await partners.stop()
  }
  try {
    await enrolPerson(node)
    const { urls } = partners
    const added: Request<"server.add">[] = [
      { name: "a2a", url: urls.a2a, protocol: "a2a" },
      { name: "aip", url: urls.aip, protocol: "aip", aic: partnerAic },
    ]
    for (const each of added) await node.api("POST", "/v1/servers", each)
    await addHttpServer(node, "mcp", urls.mcp)
    // Nobody has reviewed the tool, and what nobody vouches for asks.
    for (const { tool, definition } of Tools.parse(await node.api("GET", "/v1/servers/mcp/tools")).items)
      await node.api("POST", `/v1/servers/mcp/tools/${tool}:confirm`, { definition })
    const credential = await createAgent(node, "asker")
    await grantMandate(node, "asker", {
      words: "ask the partners",
      grants: [
        { effects: ["send"], tools: ["a2a/*", "aip/*"], limits: [], mode: "auto" },
        { effects: [...effects], tools: ["mcp/*"], limits: [], mode: "auto" },
      ],
      otherwise: "ask",
      until: Date.now() + 6 * 3_600_000,
    })
    const words = `Ask the partners, and send them ${namedUrls.join(" and ")}.`
    await node.api("POST", "/v1/tasks", { agent: "asker", words } satisfies Request<"task.start">)
    const senderId = await codeOf(node, credential, "aip")
    const clients = new Map<PartnerKind, SdkClient>()
    const byAip = new Map<PartnerKind, Leader>()
    for (const kind of partnerKinds) {
      clients.set(kind, await sdkClient(`${node.url}/a2a/${kind}`, "JSONRPC", "1.0", credential))
      const leader = openLeader({
        base: `${node.url}/aip/${kind}`,
        senderId,
        headers: { authorization: `Bearer ${credential}` },
        bindsIdentity: false,
        script: {},
        patienceMs,
      })
      byAip.set(kind, leader)
      leaders.push(leader)
    }
    return {
      node,
      partners,
      side(asker, partner) {
        const client = clients.get(partner)
        const leader = byAip.get(partner)
        if (client === undefined || leader === undefined) throw new Error(`there is no partner ${partner}`)
        return asker === "a2a" ? askByA2a(client) : askByAip(leader)
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
