import { describe, expect, it } from "vitest"
import { isFailure } from "../../failure.ts"
import { maxSkills, RegistrationContent } from "../registration-content.ts"
import { exportAs, importFrom, maxImportBytes } from "./face.ts"
import { faceNames } from "./face-path.ts"
import { faces } from "./faces.ts"

const at = { origin: "https://registry.example" }

const card = {
  name: "GeoSpatial Route Planner Agent",
  description: "Plans routes.",
  version: "1.2.0",
  supportedInterfaces: [
    { url: "https://geo.example/a2a/v1", protocolBinding: "JSONRPC", protocolVersion: "1.0", tenant: "t1" },
    {
      url: "https://geo.example/custom",
      protocolBinding: "https://example.com/custom-binding",
      protocolVersion: "1.0",
    },
  ],
  provider: { organization: "Example Geo", url: "https://geo.example" },
  capabilities: { streaming: true, extensions: [{ uri: "https://example.com/ext", params: { a: 1 } }] },
  securitySchemes: {
    google: {
      openIdConnectSecurityScheme: {
        openIdConnectUrl: "https://accounts.example/.well-known/openid-configuration",
      },
    },
  },
  securityRequirements: [{ schemes: { google: { list: ["openid"] } } }],
  defaultInputModes: ["application/json", "TEXT/PLAIN"],
  defaultOutputModes: ["application/json"],
  skills: [{ id: "route", name: "Route", description: "Finds a route.", tags: ["maps"] }],
}

