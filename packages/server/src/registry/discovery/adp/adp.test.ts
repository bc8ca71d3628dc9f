import { createSecretKey, randomBytes } from "node:crypto"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { getRequestListener } from "@hono/node-server"
import type { JsonObject } from "@hufu/core/json/json-value"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { followSource } from "../follow-source.ts"
import { type IndexUnderTest, indexUnderTest } from "../testing/index-under-test.ts"
import { made, type MadeSource, madeSource } from "../testing/registrations.ts"
import { openTrends } from "../trends.ts"
import { openCallLimit } from "./call-limit.ts"
import type { Peer } from "./discover.ts"
import { type ForwardKey, forwardKey, signedBytes } from "./forward-chain.ts"
import { type AdpParts, serveAdp } from "../../../http/registry/serve-adp.ts"
import { loopback, loopbackInUrl } from "../../../http/testing/loopback.ts"

/** A discovery server on a socket of its own. */
interface Node {
  readonly aic: string
  readonly key: ForwardKey
  readonly source: MadeSource
  readonly peers: Peer[]
  readonly trends: AdpParts["trends"]
  readonly received: JsonObject[]
  readonly under: IndexUnderTest
  url: string
  close(): Promise<void>
}

const codes = ["a", "b", "c", "d"].map((title) => made({ title }).aic ?? "")
const errors: unknown[] = []

async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ server: Server; url: string }> {
  const server = createServer(handle)
  await new Promise<void>((done) => server.listen(0, loopback, done))
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo
  return { server, url: `http://${loopbackInUrl}:${port}/acps-adp-v2/discover` }
}

async function openNode(aic: string, source: MadeSource): Promise<Node> {
  const under = indexUnderTest()
  const follower = followSource(under.index, source, (error) => errors.push(error))
  await follower.caughtUp()
  const key = forwardKey(createSecretKey(randomBytes(32)))
  const peers: Peer[] = []
  const received: JsonObject[] = []
  const trends = openTrends(() => 1_800_000_000_000)
  const parts: AdpParts = {
    index: under.index,
    source,
    trends,
    own: aic,
    peers,
    key,
    reach: { ownPort: () => 1 },
    origin: () => "https://registry.example",
    monotonic: () => performance.now(),
    limit: openCallLimit(10_000, () => performance.now()),
    onError: (error) => errors.push(error),
  }
  const { server, url } = await listen((request, response) => {
    void getRequestListener(async (asked) => {
      const text = await asked.text()
      if (text.endsWith("}") && text.length < 10_000) received.push(JSON.parse(text) as JsonObject)
      const again = new Request(asked.url, {
        method: asked.method,
        headers: asked.headers,
        ...(text === "" ? {} : { body: text }),
      })
      const answer = await serveAdp(
        again,
        new URL(asked.url).pathname,
        { aic: undefined, name: "test" },
        parts,
      )
      return answer ?? new Response("", { status: 404 })
    })(request, response)
  })
  return {
    aic,
    key,
    source,
    peers,
    trends,
    received,
    under,
    url,
    async close() {
      await follower.close()
      await new Promise((done) => server.close(done))
      under.remove()
    },
  }
}

const food = made({
  title: "北京美食推荐",
  description: "推荐北京的餐厅。",
  capabilities: { streaming: true },
  skills: [
    { id: "food.book", name: "预订座位", description: "为您预订。", tags: ["预订"] },
    { id: "food.recommend", name: "推荐餐厅", description: "按口味推荐美食。", tags: ["美食"] },
  ],
})
const travel = made({ title: "Travel planner", description: "Plans trips to 北京." })
const far = made({ title: "上海美食", description: "上海的美食推荐" })
const farther = made({ title: "广州美食", description: "广州的美食推荐" })

