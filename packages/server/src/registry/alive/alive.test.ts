import { once } from "node:events"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { openAlive } from "./alive.ts"
import { Config } from "../../config.ts"
import { AmpError } from "./amp-error.ts"
import { readRecord } from "./log-record.ts"
import {
  type AliveUnderTest,
  openAliveUnderTest,
  owner,
  type Registered,
} from "./testing/alive-under-test.ts"
import { contentOf } from "../testing/content-of.ts"
import { openVersionMismatches } from "./version-mismatches.ts"

let it: AliveUnderTest
/** Acts at this node's doors, by a credential. */
let ann: Registered
/** Acts elsewhere, and has certificates alone. */
let bob: Registered

beforeAll(async () => {
  it = await openAliveUnderTest({ perMinute: 60 })
  ann = await it.register("ann", { local: true })
  bob = await it.register("bob", { more: { parts: { code: { digest: "a".repeat(64), known: "declared" } } } })
})
afterAll(async () => {
  await it.close()
  expect(it.errors).toEqual([])
})

const now = () => it.world.disk.clock.now()
const pass = (ms: number) => it.world.disk.clock.set(now() + ms)

interface Said {
  version?: string
  code?: string
  instance?: string
  at?: number
  type?: string
  body?: object
}
function record(
  aic: string,
  { version, code, instance, at = now(), type = "heartbeat", body = {} }: Said = {},
) {
  return {
    schemaVersion: "1.0.0",
    timestamp: new Date(at).toISOString(),
    aic,
    logType: type,
    body,
    resource: {
      "service.name": "agent",
      ...(version === undefined ? {} : { "service.version": version }),
      ...(instance === undefined ? {} : { "service.instance.id": instance }),
    },
    ...(code === undefined ? {} : { attributes: { "hufu.code": code } }),
  }
}
const beat = ({ credential, aic }: Registered, said?: Said) =>
  it.http("/logs", { bearer: credential, body: record(aic, said) })

