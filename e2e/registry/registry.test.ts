import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type NodeUnderTest, secret, startNode } from "../../packages/cli/src/testing/hufu-under-test.ts"

// The life of a registration by the real commands, and what anybody sees of it over HTTP. One node for all.

const content = {
  name: "com.example/planner",
  title: "Planner 规划",
  description: "Plans journeys. <script>alert(1)</script>",
  version: "1.0.0",
  developer: { kind: "organisation", name: "Example", url: "https://example.com/" },
  interfaces: [
    { protocol: "a2a", binding: "jsonrpc", url: "https://agent.example.com/a2a", security: [{ mtls: [] }] },
  ],
  securitySchemes: { mtls: { type: "mutual-tls" } },
  skills: [{ id: "plan", name: "Plan", description: "Plans a journey.", tags: ["travel"] }],
  price: { model: "free" },
}

let node: NodeUnderTest
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hufu-registry-"))
  node = await startNode()
  await node.run(["enrol", "--secret-stdin"], { stdin: `${secret}\n` })
}, 60_000)
afterAll(async () => {
  await node.dispose()
  await rm(folder, { recursive: true, force: true })
})

async function file(name: string, value: unknown): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, typeof value === "string" ? value : JSON.stringify(value))
  return path
}

const register = async (name: string, more: object = {}) =>
  node.asPerson([
    "agent",
    "register",
    await file("registration.json", { ...content, name, ...more }),
    "--json",
  ])
const get = (path: string, headers: Record<string, string> = {}) => fetch(`${node.url}${path}`, { headers })

describe("a registration", () => {
  let id: string
  let aic: string

  it("is claimed from a file, reviewed, and has a code", async () => {
    const registered = (await register(content.name)).json() as {
      registration: { id: string; state: string }
    }
    expect(registered.registration.state).toBe("draft")
    id = registered.registration.id
    expect((await get(`/registry/${id}/agent-card.json`)).status).toBe(404)
    expect((await get(`/v1/registry/agents/${id}`)).status).toBe(404)
    expect((await node.asPerson(["registration", "submit", content.name])).code).toBe(0)
    // Whoever has this account is no reviewer.
    expect(
      (await node.run(["registration", "approve", content.name, "--secret-stdin"], { stdin: "wrong\n" }))
        .code,
    ).not.toBe(0)
    const approved = (await node.asPerson(["registration", "approve", content.name, "--json"])).json()
    expect(approved).toMatchObject({ trial: true })
    aic = (approved as { registration: { aic: string } }).registration.aic
    expect(aic).toMatch(/^1\.2\.156\.3088\.1\.ZZZZZZ\./)
    const found = (await node.run(["registration", "list", content.name, "--json"])).items()
    expect(found).toMatchObject([{ id, aic, state: "approved", usable: true }])
    expect((await node.run(["registration", "list", "com.example/nobody", "--json"])).items()).toEqual([])
    expect((await node.run(["registration", "show", aic])).out).toContain("Planner 规划")
    const listed = await node.run(["registration", "list", "--of", "waiting", "--json"])
    expect(listed.items()).toEqual([])
    const seen = (await (await get(`/v1/registry/agents/${aic}`)).json()) as { history: { fact: string }[] }
    expect(seen).toMatchObject({ standing: "usable", shown: { content: { title: "Planner 规划" } } })
    // That it was a draft once is its owner's.
    expect(seen.history.map(({ fact }) => fact)).toEqual(["registration.approved"])
    const lost = await (await get(`/v1/registry/agents/${id}/faces/agent-card`)).json()
    expect(lost).toHaveProperty("lost")
  })

  it("is seen by everybody, signed, with a tag", async () => {
    const response = await get(`/registry/${id}/agent-card.json`)
    expect(response.status).toBe(200)
    const tag = response.headers.get("etag") ?? ""
    expect(response.headers.get("signature-input")).toContain('"content-digest"')
    const card = await file("card.json", await response.text())
    const keys = await file("keys.json", await (await get("/registry/keys.json")).text())
    const verified = await node.run(["agent", "verify", card, "--key", keys])
    expect(verified).toMatchObject({ code: 0 })
    expect(verified.out).toContain("Planner")
    expect((await get(`/registry/${id}/agent-card.json`, { "if-none-match": tag })).status).toBe(304)
    expect((await get(`/registry/${aic}/oasf.json`)).status).toBe(200)
    expect((await get(`/registry/${id}/acs.json`)).status).toBe(404)
    for (const path of [
      "/registry/",
      "/registry/x",
      `/registry/${id}/../keys.json`,
      `/registry/${id}/nothing.json`,
      "/registry/%ff/acs.json",
    ])
      expect([200, 404]).toContain((await get(path)).status)
    const tampered = await file(
      "tampered.json",
      (await (await get(`/registry/${id}/agent-card.json`)).text()).replace("1.0.0", "1.0.1"),
    )
    expect((await node.run(["agent", "verify", tampered, "--key", keys])).code).not.toBe(0)
  })

  it("is exported with what is lost, and imported again", async () => {
    const exported = (await node.run(["agent", "export", content.name, "acs", "--json"])).json()
    expect(exported["lost"]).toContainEqual({ path: "/price", why: "no-place" })
    const card = await file("acs.json", exported["face"])
    const imported = await node.run(["agent", "import", card, "--from", "acs"])
    expect(imported.json()).toMatchObject({ title: "Planner 规划" })
    expect(imported.err).toContain("/name")
  })

  it("is disabled at once, and retired for good", async () => {
    expect((await node.run(["registration", "disable", content.name])).code).toBe(0)
    expect((await get(`/registry/${id}/agent-card.json`)).status).toBe(404)
    const seen = (await (await get(`/v1/registry/agents/${id}`)).json()) as object
    expect(seen).toMatchObject({ standing: "disabled", shown: null })
    expect(JSON.stringify(seen)).not.toContain("agent.example.com")
    expect((await node.run(["registry", "show", aic])).out).toContain("DO NOT USE IT")
    expect((await node.run(["registration", "retire", content.name])).code).toBe(0)
    expect((await node.asPerson(["registration", "enable", content.name])).code).not.toBe(0)
    expect((await register(content.name)).err).toContain("is taken")
  })

  it("is erased, and the state still follows from the ledger", async () => {
    expect((await node.asPerson(["erase", id])).code).toBe(0)
    expect((await node.run(["registration", "show", id])).code).not.toBe(0)
    const rebuilt = await node.run(["state", "rebuild"])
    expect(rebuilt.out).toContain("the tables agree")
  })
})