describe("imports", () => {
  it("take an AgentCard of A2A, and list what has no place", () => {
    const { draft, missing, lost } = importFrom(faces["agent-card"], JSON.stringify(card), at)
    expect(missing).toEqual(["/name"])
    expect(draft).toMatchObject({
      title: card.name,
      developer: { kind: "organisation", name: "Example Geo" },
    })
    expect(draft.interfaces).toMatchObject([
      { protocol: "a2a", binding: "jsonrpc", tenant: "t1", security: [{ google: ["openid"] }] },
    ])
    expect(lost.map(({ path }) => path)).toEqual([
      "/supportedInterfaces/1",
      "/capabilities/extensions/0/params",
      "/defaultInputModes/1",
    ])
  })

  it("take a server.json of MCP", () => {
    const server = {
      $schema: "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
      name: "io.github.Ann/weather",
      title: "Weather",
      description: "Weather for agents.",
      version: "2.0.1",
      repository: { url: "https://github.com/ann/weather", source: "github" },
      packages: [
        {
          registryType: "npm",
          identifier: "@ann/weather",
          version: "2.0.1",
          transport: { type: "stdio" },
          environmentVariables: [{ name: "KEY", description: "The key.", isRequired: true, isSecret: true }],
          runtimeArguments: [{ type: "named", name: "-y" }],
        },
      ],
      remotes: [
        {
          type: "streamable-http",
          url: "https://weather.example/mcp",
          headers: [{ name: "X-Key", isSecret: true }],
        },
      ],
    }
    const { draft, missing, lost } = importFrom(faces.server, JSON.stringify(server), at)
    expect(draft.name).toBe("io.github.ann/weather")
    expect(missing).toEqual(["/developer"])
    expect(lost).toEqual([
      { path: "/name", why: "changed" },
      { path: "/packages/0/runtimeArguments", why: "no-place" },
    ])
  })

  it("take an OASF record with its classes", () => {
    const record = {
      name: "Tourist Scheduling Coordinator",
      description: "Matches tourists with guides.",
      version: "2.0.0",
      schema_version: "1.0.0-rc.1",
      authors: ["AGNTCY <example@agntcy.org>", "Somebody Else"],
      created_at: "2025-01-01T00:00:00Z",
      domains: [{ name: "hospitality_and_tourism/tourism_management", id: 1505 }],
      skills: [{ name: "agent_orchestration/task_decomposition", id: 1001 }],
      modules: [],
      locators: [{ type: "source_code", urls: ["https://github.com/agntcy/agentic-apps"] }],
    }
    const { draft, lost } = importFrom(faces.oasf, JSON.stringify(record), at)
    expect(draft).toMatchObject({
      developer: { name: "AGNTCY" },
      contact: { email: "example@agntcy.org" },
      taxonomy: { skills: record.skills, domains: record.domains },
      repository: { url: "https://github.com/agntcy/agentic-apps" },
    })
    expect(lost.map(({ path }) => path)).toEqual(["/authors/1"])
  })

  it("take a description of GB/Z 185 that says nothing but what it must", () => {
    const description = {
      agentId: "1.2.156.3088.1.A1.REQ001.CALENDAR.1",
      name: "日历助手",
      version: "1.0.0",
      description: "安排日程。",
      provider: "示例公司",
      capabilities: { streaming: true },
      accessMethod: [{ type: "fqdn", address: "calendar.example.com" }],
      defaultInputTypes: ["text/plain"],
      defaultOutputTypes: ["text/plain"],
      skills: [
        {
          skillId: "plan",
          skillName: "安排",
          skillDescription: "安排日程。",
          tags: ["日程"],
          inputTypes: ["text/plain"],
          outputTypes: ["text/plain"],
        },
      ],
    }
    const { draft, missing, lost } = importFrom(faces.gbz185, JSON.stringify(description), at)
    expect(draft.aliases).toEqual([{ scheme: "gbz185", value: description.agentId }])
    expect(missing).toEqual(["/name"])
    expect(lost.map(({ path }) => path)).toEqual(["/provider", "/accessMethod/0"])
  })

  it("take a DID document's keys and services", () => {
    const document = {
      "@context": ["https://www.w3.org/ns/did/v1"],
      id: "did:web:ann.example",
      alsoKnownAs: ["acps://1.2.156.3088.1.1.34C2.478BDF.3GF546.0JU4"],
      verificationMethod: [
        {
          id: "did:web:ann.example#k1",
          type: "JsonWebKey",
          controller: "did:web:ann.example",
          publicKeyJwk: { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
        },
      ],
      service: [{ id: "did:web:ann.example#a2a", type: "A2A", serviceEndpoint: "https://ann.example/a2a" }],
    }
    const { draft } = importFrom(faces.did, JSON.stringify(document), at)
    expect(draft.keys?.map(({ id }) => id)).toEqual(["k1"])
    expect(draft.interfaces).toMatchObject([{ protocol: "a2a", url: "https://ann.example/a2a" }])
    expect(draft.aliases?.map(({ scheme }) => scheme)).toEqual(["did", "aic"])
  })

  it.each(faceNames)(
    "%s: what is hostile is refused by its code or left out, and never breaks anything",
    (name) => {
      const face = faces[name]
      const many = Array.from({ length: 2 * maxSkills }, (_, at) => ({
        id: `s${at}`,
        skillId: `s${at}`,
        name: "x",
        description: "x",
      }))
      const code = (text: string) => {
        try {
          return importFrom(face, text, at).draft
        } catch (error) {
          if (isFailure(error)) return error.code
          throw error
        }
      }
      expect(code(`{"name":"${"x".repeat(maxImportBytes)}"}`)).toBe("too_large")
      expect(code("[".repeat(100_000))).toBe("invalid_json")
      expect(code(`${'{"a":'.repeat(100)}1${"}".repeat(100)}`)).toBe("invalid_json")
      expect(code('{"name":"a","name":"b"}')).toBe("invalid_json")
      expect(code('"a card"')).toBe("invalid_input")
      if (["acs", "agent-card", "gbz185"].includes(name))
        expect(code(JSON.stringify({ skills: many }))).toBe("too_many")
      if (name === "ard-entry")
        expect(code(JSON.stringify({ capabilities: many.map(({ id }) => id) }))).toBe("too_many")
      // Every member that any of them reads, as everything but what it should be.
      const members = [
        "name",
        "title",
        "displayName",
        "description",
        "version",
        "provider",
        "capabilities",
        "skills",
        "endPoints",
      ]
        .concat([
          "securitySchemes",
          "supportedInterfaces",
          "interfaces",
          "metadata",
          "modules",
          "locators",
          "authors",
          "packages",
        ])
        .concat([
          "remotes",
          "_meta",
          "accessMethod",
          "service",
          "verificationMethod",
          "alsoKnownAs",
          "iconUrl",
          "url",
          "tags",
        ])
        .concat([
          "certificate",
          "entityMeta",
          "aic",
          "agentId",
          "identifier",
          "id",
          "trustManifest",
          "representativeQueries",
        ])
      for (const odd of [
        null,
        1,
        true,
        "\u202e<script>alert(1)</script>",
        [],
        {},
        [null, 1, [], {}, "x"],
        { "": {}, __proto__x: [] },
        { a: { b: { c: [] } } },
      ]) {
        const draft = code(JSON.stringify(Object.fromEntries(members.map((member) => [member, odd]))))
        expect(typeof draft).toBe("object")
        expect(JSON.stringify(draft)).not.toMatch(/\u202e/)
        const filled = {
          name: "a/b",
          title: "a",
          description: "a",
          version: "1",
          developer: { kind: "person", name: "a" },
        }
        // What an import makes, a registration accepts.
        expect(RegistrationContent.safeParse({ ...filled, ...(draft as object) }).success).toBe(true)
      }
    },
  )

  it("never carry a prototype or a script into an address", () => {
    const text =
      '{"name":"x","iconUrl":"javascript:alert(1)","securitySchemes":{"__proto__":{"mtlsSecurityScheme":{}},"constructor":{"mtlsSecurityScheme":{}}}}'
    const { draft } = importFrom(faces["agent-card"], text, at)
    expect(draft.icon).toBeUndefined()
    expect(Object.keys(draft.securitySchemes ?? {})).toEqual(["constructor"])
  })

  it("say what is lost on the way out", () => {
    const content = RegistrationContent.parse({
      name: "com.example/planner",
      title: "Planner",
      description: "Plans journeys.",
      version: "1.0.0",
      developer: { kind: "person", name: "Ann" },
      price: { model: "free" },
      interfaces: [{ protocol: "mcp", binding: "sse", url: "https://a.example/" }],
    })
    const registration = {
      id: "reg_0123456789",
      state: "approved" as const,
      aic: null,
      ontology: null,
      agent: null,
      owner: "usr_0123456789",
      revision: 1,
      createdAt: 0,
      changedAt: 0,
      approvedAt: 0,
      content,
      proofs: [],
      grade: null,
      mirror: null,
    }
    expect(exportAs(faces.acs, registration, at).lost).toEqual([
      { path: "/name", why: "no-place" },
      { path: "/interfaces/0", why: "no-place" },
      { path: "/price", why: "no-place" },
    ])
    expect(exportAs(faces.oasf, registration, at).lost).toEqual([])
  })
})