describe("a heartbeat", () => {
  test("is taken from the agent itself, and says whether it is alive", async () => {
    expect(it.alive.liveness(ann.record.id)).toBeUndefined()
    expect(await beat(ann, { body: { uptimeSeconds: 5 } })).toMatchObject({
      status: 200,
      body: { accepted: 1, version: "unstated" },
    })
    expect(it.alive.liveness(ann.record.id)).toEqual({ alive: true, lastSeenAt: now() })
    const shown = () => it.alive.shown(ann.record)
    expect(shown()).toMatchObject({ state: "alive", delayMs: 0, uptimeSeconds: 5, mismatch: null })
    pass(90_001)
    expect(shown().state).toBe("late")
    pass(600_000)
    expect(shown()).toMatchObject({ state: "lost" })
    expect(await beat(ann, { version: "1.0.0" })).toMatchObject({ body: { version: "matches" } })
    expect(shown()).toMatchObject({ state: "alive", version: "1.0.0" })
  })

  test("shows in the agent's own search and in the discovery of others", async () => {
    await it.discovery.caughtUp()
    const found = await it.discovery.find({ text: "", alive: "yes", offset: 0, limit: 10 })
    expect(found.items).toMatchObject([{ id: ann.record.id, alive: true }])
    const certificate = await it.certificate(bob)
    const { body } = await it.mtls(certificate, "/acps-adp-v2/discover", { type: "exploratory" })
    expect(body).toMatchObject({
      result: { aliveMap: { [ann.aic]: { alive: true, aliveLastSeenAt: new Date(now()).toISOString() } } },
    })
    // Nobody heard of is not said to be away.
    expect((body as { result: { aliveMap: object } }).result.aliveMap).not.toHaveProperty([bob.aic])
  })

  test("of somebody else, or of nobody who is registered, counts for nothing", async () => {
    expect(await it.http("/logs", { bearer: ann.credential, body: record(bob.aic) })).toMatchObject({
      status: 403,
      body: { code: "AMP_ACCESS_DENIED" },
    })
    expect(await it.http("/logs", { body: record(ann.aic) })).toMatchObject({
      status: 401,
      body: { code: "AMP_UNAUTHENTICATED" },
    })
    expect(
      await it.http("/logs", { bearer: `hufu_agent_${"x".repeat(43)}`, body: record(ann.aic) }),
    ).toMatchObject({ status: 401 })
    expect(await it.http("/logs", { bearer: await it.session(), body: record(ann.aic) })).toMatchObject({
      status: 401,
    })
    const gone = await it.register("gone", { local: true })
    await it.world.registrations.disable(gone.record.id, "", owner)
    expect(await beat(gone)).toMatchObject({ status: 403 })
    const stopped = await it.register("stopped", { local: true })
    expect(await beat(stopped)).toMatchObject({ status: 200 })
    await it.world.agents.setState(it.world.agents.need("stopped"), "suspended", owner, "")
    expect(await beat(stopped)).toMatchObject({ status: 403 })
    expect(it.alive.liveness(bob.record.id)).toBeUndefined()
  })

  test.each<[string, number, { raw?: string; type?: string; said?: object }]>([
    ["no JSON", 400, { raw: "{" }],
    ["twice the same member", 400, { raw: '{"aic":"","aic":""}' }],
    ["no object", 400, { raw: "[]" }],
    ["a log of another kind", 400, { said: { logType: "audit" } }],
    ["no moment", 400, { said: { timestamp: "2026-01-01 00:00" } }],
    ["one of long ago", 400, { said: { timestamp: "2026-01-01T00:00:00Z" } }],
    ["one of the future", 400, { said: { timestamp: "2099-01-01T00:00:00Z" } }],
    ["an uptime that is none", 400, { said: { body: { uptimeSeconds: -1 } } }],
    ["a version that is a book", 400, { said: { resource: { "service.version": "1".repeat(200) } } }],
    ["a digest that is none", 400, { said: { attributes: { "hufu.code": "x" } } }],
    ["text", 400, { type: "text/plain", raw: "x" }],
    ["no line", 400, { type: "application/x-ndjson", raw: "\n\n" }],
    ["too many lines", 413, { type: "application/x-ndjson", raw: "{}\n".repeat(201) }],
    ["a line that is too long", 413, { type: "application/x-ndjson", raw: `"${"x".repeat(17_000)}"` }],
    ["too much", 413, { raw: `"${"x".repeat(300_000)}"` }],
  ])("that is %s is refused", async (_what, status, { raw, type, said }) => {
    const answer = await it.http("/logs", {
      bearer: ann.credential,
      raw: raw ?? JSON.stringify({ ...record(ann.aic), ...said }),
      ...(type === undefined ? {} : { type }),
    })
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject({ status, code: expect.stringMatching(/^AMP_/) })
  })

  test("comes at most so often, each agent by itself", async () => {
    const lines = (count: number) => `${JSON.stringify(record(ann.aic))}\n`.repeat(count)
    const send = (count: number) =>
      it.http("/logs", { bearer: ann.credential, raw: lines(count), type: "application/x-ndjson" })
    expect(await send(40)).toMatchObject({ status: 200, body: { accepted: 40 } })
    const refused = await send(60)
    expect(refused).toMatchObject({ status: 429, body: { code: "AMP_RATE_LIMITED" } })
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0)
    expect(await it.mtls(await it.certificate(bob), "/acps-amp-v2/logs", record(bob.aic))).toMatchObject({
      status: 200,
    })
  })
})

describe("the door for certificates", () => {
  test("lets a registered agent that acts elsewhere be heard and discover, and nothing else", async () => {
    const certificate = await it.certificate(bob)
    const mtls = (...args: Parameters<AliveUnderTest["mtls"]>) => it.mtls(...args)
    expect(await mtls(certificate, "/acps-amp-v2/logs", record(bob.aic))).toMatchObject({ status: 200 })
    expect(await mtls(certificate, "/acps-amp-v2/logs", record(ann.aic))).toMatchObject({ status: 403 })
    expect(await mtls(certificate, "/acps-adp-v2/health")).toMatchObject({ status: 200 })
    expect(await mtls(certificate, "/mcp", {})).toMatchObject({ status: 403, body: { code: "forbidden" } })
    expect(await mtls(await it.certificate(ann), "/mcp", {})).toEqual({ status: 200, body: "mcp" })
  })

  test("is at the other address of this machine too", async () => {
    const socket = await it.dial(await it.certificate(bob), "::1")
    expect(socket.authorized).toBe(true)
    socket.destroy()
  })

  test("takes the code of the certificate for that of who forwards a discovery", async () => {
    const certificate = await it.certificate(bob)
    const ask = (chain: string[]) =>
      it.mtls(certificate, "/acps-adp-v2/discover", {
        type: "exploratory",
        forwardChain: chain,
        forwardSignatures: chain.map(() => "AA"),
      })
    expect(await ask([ann.aic])).toMatchObject({ status: 508, body: { error: { code: 50803 } } })
    // The right one, whom the operator has not named, is refused for that alone.
    expect(await ask([bob.aic])).toMatchObject({
      body: { error: { code: 50803, data: { detail: expect.stringContaining("takes requests") } } },
    })
    expect(await it.mtls(certificate, "/acps-adp-v2/discover", { query: "plan" })).toMatchObject({
      status: 200,
    })
  })
})

