import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { Ajv2020 } from "ajv/dist/2020.js"
import formats from "ajv-formats"
import { sample } from "fast-check"
import { describe, expect, it, test } from "vitest"
import { formatAic, makeAic, parseAic } from "../../identity/aic.ts"
import { arbitraryRegistration } from "../registration.arbitrary.ts"
import { acs } from "./acs.ts"
import { importFrom } from "./face.ts"

const at = { origin: "https://registry.example" }
const schema = fileURLToPath(
  new URL("../../../../../../shared/data/vectors/acs/acs.schema.json", import.meta.url),
)
const missing = existsSync(schema) ? "" : ": the schema of ACPs is not in ../shared/data"

/** A card in the shape of the specification's example. */
const card = {
  aic: "1.2.156.3088.1.1.34C2.478BDF.3GF546.0JU4",
  active: true,
  lastModifiedTime: "2026-03-11T21:16:59+08:00",
  protocolVersion: "02.01",
  name: "北京美食推荐",
  description: "推荐北京的美食。",
  version: "1.0.0",
  provider: {
    organization: "示例组织",
    department: "",
    url: "https://example.com",
    license: "京ICP备2025000001号",
    domainRegistrations: [
      { domain: "example.com", registrationNumber: "京ICP备2025000001号-1", registrationType: "ICP" },
    ],
  },
  securitySchemes: { mtls: { type: "mutualTLS", description: "mTLS" } },
  endPoints: [
    { url: "https://agent.example.com/rpc", transport: "JSONRPC", security: [{ mtls: [] }] },
    {
      url: "amqps://mq.example.com:5671/acps?inbox=inbox_{AIC}",
      transport: "AMQP",
      security: [{ mtls: [] }],
    },
  ],
  certificate: { altNames: { dns: ["agent.example.com"] }, requestedValidity: 49 },
  capabilities: { streaming: false, notification: false, messageQueue: ["rabbitmq:>=4.2"] },
  defaultInputModes: ["text/plain"],
  defaultOutputModes: ["text/plain", "application/json"],
  skills: [
    {
      id: "food.recommend",
      name: "推荐",
      description: "推荐餐厅。",
      version: "1.0.0",
      tags: ["美食"],
      inputModes: ["text/plain"],
      outputModes: ["application/json"],
    },
  ],
}

describe("a card of ACPs", () => {
  test.skipIf(missing !== "")(`of each of 200 registrations is what the schema asks for${missing}`, () => {
    const ajv = new Ajv2020({ strict: false })
    formats.default(ajv)
    // The schema file holds one JSON object.
    const isCard = ajv.compile(JSON.parse(readFileSync(schema, "utf8")) as object)
    expect(isCard(card), "the example is a card").toBe(true)
    expect(isCard({ ...card, more: 1 }), "one with more in it is none").toBe(false)
    for (const registration of sample(arbitraryRegistration, { numRuns: 200, seed: 6 }))
      expect(isCard(acs.show(registration, at)), JSON.stringify(isCard.errors)).toBe(true)
  })

  it("becomes a draft that says all of it", () => {
    const { draft, missing, lost } = importFrom(acs, JSON.stringify(card), at)
    expect(lost).toEqual([])
    // It has no name that could be claimed.
    expect(missing).toEqual(["/name"])
    expect(draft.title).toBe("北京美食推荐")
    expect(draft.aliases).toEqual([{ scheme: "aic", value: card.aic }])
    expect(draft.developer).toMatchObject({
      kind: "organisation",
      name: "示例组织",
      filing: "京ICP备2025000001号",
    })
    expect(draft.interfaces?.map(({ binding }) => binding)).toEqual(["jsonrpc", "amqp"])
  })

  it("lists what it has that a registration has no place for", () => {
    const odd = {
      ...card,
      iconUrl: "javascript:alert(1)",
      entityMeta: { location: "Beijing", nested: { deep: true } },
      endPoints: [...card.endPoints, { url: "https://b.example/", transport: "CARRIER-PIGEON" }],
      securitySchemes: { mtls: { type: "mutualTLS", "x-caChallengeBaseUrl": "https://ca.example/" } },
    }
    const { lost } = importFrom(acs, JSON.stringify(odd), at)
    expect(lost.map(({ path }) => path).sort()).toEqual([
      "/endPoints/2",
      "/entityMeta/nested",
      "/iconUrl",
      "/securitySchemes/mtls/x-caChallengeBaseUrl",
    ])
  })

  it("puts the agent's code into the addresses of queues once it has one", () => {
    const [registration] = sample(
      arbitraryRegistration.filter(({ content }) =>
        content.interfaces.some(({ binding }) => binding === "amqp"),
      ),
      { numRuns: 1, seed: 6 },
    )
    if (registration === undefined) throw new Error("there should be one")
    expect(JSON.stringify(acs.show(registration, at))).toContain(`inbox_${registration.aic}`)
    expect(JSON.stringify(acs.show({ ...registration, aic: null }, at))).toContain("inbox_{AIC}")
  })

  it("of a class of agents says so by its code", () => {
    const levels = parseAic(card.aic)
    if (levels === undefined) throw new Error("the example's code is one")
    const aic = formatAic(makeAic({ ...levels, instance: "0" }, Uint8Array.of(1, 2)))
    expect(importFrom(acs, JSON.stringify({ ...card, aic }), at).draft.form).toBe("ontology")
  })
})