describe("ADP", () => {
  let entry: Node
  let second: Node
  let third: Node
  let others: { server: Server; url: string }[] = []

  const post = (body: unknown, at = entry) =>
    fetch(at.url, {
      method: "POST",
      headers: { "content-type": "application/json", "x-trace-id": "t-1" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    })
  const ask = async (body: object, at = entry) => {
    const answer = await post(body, at)
    const text = await answer.text()
    expect(answer.status, text).toBe(200)
    // The door answers JSON of this form, or the assertions below say so.
    return (JSON.parse(text) as { result: Result }).result
  }
  interface Result {
    acsMap: Record<string, JsonObject>
    agents: {
      group: string
      agentSkills: { aic: string; skillId: string; ranking: number; memo?: string }[]
    }[]
    routes: { forwardChain: string[]; status: string; metadata?: JsonObject }[]
    aliveMap?: Record<string, { alive: boolean; aliveLastSeenAt: string }>
  }
  const refused = async (body: unknown, at = entry) => {
    const answer = await post(body, at)
    const { error } = (await answer.json()) as {
      error?: { code: number; message: string; data?: JsonObject }
    }
    return [answer.status, error?.code, error?.message]
  }
  const peerOf = ({ aic, url, key }: Node): Peer => ({ aic, url, key: key.jwk })
  const names = (result: Result) => Object.values(result.acsMap).map(({ name }) => name)

  beforeAll(async () => {
    const [a = "", b = "", c = ""] = codes
    entry = await openNode(a, madeSource(food, travel))
    second = await openNode(b, madeSource(far, food))
    third = await openNode(c, madeSource(farther))
  })
  afterAll(async () => {
    for (const { server } of others) server.close()
    for (const node of [entry, second, third]) await node.close()
    expect(errors).toEqual([])
  })

  it("answers what was asked for, with the skill that answers it", async () => {
    const result = await ask({ type: "explicit", query: "我需要一个可以做北京美食推荐的智能体", limit: 5 })
    expect(result.agents).toMatchObject([
      {
        group: "我需要一个可以做北京美食推荐的智能体",
        agentSkills: [
          { aic: food.aic, skillId: "food.recommend", ranking: 1 },
          { aic: travel.aic, skillId: "", ranking: 2 },
        ],
      },
    ])
    expect(result.acsMap[food.aic ?? ""]).toMatchObject({ name: "北京美食推荐", active: true })
    expect(result.routes).toMatchObject([{ forwardChain: [entry.aic], status: "ok" }])
    expect(result).not.toHaveProperty("aliveMap")
    expect(names(await ask({ query: "trips" }))).toEqual(["Travel planner"])
    expect(await ask({ query: "火星探测" })).toMatchObject({
      acsMap: {},
      agents: [],
      routes: [{ agentGroups: [] }],
    })
  })

  it("answers the other types: by filter alone, without an aim, and what is looked at", async () => {
    const filter = { conditions: [{ field: "capabilities.streaming", op: "eq", value: true }] }
    expect(names(await ask({ type: "filtered", query: "ignored", filter }))).toEqual(["北京美食推荐"])
    expect(
      names(await ask({ type: "explicit", query: "北京", filter: { ...filter, logic: "not" } })),
    ).toEqual(["Travel planner"])
    expect(names(await ask({ type: "exploratory" }))).toEqual(["Travel planner", "北京美食推荐"])
    entry.trends.seen(food.id, "192.0.2.1")
    expect(names(await ask({ type: "trending" }))).toEqual(["北京美食推荐", "Travel planner"])
    expect(names(await ask({ type: "trending", limit: 1 }))).toEqual(["北京美食推荐"])
  })

  it("says who was heard of, and leaves out who may not be used", async () => {
    entry.source.heardOf(food.id, { alive: true, lastSeenAt: 1_800_000_000_000 })
    const { aliveMap } = await ask({ query: "美食" })
    expect(aliveMap).toEqual({
      [food.aic ?? ""]: { alive: true, aliveLastSeenAt: "2027-01-15T08:00:00.000Z" },
    })
    const gone = made({ title: "Gone 美食" })
    entry.source.put(gone)
    entry.source.stop(gone.id)
    expect(names(await ask({ query: "美食", limit: 5 }))).toEqual(["北京美食推荐"])
  })

  it("refuses with the code, the status and the name of the specification", async () => {
    const codesOf = (name: string) => [codes[3], name]
    for (const [body, expected] of [
      [{ type: "explicit" }, [400, 40001, "MissingQuery"]],
      [{ query: "  " }, [400, 40001, "MissingQuery"]],
      [{ query: 7 }, [400, 40001, "MissingQuery"]],
      [{ query: "x", forwardDepthLimit: 0 }, [400, 40002, "ForwardDepthLimitInvalid"]],
      [{ query: "x", forwardDepthLimit: 6 }, [400, 40002, "ForwardDepthLimitInvalid"]],
      [{ query: "x", forwardChain: ["nobody"] }, [400, 40003, "ForwardChainInvalid"]],
      [
        { query: "x", forwardChain: Array.from({ length: 20_000 }, () => codes[0]) },
        [400, 40003, "ForwardChainInvalid"],
      ],
      [
        { query: "x", filter: { conditions: [{ field: "x", op: "eq", value: 1 }] } },
        [400, 40004, "FilterInvalid"],
      ],
      [
        { query: "x", filter: { groups: [{ groups: [{ groups: [{ groups: [] }] }] }] } },
        [400, 40004, "FilterInvalid"],
      ],
      [
        { query: "x", filter: { conditions: Array.from({ length: 20_000 }, () => ({})) } },
        [400, 40004, "FilterInvalid"],
      ],
      [{ query: "x", forwardFanoutLimit: 6 }, [400, 40005, "ForwardFanoutLimitInvalid"]],
      [{ query: "x", forwardFanoutLimit: 0.5 }, [400, 40005, "ForwardFanoutLimitInvalid"]],
      [
        { query: "x", forwardFanoutLimit: 2, forwardFanoutRemaining: 3 },
        [508, 50804, "ForwardFanoutExceeded"],
      ],
      [{ query: "x", forwardChain: [codes[0]] }, [508, 50801, "ForwardLoopDetected"]],
      [{ query: "x", forwardChain: [codes[3], codes[3]] }, [508, 50801, "ForwardLoopDetected"]],
      [
        { query: "x", forwardDepthLimit: 1, forwardChain: [codes[2], codes[3]] },
        [508, 50802, "ForwardDepthExceeded"],
      ],
      [
        { query: "x", forwardChain: [codes[3]], forwardSignatures: ["AA"] },
        [508, 50803, "ForwardChainTampered"],
      ],
      [{ query: "x", forwardSignatures: codesOf("x") }, [508, 50805, "ForwardSignatureInvalid"]],
      [{ query: "x", limit: 0 }, [400, 40000, "InvalidRequest"]],
      [{ query: "x", limit: 51 }, [400, 40000, "InvalidRequest"]],
      [{ query: "x".repeat(4001) }, [400, 40000, "InvalidRequest"]],
      [{ type: "guess", query: "x" }, [400, 40000, "InvalidRequest"]],
      [{ query: "x", context: { a: "b".repeat(20_000) } }, [400, 40000, "InvalidRequest"]],
      [{ query: "x", requestId: "a b" }, [400, 40000, "InvalidRequest"]],
      ["[]", [400, 40000, "InvalidRequest"]],
      ["{", [400, 40000, "InvalidRequest"]],
      ['{"query":"x","query":"y"}', [400, 40000, "InvalidRequest"]],
      [`{"query":"x","filter":${"[".repeat(50_000)}${"]".repeat(50_000)}}`, [400, 40000, "InvalidRequest"]],
      [`{"query":"${"x".repeat(10_000_000)}"}`, [413, 41300, "RequestTooLarge"]],
    ] as const)
      expect(await refused(body), JSON.stringify(body).slice(0, 90)).toEqual(expected)
  })

  it("asks other servers where it has not enough, in turn, and answers each agent once", async () => {
    entry.peers.push(peerOf(second), peerOf(third))
    second.peers.push(peerOf(entry), peerOf(third))
    third.peers.push(peerOf(second), peerOf(entry))
    const result = await ask({ query: "美食推荐", limit: 10 })
    expect(new Set(names(result))).toEqual(new Set(["上海美食", "北京美食推荐", "广州美食"]))
    expect(result.agents[0]?.agentSkills.map(({ ranking }) => ranking)).toEqual([1, 2, 3])
    expect(result.routes.map(({ forwardChain, status }) => [forwardChain, status])).toEqual([
      [[entry.aic], "ok"],
      [[entry.aic, second.aic], "ok"],
      [[entry.aic, second.aic, third.aic], "ok"],
    ])
    const passed = second.received.at(-1)
    expect(passed).toMatchObject({
      forwardChain: [entry.aic],
      forwardTrustedServers: [second.aic, third.aic],
      forwardFanoutRemaining: 1,
    })
    expect(passed).not.toHaveProperty("context")
  })

  it("goes as deep and as wide as it may, and no further", async () => {
    const wide = await ask({
      query: "美食推荐",
      limit: 10,
      forwardFanoutLimit: 2,
      forwardFanoutRemaining: 2,
      requestId: "r-1",
    })
    // Each branch has one way on.
    expect(wide.routes.map(({ forwardChain }) => forwardChain)).toEqual([
      [entry.aic],
      [entry.aic, second.aic],
      [entry.aic, second.aic, third.aic],
      [entry.aic, third.aic],
      [entry.aic, third.aic, second.aic],
    ])
    expect(names(wide)).toContain("广州美食")
    expect(third.received.at(-1)).toMatchObject({ requestId: "r-1", forwardFanoutRemaining: 1 })
    const shallow = await ask({ query: "美食推荐", limit: 10, forwardFanoutLimit: 5, forwardDepthLimit: 1 })
    expect(shallow.routes.map(({ forwardChain }) => forwardChain.length)).toEqual([1, 2, 2])
    expect((await ask({ query: "美食推荐", forwardFanoutRemaining: 0 })).routes).toHaveLength(1)
    expect((await ask({ query: "美食推荐", forwardTotalTimeoutMs: 100 })).routes).toHaveLength(1)
  })

  it("takes a chain only as its last server has signed it", async () => {
    const trusted = [second.aic]
    const part = {
      chain: [entry.aic],
      trusted,
      requestId: "r-2",
      type: "explicit",
      query: "美食",
      filter: undefined,
    }
    const sound = {
      query: "美食",
      requestId: "r-2",
      forwardChain: [entry.aic],
      forwardTrustedServers: trusted,
      forwardSignatures: [entry.key.sign(signedBytes(part))],
    }
    expect((await post(sound, second)).status).toBe(200)
    const forged = [508, 50805, "ForwardSignatureInvalid"]
    for (const change of [
      { query: "天气" },
      { requestId: "r-3" },
      { type: "exploratory" },
      { forwardTrustedServers: [third.aic] },
      { filter: { conditions: [{ field: "active", op: "eq", value: true }] } },
      { forwardSignatures: [] },
      { forwardSignatures: ["AA"] },
      { forwardSignatures: ["%%%"] },
      { forwardSignatures: [third.key.sign(signedBytes(part))] },
      { forwardChain: [codes[3], entry.aic] },
      { forwardChain: [codes[3], entry.aic], forwardSignatures: ["AA", sound.forwardSignatures[0]] },
    ])
      expect(await refused({ ...sound, ...change }, second), JSON.stringify(change)).toEqual(forged)
    expect(await refused({ ...sound, forwardChain: [entry.aic, third.aic].toReversed() }, second)).toEqual(
      forged,
    )
    expect(await refused({ ...sound, forwardChain: [second.aic, entry.aic] }, second)).toEqual([
      508,
      50801,
      "ForwardLoopDetected",
    ])
    expect(await refused({ ...sound, forwardChain: [entry.aic, codes[3]] }, second)).toEqual([
      508,
      50803,
      "ForwardChainTampered",
    ])
  })

  it("takes from other servers only what has its form, and nobody whom it would not have used", async () => {
    const bad = made({ title: "Recalled here" })
    entry.source.put(bad)
    entry.source.stop(bad.aic === null ? "" : bad.id)
    const [, , , liar = ""] = codes
    let answer: { status: number; headers?: Record<string, string>; body: string } = { status: 200, body: "" }
    const server = await listen((request, response) => {
      request.resume().once("end", () => response.writeHead(answer.status, answer.headers).end(answer.body))
    })
    others.push(server)
    const silent = await listen((request) => void request.resume())
    others.push(silent)
    entry.peers.splice(0, 9, { aic: liar, url: server.url, key: third.key.jwk })
    const skill = (aic: unknown, more: object = {}) => ({ aic, skillId: "s", ranking: 1, ...more })
    const card = (aic: unknown, more: object = {}) => ({ aic, name: "far", active: true, ...more })
    const seen = async (result: unknown, more: Partial<typeof answer> = {}) => {
      answer = { status: 200, body: JSON.stringify({ result }), ...more }
      const { acsMap, routes } = await ask({ query: "美食", limit: 9 })
      return [
        Object.keys(acsMap).filter((aic) => aic !== food.aic).length,
        routes[1]?.status,
        routes[1]?.metadata?.["reason"],
      ]
    }
    const group = (...agentSkills: unknown[]) => [{ group: "", agentSkills }]
    const aic = far.aic ?? ""
    expect(await seen({ acsMap: { [aic]: card(aic) }, agents: group(skill(aic)) })).toEqual([
      1,
      "ok",
      undefined,
    ])
    for (const result of [
      { acsMap: { [bad.aic ?? ""]: card(bad.aic) }, agents: group(skill(bad.aic)) },
      { acsMap: { [aic]: card(aic, { active: false }) }, agents: group(skill(aic)) },
      { acsMap: { [aic]: card(farther.aic) }, agents: group(skill(aic)) },
      { acsMap: { [aic]: card(aic, { x: "y".repeat(300_000) }) }, agents: group(skill(aic)) },
      { acsMap: {}, agents: group(skill(aic)) },
      {
        acsMap: { [aic]: card(aic) },
        agents: group(skill("x"), skill(aic, { ranking: "1" }), skill(aic, { skillId: 1 }), null, 7),
      },
      { acsMap: [], agents: {} },
      {},
    ])
      expect(await seen(result), JSON.stringify(result).slice(0, 80)).toEqual([0, "ok", undefined])
    expect(await seen(null)).toEqual([0, "error", "downstream-answered-200"])
    expect(await seen({}, { body: '{"result":{},"result":{}}' })).toEqual([
      0,
      "error",
      "downstream-answered-200",
    ])
    expect(await seen({}, { body: "x".repeat(3_000_000) })).toEqual([0, "error", "downstream-unreachable"])
    expect(await seen({}, { status: 500 })).toEqual([0, "error", "downstream-answered-500"])
    const redirect = (location: string) => ({ status: 307, headers: { location } })
    expect(await seen({}, redirect("http://169.254.169.254/latest"))).toEqual([
      0,
      "error",
      "redirected elsewhere",
    ])
    expect(await seen({}, redirect(third.url))).toEqual([0, "error", "redirected elsewhere"])
    expect(await seen({}, redirect(server.url))).toEqual([0, "error", "MaxRedirectsExceeded"])
    entry.peers.splice(0, 9, { aic: liar, url: silent.url, key: third.key.jwk })
    answer = { status: 200, body: "" }
    const { routes } = await ask({ query: "美食", forwardEachTimeoutMs: 50 })
    expect(routes[1]).toMatchObject({ status: "timeout", metadata: { reason: "downstream-timeout" } })
    entry.peers.splice(0, 9, { aic: liar, url: "http://169.254.169.254/discover", key: third.key.jwk })
    expect((await ask({ query: "美食" })).routes[1]).toMatchObject({ status: "error" })
    entry.peers.splice(0, 9)
  })

  it("answers each caller so often", () => {
    let now = 0
    const limit = openCallLimit(2, () => now)
    limit.admit("a")
    limit.admit("a")
    limit.admit("b")
    expect(() => limit.admit("a")).toThrow(
      expect.objectContaining({ code: 42901, data: { retryAfterSeconds: 30 } }),
    )
    now = 30_000
    limit.admit("a")
    expect(() => limit.admit("a")).toThrow("a minute")
  })

  it("says how it is", async () => {
    const at = (name: string) => fetch(entry.url.replace("discover", name))
    expect(await (await at("health")).json()).toEqual({ status: "ok" })
    expect(await (await at("forwarder-status")).json()).toMatchObject({
      aic: entry.aic,
      key: entry.key.jwk.x,
    })
    expect((await at("discover")).status).toBe(405)
    expect((await at("nothing")).status).toBe(404)
  })
})
