import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { JsonObject } from "@hufu/core/json/json-value"
import { serveArd } from "../../http/registry/serve-ard.ts"
import { serveMcpRegistry } from "../../http/registry/serve-mcp-registry.ts"
import { scratch } from "../../store/scratch-store.ts"
import { openStore, type Store } from "../../store/store.ts"
import { type Discovery, openDiscovery } from "./discovery.ts"
import { made, type MadeSource, madeSource } from "./testing/registrations.ts"

const mcp = (n: number) =>
  made({
    title: `Weather ${n}`,
    name: `com.example/weather-${n}`,
    description: "Forecasts 天气预报",
    version: "1.2.0",
    tags: ["weather"],
    interfaces: [{ protocol: "mcp", binding: "streamable-http", url: `https://w${n}.example/mcp` }],
  })
const servers = [1, 2, 3, 4, 5].map(mcp)
const agent = made({
  title: "Travel planner",
  name: "com.example/travel",
  interfaces: [{ protocol: "a2a", binding: "jsonrpc", url: "https://travel.example/a2a" }],
})

describe("the doors of discovery", () => {
  const disk = scratch()
  let store: Store
  let source: MadeSource
  let discovery: Discovery
  const errors: unknown[] = []
  const onError = (error: unknown) => void errors.push(error)

  beforeAll(async () => {
    store = await openStore(disk.options())
    source = madeSource(...servers, agent)
    discovery = openDiscovery({
      store,
      source,
      settings: { peers: [], perMinute: 600 },
      clock: disk.clock,
      reach: { ownPort: () => 1 },
      origin: () => "https://registry.example",
      onError,
    })
    await discovery.caughtUp()
  })
  afterAll(async () => {
    await discovery.close()
    await store.close()
    disk.remove()
    expect(errors).toEqual([])
  })

  describe("of the MCP registry", () => {
    const get = async (path: string, method = "GET") => {
      const answer = serveMcpRegistry(new Request(`http://x${path}`, { method }), {
        servers: discovery.servers(),
        by: "192.0.2.1",
        onError,
      })
      // The door answers JSON, or the assertions below say so.
      return answer && { status: answer.status, body: (await answer.json()) as JsonObject }
    }
    const names = (body: unknown) =>
      (body as { servers: { server: { name: string } }[] }).servers.map(({ server }) => server.name)

    it("lists servers page by page, each once, and nothing that is none", async () => {
      const first = await get("/v0.1/servers?limit=2")
      const { metadata } = (first?.body ?? {}) as { metadata: { nextCursor: string; count: number } }
      expect(metadata.count).toBe(2)
      const second = await get(`/v0.1/servers?limit=100&cursor=${encodeURIComponent(metadata.nextCursor)}`)
      expect([...names(first?.body), ...names(second?.body)]).toEqual(
        servers.map(({ content }) => content.name),
      )
      expect(second?.body["metadata"]).toEqual({ count: 3 })
      expect(first?.body["servers"]).toMatchObject([
        {
          server: {
            $schema: expect.any(String),
            version: "1.2.0",
            remotes: [{ type: "streamable-http", url: "https://w1.example/mcp" }],
          },
          _meta: {
            "io.modelcontextprotocol.registry/official": {
              status: "active",
              isLatest: true,
              updatedAt: expect.any(String),
            },
          },
        },
        {},
      ])
    })

    it("narrows by words, version and time", async () => {
      expect(names((await get("/v0.1/servers?search=weather&limit=3"))?.body)).toHaveLength(3)
      expect(names((await get("/v0.1/servers?search=travel"))?.body)).toEqual([])
      expect(names((await get("/v0.1/servers?version=9.9.9"))?.body)).toEqual([])
      expect(names((await get("/v0.1/servers?version=latest"))?.body)).toHaveLength(5)
      const since = new Date(servers[3]?.changedAt ?? 0).toISOString()
      expect(names((await get(`/v0.1/servers?updated_since=${since}`))?.body)).toEqual([
        "com.example/weather-4",
        "com.example/weather-5",
      ])
    })

    it("shows the version of one, and not of one that was stopped", async () => {
      const at = (version: string) => get(`/v0.1/servers/com.example%2Fweather-5/versions${version}`)
      expect((await at("/latest"))?.body).toMatchObject({ server: { name: "com.example/weather-5" } })
      expect((await at("/1.2.0"))?.status).toBe(200)
      expect(names((await at(""))?.body)).toEqual(["com.example/weather-5"])
      expect(await at("/2.0.0")).toMatchObject({
        status: 404,
        body: { status: 404, title: expect.any(String) },
      })
      source.stop(servers[4]?.id ?? "")
      expect((await at("/latest"))?.status).toBe(404)
      expect(names((await get("/v0.1/servers"))?.body)).toHaveLength(4)
    })

    it("refuses what it does not take", async () => {
      for (const [path, status, method] of [
        ["/v0.1/servers?limit=0", 400],
        ["/v0.1/servers?limit=101", 400],
        ["/v0.1/servers?updated_since=yesterday", 400],
        [`/v0.1/servers?search=${"x".repeat(201)}`, 400],
        ["/v0.1/servers/%E0%A4%A/versions", 400],
        ["/v0.1/servers/com.example%2Ftravel/versions", 404],
        ["/v0.1/publish", 501, "POST"],
        ["/v0.1/servers/com.example%2Fweather-1/versions/1.2.0", 501, "DELETE"],
      ] as const)
        expect((await get(path, method))?.status, path).toBe(status)
      for (const path of [
        "/v0.1/nothing",
        "/v0.1/servers/com.example%2Fweather-1",
        "/v0.1/servers/a/versions/b/c",
      ])
        expect(await get(path), path).toBeUndefined()
    })
  })

  describe("of ARD", () => {
    const ask = async (body: unknown, path = "/ard/search") => {
      const text = typeof body === "string" ? body : JSON.stringify(body)
      const request = new Request(`http://x${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: text,
      })
      const answer = await serveArd(request, path, { ard: discovery.ard(), by: "192.0.2.1", onError })
      return { status: answer?.status, body: (await answer?.json()) as JsonObject }
    }
    const get = async (identifier: string, headers = {}) => {
      const path = `/ard/agents/${identifier}`
      return serveArd(new Request(`http://x${path}`, { headers }), path, {
        ard: discovery.ard(),
        by: "192.0.2.1",
        onError,
      })
    }

    it("finds entries and gives each whole by its identifier", async () => {
      const { body } = await ask({ query: { text: "plan my travel" }, pageSize: 5 })
      expect(body).toMatchObject({
        results: [
          {
            identifier: "urn:air:registry.example:com.example:travel",
            displayName: "Travel planner",
            source: "https://registry.example/ard/",
          },
        ],
      })
      const [found] = body["results"] as { identifier: string; score: number }[]
      expect(found?.score).toBeGreaterThan(50)
      const entry = await get(encodeURIComponent(found?.identifier ?? ""))
      expect(await entry?.json()).toMatchObject({
        identifier: found?.identifier,
        metadata: { name: "com.example/travel" },
      })
      const etag = entry?.headers.get("etag") ?? ""
      expect(
        (await get(encodeURIComponent(found?.identifier ?? ""), { "if-none-match": etag }))?.status,
      ).toBe(304)
    })

    it("narrows by terms of the entry, and goes on by page", async () => {
      const all = {
        query: { text: "weather", filter: { tags: ["weather", "x"], publisher: "registry.example" } },
      }
      const first = await ask({ ...all, pageSize: 3 })
      expect(first.body["results"]).toHaveLength(3)
      const second = await ask({ ...all, pageSize: 3, pageToken: first.body["pageToken"] })
      expect(second.body["results"]).toHaveLength(1)
      expect(second.body).not.toHaveProperty("pageToken")
      expect((await ask({ query: { text: "weather", filter: { tags: "y" } } })).body).toEqual({ results: [] })
      expect(
        (
          await ask({
            query: { text: "weather", filter: { "metadata.form": ["agent"] } },
            federation: "none",
          })
        ).body["results"],
      ).toHaveLength(4)
    })

    it("refuses with its own errors", async () => {
      for (const [body, status, code] of [
        [{}, 400, "INVALID_ARGUMENT"],
        [{ query: { filter: {} } }, 400, "INVALID_ARGUMENT"],
        [{ query: { text: "x", filter: { password: ["x"] } } }, 400, "INVALID_ARGUMENT"],
        [{ query: { text: "x", filter: { "metadata.__proto__x": "y" } } }, 400, "INVALID_ARGUMENT"],
        [{ query: { text: "x" }, pageSize: 101 }, 400, "INVALID_ARGUMENT"],
        [{ query: { text: "x" }, pageToken: "o-1" }, 400, "INVALID_ARGUMENT"],
        [{ query: { text: "x".repeat(1001) } }, 400, "INVALID_ARGUMENT"],
        ["{", 400, "INVALID_ARGUMENT"],
        [`"${"x".repeat(2_000_000)}"`, 413, "INVALID_ARGUMENT"],
      ] as const)
        expect(await ask(body), JSON.stringify(body).slice(0, 60)).toMatchObject({
          status,
          body: { errorCode: code },
        })
      expect(await ask({}, "/ard/explore")).toMatchObject({
        status: 501,
        body: { errorCode: "UNIMPLEMENTED" },
      })
      for (const [identifier, status] of [
        ["urn%3Aair%3Aregistry.example%3Acom.example%3Anothing", 404],
        ["urn%3Aair%3Aelsewhere.example%3Acom.example%3Atravel", 404],
        ["travel", 400],
        ["%E0%A4%A", 400],
        [encodeURIComponent(`urn:air:x:${"y".repeat(600)}`), 400],
      ] as const)
        expect((await get(identifier))?.status, identifier.slice(0, 60)).toBe(status)
      expect(await get("a/b")).toBeUndefined()
    })
  })

  it("is asked by a node's own search in the same way", async () => {
    const all = { text: "天气", offset: 0, limit: 20 }
    const found = await discovery.find({ ...all, protocol: "mcp,a2a" })
    expect(found).toMatchObject({ total: 5, complete: true, indexed: 6 })
    expect(found.items).toHaveLength(4)
    expect(found.items[0]).toMatchObject({
      protocols: ["mcp"],
      alive: null,
      reasons: [{ field: "description", words: ["天气"] }],
    })
    await expect(discovery.find({ ...all, protocol: "smtp" })).rejects.toThrow("`smtp` is no protocol")
    // That nobody has so much credit would be a lie where nobody has any.
    await expect(discovery.find({ ...all, credit: 10 })).rejects.toMatchObject({ code: "invalid_input" })
    await expect(discovery.find({ ...all, credit: 10 })).rejects.toThrow("leave `credit` out")
  })

  it("answers nothing more once it is closed", async () => {
    await discovery.close()
    await expect(discovery.find({ text: "x", offset: 0, limit: 1 })).rejects.toThrow("closing")
  })
})
