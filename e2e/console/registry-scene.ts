import { generateKeyPairSync } from "node:crypto"
import type { Request } from "@hufu/core/contract/contract"
import { signingRequest } from "@hufu/server/identity/testing/signing-request"
import { toPem } from "@hufu/server/identity/x509/pem"
import type { World } from "../invariants/world.ts"

export interface RegistryScene {
  /** Approved, of an agent of this node, with everything that a page shows. */
  readonly usable: string
  /** Approved once, and disabled since. */
  readonly disabled: string
  /** Waits for review, and looks like another. */
  readonly waiting: string
  readonly draft: string
}

export type Content = Request<"registration.claim">["content"]

/** A registration with something in every place that a page has. */
export function fullContent(name: string, more: Content = {}): Content {
  return {
    name,
    title: "Travel Planner 行程规划",
    description: "Plans journeys by train and ferry, and books what its user chose. 规划火车与轮渡行程。",
    version: "2.1.0",
    developer: {
      kind: "organisation",
      name: "Example Travel Ltd 示例旅行",
      country: "CN",
      url: "https://travel.example.com/",
      creditCode: "91350100M000100Y43",
      domains: [{ domain: "travel.example.com", number: "京ICP备00000001号", kind: "icp" }],
    },
    contact: { name: "Li", email: "li@travel.example.com", security: "security@travel.example.com" },
    parts: {
      model: { digest: "a".repeat(64), known: "declared" },
      code: { digest: "b".repeat(64), known: "observed" },
    },
    aliases: [{ scheme: "did", value: "did:web:travel.example.com" }],
    documentation: "https://travel.example.com/docs",
    capabilities: { streaming: true },
    inputModes: ["text/plain"],
    outputModes: ["text/plain", "application/json"],
    skills: [
      {
        id: "plan",
        name: "Plan a journey",
        description: "Finds trains and ferries between two places.",
        tags: ["travel", "trains"],
        examples: ["From Guangzhou to Haikou next Friday"],
      },
      { id: "book", name: "订票", description: "预订所选车次，并由用户确认付款。", tags: ["订票"] },
    ],
    securitySchemes: { mtls: { type: "mutual-tls" } },
    interfaces: [
      {
        protocol: "a2a",
        binding: "jsonrpc",
        url: "https://agent.travel.example.com/a2a",
        version: "1.0",
        security: [{ mtls: [] }],
      },
      { protocol: "mcp", binding: "streamable-http", url: "https://agent.travel.example.com/mcp" },
    ],
    packages: [{ registry: "npm", identifier: "@example/travel-planner", version: "2.1.0", runtime: "npx" }],
    deployments: [{ how: "cloud", country: "CN", region: "Guangdong", operator: "Example Cloud" }],
    data: [
      { kind: "personal", purpose: "To book tickets in the name of its user.", keptDays: 30, abroad: false },
      { kind: "location", purpose: "To find the nearest station.", keptDays: 0, sharedWith: "the railway" },
    ],
    conduct: { auto: ["read"], ask: ["send", "pay"], never: ["delete"] },
    certifications: [
      { kind: "filing", scheme: "ICP 备案", number: "京ICP备00000001号", expires: "2030-01-01" },
    ],
    price: { model: "per-task", amount: "1.5", currency: "CNY" },
    ...more,
  }
}

/** Registrations in several states, and a certificate authority that issued something. */
export async function makeRegistryScene(world: World): Promise<RegistryScene> {
  const { person } = world
  const agent = await world.agent("traveller")
  await world.grant(agent, {
    grants: [{ effects: ["read"], tools: ["notes/*"], limits: [], mode: "auto" }],
    never: [{ effects: ["delete"] }],
  })
  const claim = async (content: Content, of: string | null = null) =>
    (await person.registration.claim({ content, ...(of === null ? {} : { agent: of }) })).registration.id
  const approve = async (registration: string) => {
    await person.registration.submit({ registration })
    await person.registration.approve({ registration })
  }
  const usable = await claim(fullContent("com.example/planner"), agent.id)
  await approve(usable)
  await beat(world, { registration: usable, credential: agent.credential })
  await person.registration.change({
    registration: usable,
    content: fullContent("com.example/planner", { version: "2.2.0", price: { model: "free" } }),
  })
  await person.registration.submit({ registration: usable })
  const disabled = await claim(fullContent("com.example/ferries", { title: "Ferries" }))
  await approve(disabled)
  await person.registration.disable({ registration: disabled, reason: "It books what nobody asked for." })
  // A Cyrillic letter, and a one for an l.
  const waiting = await claim(fullContent("com.example/p1anner", { title: "Trаvel Planner 行程规划" }))
  await person.registration.submit({ registration: waiting })
  const draft = await claim(fullContent("com.example/drafted", { title: "Drafted" }))
  await person.developer.register({
    kind: "organisation",
    name: "Example Travel Ltd 示例旅行",
    country: "CN",
    creditCode: "91350100M000100Y43",
  })
  await person.developer.document({
    name: "licence.pdf",
    mediaType: "application/pdf",
    content: Buffer.from("%PDF-1.4 a licence").toString("base64"),
  })
  await person.ca.init({})
  const { aic } = (await world.local.registration.show({ registration: usable })).registration
  const { privateKey } = generateKeyPairSync("ed25519")
  const csr = toPem("CERTIFICATE REQUEST", signingRequest(privateKey, { commonName: aic ?? "" }))
  await person.ca.issue({ agent: usable, csr })
  return { usable, disabled, waiting, draft }
}

/** The agent says that it is alive, and what of it runs. */
async function beat(
  world: World,
  { registration, credential }: { registration: string; credential: string },
): Promise<void> {
  const { aic, content } = (await world.local.registration.show({ registration })).registration
  const answer = await fetch(`${world.node.url}/acps-amp-v2/logs`, {
    method: "POST",
    headers: { authorization: `Bearer ${credential}`, "content-type": "application/json" },
    body: JSON.stringify({
      schemaVersion: "1.0.0",
      timestamp: new Date(world.clock.now()).toISOString(),
      aic,
      logType: "heartbeat",
      resource: { "service.name": "planner", "service.version": content.version },
    }),
  })
  if (!answer.ok) throw new Error(`the heartbeat was not taken: ${await answer.text()}`)
}