describe("an approved registration", () => {
  const post = async (path: string, body: object) => {
    const headers = { "content-type": "application/json" }
    return (await fetch(`${node.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) })).json()
  }
  /** How many each way of asking finds. */
  const found = async () => {
    const own = (await (await get("/v1/registry/search?text=forecasts")).json()) as { items: unknown[] }
    const adp = (await post("/acps-adp-v2/discover", { query: "我需要 forecasts" })) as {
      result: { acsMap: object }
    }
    const ard = (await post("/ard/search", { query: { text: "forecasts" } })) as { results: unknown[] }
    const mcp = (await (await get("/v0.1/servers")).json()) as { servers: unknown[] }
    return [own.items.length, Object.keys(adp.result.acsMap).length, ard.results.length, mcp.servers.length]
  }

  it("is found by every protocol, and by none in the moment in which its agent is suspended", async () => {
    await node.asPerson(["agent", "create", "forecaster"])
    const more = ["--agent", "forecaster", "--submit", "--json"]
    const definition = await file("weather.json", {
      ...content,
      name: "com.example/weather",
      description: "Forecasts 天气预报",
      interfaces: [{ protocol: "mcp", binding: "streamable-http", url: "https://weather.example.com/mcp" }],
    })
    expect((await node.asPerson(["agent", "register", definition, ...more])).code).toBe(0)
    expect(await found()).toEqual([0, 0, 0, 0])
    expect((await node.asPerson(["registration", "approve", "com.example/weather"])).code).toBe(0)
    await expect.poll(found).toEqual([1, 1, 1, 1])
    expect((await node.run(["agent", "search", "天气", "--protocol", "mcp", "--json"])).json()).toMatchObject(
      {
        items: [{ name: "com.example/weather" }],
        total: 1,
      },
    )
    expect((await node.run(["agent", "suspend", "forecaster"])).code).toBe(0)
    expect(await found()).toEqual([0, 0, 0, 0])
  })
})

describe("many at once", () => {
  it("are registered from a file, and what is not taken is said and left out", async () => {
    const lines = [
      { ...content, name: "com.example/many-1" },
      { ...content, name: "com.example/many-2" },
      { ...content, name: "com.example/many-1" },
      { ...content, name: "Not A Name" },
      { ...content, name: "com.example/inside", website: "http://10.0.0.1/" },
    ]
    const path = await file("many.jsonl", lines.map((line) => JSON.stringify(line)).join("\n"))
    const load = () => node.asPerson(["registration", "load", path, "--approve", "--json"])
    const loaded = await load()
    expect(loaded.json()).toEqual({ loaded: 2, refused: 3 })
    expect(loaded.code).not.toBe(0)
    for (const why of [/many-1: the name is taken/, /not acceptable at/, /private network/])
      expect(loaded.err).toMatch(why)
    const shown = (await node.run(["registration", "show", "com.example/many-2", "--json"])).json()
    expect(shown).toMatchObject({ usable: true, registration: { state: "approved", revision: 2 } })
    expect((await load()).json()).toEqual({ loaded: 0, refused: 5 })
    expect((await node.run(["state", "rebuild"])).out).toContain("the tables agree")
  })

  it("are shared with nobody before the operator says so", async () => {
    expect((await get("/acps-dsp-v2/info")).status).toBe(404)
    expect((await node.run(["registry", "sync"])).out).toContain("No other registry is mirrored")
    const added = await node.asPerson(["registry", "sync", "add", node.url])
    expect(added.code).not.toBe(0)
    expect(added.err).toContain("leads to Hufu itself")
  })
})

describe("what is hostile", () => {
  const hostile = async (value: unknown) =>
    node.asPerson(["agent", "register", await file("hostile.json", value), "--json"])

  it.each<[string, () => unknown, RegExp]>([
    [
      "10 MB",
      () => ({ ...content, name: "com.example/big", description: "x".repeat(10_000_000) }),
      /at most 1 MiB.*too_large/,
    ],
    [
      "100,000 skills",
      () => ({
        ...content,
        name: "com.example/many",
        skills: Array.from({ length: 100_000 }, (_, at) => ({ id: `s${at}` })),
      }),
      /at most 1 MiB.*too_large/,
    ],
    [
      "1,000 skills",
      () => ({
        ...content,
        name: "com.example/many",
        skills: Array.from({ length: 1000 }, (_, at) => ({ id: `s${at}` })),
      }),
      /not acceptable at/,
    ],
    ["a member twice", () => '{"name":"com.example/a","name":"com.example/b"}', /appears twice/],
    ["deep nesting", () => `{"name":${"[".repeat(5000)}${"]".repeat(5000)}}`, /deeper/],
    ["a name of another alphabet", () => ({ ...content, name: "com.example/plаnner" }), /\/name/],
    [
      "a hidden direction in a title",
      () => ({ ...content, name: "com.example/rtl", title: "pay\u202elap" }),
      /\/title/,
    ],
    [
      "a script for an address",
      () => ({ ...content, name: "com.example/js", website: "javascript:alert(1)" }),
      /\/website/,
    ],
  ])("%s is refused, and said why", async (_, value, why) => {
    const { code, err } = await hostile(value())
    expect(code).not.toBe(0)
    expect(err).toMatch(why)
  })

  it("scripts in every text are texts, wherever they are shown", async () => {
    const script = '<img src=x onerror="alert(1)">'
    const { code } = await register("com.example/script", {
      title: script,
      description: script,
      developer: { kind: "person", name: script },
      skills: [{ id: "x", name: script, description: script, tags: [script], examples: [script] }],
    })
    expect(code).toBe(0)
    await node.asPerson(["registration", "submit", "com.example/script"])
    await node.asPerson(["registration", "approve", "com.example/script"])
    const [found] = (await node.run(["agent", "search", "com.example/script", "--json"])).items()
    const response = await get(`/registry/${String(found?.["id"])}/agent-card.json`)
    expect(response.headers.get("content-type")).toBe("application/json")
    expect(response.headers.get("x-content-type-options")).toBe("nosniff")
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'")
    expect(await response.json()).toMatchObject({ name: script })
  })
})
