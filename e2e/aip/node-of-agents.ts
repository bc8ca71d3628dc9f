import { generateKeyPairSync } from "node:crypto"
import type { Request } from "@hufu/core/contract/contract"
import { effects } from "@hufu/core/words"
import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"
import { acmeClient } from "@hufu/server/identity/testing/acme-client"
import { signingRequest } from "@hufu/server/identity/testing/signing-request"
import { z } from "zod"
import { startScriptedPartner } from "../../conformance/aip/scripted-partner.ts"
import { outcomes, type Target } from "../../conformance/aip/target.ts"
import { startFixture } from "../../conformance/mcp/fixture-server.ts"
import { addHttpServer, createAgent, enrolPerson, grantMandate, startNode } from "../node-under-test.ts"
import { startProcess } from "../process/start-process.ts"

const secret = "three tigers guard the tally of the north gate"
const helperAic = "1.2.156.3088.1.1.34C2.478BDF.3GF546.0JU4"
const Bound = z.object({ keyId: z.string(), macKey: z.string(), aic: z.string(), directory: z.string() })
const Acs = z.object({ aic: z.string(), skills: z.array(z.object({ id: z.string() })) })

const call = (tool: string) => [{ type: "data", data: { tool, arguments: {} } }]
/** What brings a task with the tool server somewhere: tools of the fixture, and a text that is no call. */
const toolScript: Target["script"] = {
  deliver: call("test_simple_text"),
  ask: [{ type: "text", text: "hello" }],
  fail: call("test_error_handling"),
  reject: call("test_image_content"),
}

/** What the node of these agents has to know of a broker. */
export interface BrokerConfig {
  readonly url: string
  readonly secret: string
  readonly ca: string
  readonly management: string
}

/** A node with a partner that speaks AIP, a tool server, and an agent that may ask both, by its credential and by its certificate. */
export async function openNodeOfAgents({
  broker,
  waitMs,
}: {
  readonly broker?: BrokerConfig
  /** How long a task waits for its leader; a day where it is left out. */
  readonly waitMs?: number
} = {}) {
  const port = await freePort()
  const [partner, fixture] = await Promise.all([
    startScriptedPartner({ aic: helperAic, host: loopback }),
    startFixture(),
  ])
  const node = await startNode({
    config: {
      ca: { door: { port } },
      interconnect: {
        ...(waitMs === undefined ? {} : { answerHours: waitMs / 3_600_000 }),
        ...(broker === undefined ? {} : { broker }),
      },
    },
  })
  async function close() {
    await node.dispose()
    await Promise.all([partner.close(), fixture.close()])
  }
  try {
    await enrolPerson(node)
    await node.cli(["ca", "init", "--name", "Tiger", "--secret-stdin"], { stdin: `${secret}\n` })
    const helper: Request<"server.add"> = {
      name: "helper",
      url: `${partner.url}/rpc`,
      protocol: "aip",
      aic: helperAic,
    }
    await node.api("POST", "/v1/servers", helper)
    await addHttpServer(node, "tools", fixture.url)
    await confirmTools(node)
    const credential = await createAgent(node, "leader")
    await grantMandate(node, "leader", {
      task: null,
      words: "the agent may ask the helper and call the tools",
      grants: [
        { effects: ["send"], tools: ["helper/delegation/ask"], limits: [], mode: "auto" },
        {
          effects: ["send"],
          tools: ["helper/group/invite", "helper/group/unmute"],
          limits: [],
          mode: "auto",
        },
        { effects: [...effects], tools: ["tools/*"], limits: [], mode: "auto" },
        ...["leader.example.com", loopbackInUrl].map((host) => ({
          effects: ["send" as const],
          tools: ["helper/delegation/notify", "tools/delegation/notify"],
          limits: [
            host === loopbackInUrl
              ? { kind: "prefix" as const, argument: "/url", prefix: `http://${host}:` }
              : { kind: "host" as const, argument: "/url", hosts: [host] },
          ],
          mode: "auto" as const,
        })),
      ],
      never: [{ tools: ["tools/test_image_content"] }],
      until: Date.now() + 3_600_000,
    })
    const bound = Bound.parse(await node.api("POST", "/v1/ca/bindings", { agent: "leader" }))
    const tls = await certificate(node.url, bound)
    const headers = { authorization: `Bearer ${credential}` }

    async function target(name: "helper" | "tools", by: "credential" | "certificate"): Promise<Target> {
      const base = by === "credential" ? `${node.url}/aip/${name}` : `https://localhost:${port}/aip/${name}`
      const acs = await fetch(`${node.url}/aip/${name}/.well-known/acs.json`, { headers })
      return {
        base,
        senderId: bound.aic,
        headers: by === "credential" ? headers : {},
        ...(by === "credential" ? {} : { tls }),
        partnerAic: Acs.parse(await acs.json()).aic,
        bindsIdentity: true,
        script:
          name === "tools"
            ? toolScript
            : Object.fromEntries(outcomes.map((each) => [each, [{ type: "text", text: each }]])),
        callbackHost: loopback,
        patienceMs: 10_000,
        ...(waitMs === undefined ? {} : { partnerWaitsMs: waitMs }),
      }
    }
    return { node, partner, target, close, credential, tls }
  } catch (error) {
    await close()
    throw error
  }

  /** Nobody has reviewed the fixture's tools, and what nobody vouches for asks. */
  async function confirmTools(of: typeof node): Promise<void> {
    const Tools = z.object({ items: z.array(z.object({ tool: z.string(), definition: z.string() })) })
    const { items } = Tools.parse(await of.api("GET", "/v1/servers/tools/tools"))
    for (const { tool, definition } of items)
      await of.api("POST", `/v1/servers/tools/tools/${tool}:confirm`, { definition })
  }
}

async function certificate(url: string, bound: z.infer<typeof Bound>) {
  const client = await acmeClient(bound.directory)
  await client.newAccount(bound)
  const key = generateKeyPairSync("ed25519").privateKey
  const cert = await client.obtain(bound.aic, "clientAuth", signingRequest(key, { commonName: bound.aic }))
  const ca = await (await fetch(`${url}/acps-atr-v2/ca/trust-bundle`)).text()
  return { key: key.export({ format: "pem", type: "pkcs8" }).toString(), cert, ca }
}

async function freePort(): Promise<number> {
  const free = await startProcess(process.execPath, [
    "-e",
    "const s=require('net').createServer().listen(0,'localhost',()=>{console.log(JSON.stringify({port:s.address().port}));s.close()})",
  ])
  await free.stop()
  return Number(free.ready["port"])
}