describe("another version than is registered", () => {
  const status = (id: string) => it.world.ca.certificates.shown(it.world.ca.certificates.need(id)).status
  const listed = (id: string) => {
    const { serial } = it.world.ca.certificates.need(id).record
    return it.world.ca.lists.current().revoked.some((each) => each.serial === serial)
  }
  const facts = () =>
    Array.from(
      { length: it.world.store.ledger.size() },
      (_, index) => it.world.store.ledger.entry(index).entry,
    )
      .filter((entry) => entry.kind === "statement" && entry.subject === bob.record.id)
      .map((entry) => (entry.kind === "statement" ? entry.fact : ""))

  test("puts its certificates on hold with the heartbeat that says so, and ends what they had opened", async () => {
    const certificate = await it.certificate(bob)
    const say = (said: Said) => it.mtls(certificate, "/acps-amp-v2/logs", record(bob.aic, said))
    const open = await it.dial(certificate)
    const ended = once(open, "close")
    expect(await say({ version: "1.0.0", code: "a".repeat(64) })).toMatchObject({
      body: { version: "matches" },
    })
    expect(status(certificate.id)).toBe("good")
    // The same version by its name, of other code.
    const swapped = await it
      .mtls(certificate, "/acps-amp-v2/logs", record(bob.aic, { version: "1.0.0", code: "b".repeat(64) }))
      .catch(() => "closed")
    expect(["closed", 200]).toContain(typeof swapped === "string" ? swapped : swapped.status)
    await ended
    expect([status(certificate.id), listed(certificate.id)]).toEqual(["on-hold", true])
    expect(facts().at(-1)).toBe("registration.mismatched")
    expect(it.alive.shown(bob.record).mismatch).toMatchObject({ source: "heartbeat", parts: ["code"] })
    expect(await it.mtls(certificate, "/acps-adp-v2/discover", { query: "x" })).toMatchObject({
      status: 401,
      body: { error: { code: 40101 } },
    })
    expect(await it.mtls(certificate, "/acps-amp-v2/heartbeat/summary")).toMatchObject({ status: 403 })
    await expect(it.certificate(bob)).rejects.toMatchObject({ code: "version_changed" })
    // What was registered runs again; at once it does not help, so that nobody goes to and fro.
    expect(await say({ version: "1.0.0", code: "a".repeat(64) })).toMatchObject({ status: 200 })
    expect(status(certificate.id)).toBe("on-hold")
    pass(61_000)
    // To say less than what was wrong is no way out.
    expect(await say({ version: "1.0.0" })).toMatchObject({ body: { version: "matches" } })
    expect(status(certificate.id)).toBe("on-hold")
    expect(await say({ version: "1.0.0", code: "a".repeat(64) })).toMatchObject({
      body: { version: "matches" },
    })
    await expect.poll(() => status(certificate.id)).toBe("good")
    expect([listed(certificate.id), facts().at(-1)]).toEqual([false, "registration.matched"])
  })

  test("of one of several that run at once is over when that one is right, or gone", async () => {
    const say = (said: Said) =>
      it.alive.take(senderOf(bob), [readRecord(JSON.stringify(record(bob.aic, said)))])
    await say({ version: "2.0.0", instance: "new" })
    pass(61_000)
    await say({ version: "2.0.0", instance: "new" })
    await say({ version: "1.0.0", instance: "old" })
    expect(it.alive.shown(bob.record).mismatch).toMatchObject({ running: "2.0.0" })
    pass(91_000)
    await say({ version: "1.0.0", instance: "old" })
    await expect.poll(() => it.alive.shown(bob.record).mismatch).toBeNull()
  })

  test("is over when it is registered, and its certificates are superseded", async () => {
    const certificate = await it.certificate(bob)
    const { registrations } = it.world
    await it.alive.take(senderOf(bob), [readRecord(JSON.stringify(record(bob.aic, { version: "2.0.0" })))])
    expect(status(certificate.id)).toBe("on-hold")
    await registrations.change(bob.record.id, contentOf("bob", { version: "2.0.0" }), owner)
    await registrations.submit(bob.record.id, owner)
    await registrations.approve(bob.record.id, owner)
    await expect.poll(() => it.alive.shown(registrations.need(bob.record.id)).mismatch).toBeNull()
    expect(status(certificate.id)).toBe("revoked")
    expect(status((await it.certificate(bob)).id)).toBe("good")
  })

  test("is noticed by the next call, and by the version with which the agent acts", async () => {
    const eve = await it.register("eve", {
      local: true,
      more: { parts: { code: { digest: "c".repeat(64), known: "declared" } } },
    })
    const shown = () => it.alive.shown(eve.record).mismatch
    const certificate = await it.certificate(eve)
    it.alive.acted(eve.agent ?? "", { version: "1.0.0", parts: {}, instance: undefined })
    expect(shown()).toBeNull()
    it.alive.acted(eve.agent ?? "", { version: "3.0.0", parts: {}, instance: undefined })
    expect(shown()).toMatchObject({ source: "call", running: "3.0.0", registered: "1.0.0" })
    expect(status(certificate.id)).toBe("on-hold")
    pass(61_000)
    it.alive.acted(eve.agent ?? "", { version: "1.0.0", parts: {}, instance: undefined })
    await expect.poll(shown).toBeNull()
    const agent = it.world.agents.need("eve")
    const code = { digest: "d".repeat(64), known: "declared" as const }
    await it.world.agents.declareVersion(agent, { label: "2", parts: { code } }, owner)
    it.alive.acted(agent.id, { version: undefined, parts: {}, instance: undefined })
    expect(shown()).toMatchObject({ source: "call", parts: ["code"] })
  })

  test("is still known after a restart, as when each was heard of last", async () => {
    const { world } = it
    const seen = it.alive.liveness(ann.record.id)
    await it.alive.heard().close()
    const { store, declare, agents, registrations, disk } = world
    const again = openAlive({
      store,
      clock: disk.clock,
      settings: Config.parse({}).alive,
      registrations,
      agents,
      mismatches: openVersionMismatches({ store, clock: disk.clock, declare }),
      onError: (error) => it.errors.push(error),
    })
    expect(again.liveness(ann.record.id)).toEqual(seen)
    expect(again.shown(registrations.need("com.example/eve")).mismatch).toMatchObject({ parts: ["code"] })
    await again.close()
  })
})

describe("the questions of AMP", () => {
  let session: string
  beforeAll(async () => {
    session = await it.session()
  })
  const ask = (path: string, body?: unknown, bearer = session) =>
    it.http(path, { bearer, ...(body === undefined ? {} : { body }) })
  const items = async (path: string, body: unknown, bearer?: string) =>
    ((await ask(path, body, bearer)).body as { items: Record<string, unknown>[] }).items

  test("tell of one agent whether it is alive, and of none that nobody heard of", async () => {
    pass(120_000)
    await beat(ann)
    expect(await ask(`/heartbeat/liveness/${ann.aic}`)).toMatchObject({
      status: 200,
      body: {
        data: { aic: ann.aic, isAlive: true, livenessState: "alive", silenceDurationSeconds: 0 },
        meta: { silenceThresholdSeconds: 90, evictAfterSeconds: 2_592_000 },
      },
    })
    expect(await ask(`/heartbeat/liveness/${ann.aic}`, undefined, ann.credential)).toMatchObject({
      status: 200,
    })
    const eve = it.world.registrations.need("com.example/eve").aic ?? ""
    expect(await ask(`/heartbeat/liveness/${eve}`)).toMatchObject({
      status: 404,
      body: { code: "AMP_HEARTBEAT_AIC_UNKNOWN" },
    })
    expect(await ask(`/heartbeat/liveness/${ann.aic}`, undefined, "hufu_browser_x")).toMatchObject({
      status: 401,
    })
  })

  test("tell of several by filters, in pages, to whoever may see them", async () => {
    const of = (op: string, field: string, value: unknown) => ({
      filter: { conditions: [{ field, op, value }] },
    })
    const path = "/heartbeat/liveness/query"
    expect(await items(path, of("in", "aic", [ann.aic, bob.aic]), ann.credential)).toHaveLength(2)
    expect(await items(path, of("eq", "isAlive", true))).toMatchObject([{ aic: ann.aic }])
    expect(await items(path, of("gt", "silenceDurationSeconds", 60))).toMatchObject([{ aic: bob.aic }])
    expect(await ask(path, {})).toMatchObject({
      status: 400,
      body: { code: "AMP_QUERY_REQUIRES_SELECTIVE_FILTER" },
    })
    expect(await ask(path, of("eq", "isAlive", true), ann.credential)).toMatchObject({ status: 400 })
    expect(await ask(path, of("eq", "secret", 1))).toMatchObject({ body: { code: "AMP_UNSUPPORTED_FIELD" } })
    expect(await ask(path, of("contains", "aic", "1"))).toMatchObject({
      status: 422,
      body: { code: "AMP_UNSUPPORTED_OPERATOR" },
    })
    const all = of("gte", "silenceDurationSeconds", 0)
    const first = (await ask(path, { ...all, page: { limit: 1 } })).body as {
      items: object[]
      meta: { nextCursor: string }
    }
    const { nextCursor: cursor } = first.meta
    expect(first.items).toMatchObject([{ aic: ann.aic }])
    expect(await items(path, { ...all, page: { limit: 1, cursor } })).toMatchObject([{ aic: bob.aic }])
    expect(await ask(path, { ...of("eq", "isAlive", true), page: { cursor } })).toMatchObject({
      body: { code: "AMP_CURSOR_INVALID" },
    })
    expect(await items("/heartbeat/silence/top", { topN: 1, onlySilent: true })).toMatchObject([
      { aic: bob.aic },
    ])
    expect(await ask("/heartbeat/silence/top", { minSilenceSeconds: 2, maxSilenceSeconds: 1 })).toMatchObject(
      {
        body: { code: "AMP_HEARTBEAT_SILENCE_RANGE_INVALID" },
      },
    )
    expect((await ask("/heartbeat/summary")).body).toMatchObject({ data: { aliveCount: 1 } })
    expect(await ask("/heartbeat/summary", undefined, ann.credential)).toMatchObject({ status: 403 })
    expect(await ask("/heartbeat/sync/info")).toMatchObject({ body: { code: "AMP_HEARTBEAT_SYNC_DISABLED" } })
    expect(await ask("/audit/records/query", {})).toMatchObject({ body: { code: "AMP_NOT_FOUND" } })
  })

  test("tell how an agent runs to itself and to a person, and to no other", async () => {
    const metrics = (activeTasks: number, at: number) =>
      record(ann.aic, {
        at,
        type: "metrics",
        body: {
          loadMetrics: { activeTasks, queuedTasks: 0 },
          windowMetrics: [{ window: "PT1M", successRate: 99, p95LatencyMs: 10 * activeTasks }],
        },
      })
    const lines = [1, 2, 3].map((count) => JSON.stringify(metrics(count, now() - 30_000 + count * 1000)))
    const sent = await it.http("/logs", {
      bearer: ann.credential,
      raw: lines.join("\n"),
      type: "application/x-ndjson",
    })
    expect(sent).toMatchObject({ status: 200, body: { accepted: 3 } })
    expect(
      await beat(ann, { type: "metrics", body: { loadMetrics: { activeTasks: "many" } } }),
    ).toMatchObject({
      status: 400,
    })
    const path = "/metrics/snapshots/query"
    for (const bearer of [ann.credential, session])
      expect(await items(path, {}, bearer)).toMatchObject([{ aic: ann.aic, loadMetrics: { activeTasks: 3 } }])
    const busy = { filter: { conditions: [{ field: "windowMetrics.p95LatencyMs", op: "gt", value: 40 }] } }
    expect(await items(path, busy)).toEqual([])
    const others = { filter: { conditions: [{ field: "aic", op: "eq", value: ann.aic }] } }
    const [certificate] = [await it.certificate(bob)]
    expect(await it.mtls(certificate, `/acps-amp-v2${path}`, others)).toMatchObject({ status: 403 })
    const timeRange = {
      startAt: new Date(now() - 60_000).toISOString(),
      endAt: new Date(now() + 1).toISOString(),
    }
    const series = { metric: "p95LatencyMs", timeRange, step: "PT1M", aggregation: "max", groupByAic: true }
    expect(await items("/metrics/series/query", series)).toMatchObject([
      { metric: "p95LatencyMs", labels: { aic: ann.aic }, stepMs: 60_000, points: [{ value: 30 }] },
    ])
    for (const [more, code] of [
      [{ metric: "mood" }, "AMP_METRIC_UNSUPPORTED"],
      [{ timeRange: undefined }, "AMP_INVALID_TIME_RANGE"],
      [{ timeRange: { ...timeRange, startAt: "2020-01-01T00:00:00Z" } }, "AMP_OUT_OF_RETENTION"],
      [
        { timeRange: { ...timeRange, startAt: new Date(now() - 80_000_000).toISOString() }, step: "PT1S" },
        "AMP_STEP_TOO_FINE",
      ],
      [{ aggregation: "median" }, "AMP_UNSUPPORTED_OPERATOR"],
    ] as const)
      expect(await ask("/metrics/series/query", { ...series, ...more })).toMatchObject({ body: { code } })
    expect(it.alive.shown(ann.record).metrics?.[0]).toMatchObject({ activeTasks: 3, successRate: 99 })
  })

  test("rank agents by a figure, hold them to objectives, and say how full they are", async () => {
    const said = (more: object) => ({
      type: "metrics",
      body: {
        loadMetrics: { activeTasks: 3, queuedTasks: 1, maxActiveTasks: 4, maxQueuedTasks: 10 },
        windowMetrics: [{ window: "PT1M", successRate: 99.5, p95LatencyMs: 40, ...more }],
      },
    })
    expect(await beat(ann, said({}))).toMatchObject({ status: 200 })
    const certificate = await it.certificate(bob)
    const asBob = (path: string, body: object) => it.mtls(certificate, `/acps-amp-v2${path}`, body)
    const slow = said({ successRate: 90, p95LatencyMs: 900 })
    expect(await asBob("/logs", record(bob.aic, slow))).toMatchObject({ status: 200 })
    const timeRange = {
      startAt: new Date(now() - 60_000).toISOString(),
      endAt: new Date(now() + 1).toISOString(),
    }
    const ranking = { metric: "p95LatencyMs", timeRange, window: "PT1M", aggregation: "max" }
    expect(await items("/metrics/rankings/query", ranking)).toMatchObject([
      { aic: bob.aic, metric: "p95LatencyMs", window: "PT1M", value: 900 },
      { aic: ann.aic, value: 40 },
    ])
    expect(await items("/metrics/rankings/query", { ...ranking, direction: "asc", topN: 1 })).toMatchObject([
      { aic: ann.aic },
    ])
    expect(await items("/metrics/rankings/query", { ...ranking, window: "PT5M" })).toEqual([])
    const rules = [
      { sli: "success_rate", window: "PT1M", target: 99 },
      { sli: "p95_latency_ms", window: "PT1M", target: 100 },
      // Nobody said anything of it.
      { sli: "p99_latency_ms", window: "PT1M", target: 100 },
    ]
    const judged = (more: object = {}) => ask("/metrics/slo/evaluate", { timeRange, rules, ...more })
    expect(await judged()).toMatchObject({
      body: { summary: { total: 4, meetsCount: 2, breachCount: 2 } },
    })
    expect(
      await asBob("/metrics/slo/evaluate", { timeRange, rules, includeFailedDetails: false }),
    ).toMatchObject({ body: { items: [], summary: { total: 2, breachCount: 2 } } })
    const [first] = rules
    for (const wrong of [{ sli: "mood" }, { target: 101 }, { window: "" }])
      expect(await judged({ rules: [{ ...first, ...wrong }] })).toMatchObject({
        body: { code: "AMP_SLO_RULE_INVALID" },
      })
    const full = (more: object = {}, bearer?: string) => items("/metrics/capacity/saturation", more, bearer)
    expect(await full({ activeRatioThreshold: 0.75 }, ann.credential)).toMatchObject([
      { aic: ann.aic, activeRatio: 0.75, queueRatio: 0.1, activeTasks: 3, maxActiveTasks: 4 },
    ])
    expect(await full({ queueRatioThreshold: 0.5 })).toEqual([])
    expect(await ask("/metrics/capacity/saturation", { lookback: "PT25H" })).toMatchObject({
      body: { code: "AMP_OUT_OF_RETENTION" },
    })
  })
})

test("nothing is kept of a registration that is erased", async () => {
  const { store } = it.world
  await it.alive.heard().close()
  expect(store.query("SELECT 1 FROM last_seen WHERE registration = ?", [ann.record.id])).toHaveLength(1)
  await store.commit((tx) => it.alive.forget(tx, ann.record.id))
  it.alive.forgetContent(ann.record.id)
  expect(store.query("SELECT 1 FROM last_seen WHERE registration = ?", [ann.record.id])).toEqual([])
  expect([it.alive.liveness(ann.record.id), it.alive.shown(ann.record).metrics]).toEqual([undefined, null])
})

function senderOf({ record: { id } }: Registered) {
  const sender = it.alive.senders.find(id)
  if (sender === undefined) throw new AmpError("AMP_NOT_FOUND", "it is not in service")
  return sender
}
