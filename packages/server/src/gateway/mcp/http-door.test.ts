import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { startFixture } from "../../../../../conformance/mcp/fixture-server.ts"
import { answerOk, startRecorder } from "./testing/recorder.ts"
import type { Recorder } from "./testing/recorder.ts"
import { createRuleGovernor } from "./testing/rule-governor.ts"
import type { RuleGovernor } from "./testing/rule-governor.ts"
import { legacy, modern, openSession, post, postModern } from "./testing/rpc-client.ts"
import { openTestDoor } from "./testing/test-door.ts"
import type { TestDoor } from "./testing/test-door.ts"
import { loopback } from "../../http/testing/loopback.ts"

let governor: RuleGovernor
let door: TestDoor
let recorder: Recorder
let fixture: Awaited<ReturnType<typeof startFixture>>
let url: string

beforeEach(async () => {
  recorder = await startRecorder()
  fixture = await startFixture()
  governor = createRuleGovernor({ forbidden: "deny", "sampling/createMessage": "deny" })
  door = await openTestDoor(
    governor,
    [
      {
        name: "rec",
        transport: "http",
        url: recorder.url,
        headers: { "X-Api-Key": "secret", Authorization: "Bearer upstream" },
      },
      { name: "fixture", transport: "http", url: fixture.url, headers: {} },
    ],
    { callTimeoutMs: 60_000, sessionsPerAgent: 3, requestsPerAgent: 4 },
  )
  url = `${door.url}/mcp/rec`
})

afterEach(async () => {
  await door.close()
  await recorder.close()
  await fixture.close()
})

const call = (name: string, args: Record<string, string> = {}) =>
  modern("tools/call", { name, arguments: args })

describe("what does not come in", () => {
  it("refuses a request without a credential, and says how to send one", async () => {
    const reply = await post(url, JSON.stringify(legacy("tools/list")), { token: "" })
    expect(reply.status).toBe(401)
    expect(reply.headers.get("www-authenticate")).toContain("Bearer")
  })

  it("refuses a foreign page and a foreign host name", async () => {
    const page = await postModern(url, call("x"), { headers: { origin: "https://evil.example" } })
    expect(page.status).toBe(403)
    expect(await rawStatus(door.url, "evil.example")).toBe(403)
    expect(recorder.requests).toHaveLength(0)
  })

  it("refuses what this node itself has sent", async () => {
    const reply = await postModern(url, call("x"), { headers: { "x-hufu-via": "nod_test" } })
    expect(reply.status).toBe(403)
  })

  it("refuses batches, duplicate keys, text that is not UTF-8, other content types and large bodies", async () => {
    const one = JSON.stringify(call("x"))
    expect((await post(url, `[${one}]`)).response["error"]).toMatchObject({ code: -32600 })
    expect(
      (await post(url, one.replace('"method"', '"method":"ping","method"'))).response["error"],
    ).toMatchObject({ code: -32700 })
    expect((await post(url, new Uint8Array([123, 34, 255, 34, 58, 49, 125]))).status).toBe(400)
    expect((await post(url, one, { headers: { "content-type": "text/plain" } })).status).toBe(415)
    expect((await post(url, JSON.stringify("x".repeat(4 * 1024 * 1024)))).status).toBe(413)
    expect(recorder.requests).toHaveLength(0)
  })

  it("refuses headers that say something else than the body", async () => {
    const request = call("read", { region: "eu" })
    for (const headers of [
      { "mcp-method": "tools/list" },
      { "mcp-name": "write" },
      { "mcp-protocol-version": "2025-11-25" },
      { "mcp-param-region": "us" },
      { "mcp-name": "=?base64?%%%?=" },
    ]) {
      const reply = await postModern(url, request, { headers })
      expect(reply.status).toBe(400)
      expect(reply.response["error"]).toMatchObject({ code: -32020 })
    }
    expect(recorder.requests).toHaveLength(0)
  })

  it("refuses a method that has no row, in either era", async () => {
    expect((await postModern(url, modern("tools/erase"))).status).toBe(404)
    expect((await postModern(url, modern("logging/setLevel", { level: "info" }))).status).toBe(404)
    expect((await post(url, JSON.stringify(legacy("tools/erase")))).response["error"]).toMatchObject({
      code: -32601,
    })
    expect(recorder.requests).toHaveLength(0)
  })

  it("refuses a tool that is named like a method", async () => {
    expect((await postModern(url, call("resources/read"))).response["error"]).toMatchObject({ code: -32602 })
  })

  it("refuses a denied action with its reasons, and forwards nothing", async () => {
    const { result } = await postModern(url, call("forbidden"))
    expect(result["isError"]).toBe(true)
    expect(result["_meta"]).toMatchObject({ "hufu/verdict": { verdict: "deny", code: "denied" } })
    expect(recorder.requests).toHaveLength(0)
  })
})

function rawStatus(origin: string, host: string): Promise<number> {
  const { port } = new URL(origin)
  return import("node:http").then(
    ({ request }) =>
      new Promise((resolve, reject) => {
        const req = request(
          { port, host: loopback, method: "POST", path: "/mcp/rec", headers: { host } },
          (res) => {
            res.resume()
            resolve(res.statusCode ?? 0)
          },
        )
        req.on("error", reject)
        req.end("{}")
      }),
  )
}

describe("what goes out", () => {
  it("forwards the bytes as they came, with the registered credential and without the agent's", async () => {
    const request = { ...call("read", { path: "/a" }), unknown: 1 }
    const body = JSON.stringify(request).replace('"unknown":1', '"unknown":1.0 ')
    const headers = {
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "tools/call",
      "mcp-name": "read",
      cookie: "a=b",
      "x-role": "admin",
    }
    await post(url, body, { headers })
    expect(recorder.requests[0]?.body).toBe(body)
    const sent = recorder.requests[0]?.headers
    expect(sent).toMatchObject({
      authorization: "Bearer upstream",
      "x-api-key": "secret",
      "mcp-name": "read",
    })
    expect(sent?.cookie).toBeUndefined()
    expect(sent?.["x-role"]).toBeUndefined()
    expect(governor.records[0]?.outcome?.outcome).toBe("done")
  })

  it("passes the reply on as it came, digits and unknown members included", async () => {
    const text = (body: string) =>
      `{ "jsonrpc":"2.0", "id":${JSON.parse(body).id}, "result":{"resultType":"complete","content":[],"big":12345678901234567890} }`
    recorder.answer = (body) => ({ status: 200, body: text(body) })
    const request = call("read")
    const response = await fetch(url, {
      method: "POST",
      body: JSON.stringify(request),
      headers: {
        authorization: "Bearer agent",
        "content-type": "application/json",
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": "tools/call",
        "mcp-name": "read",
      },
    })
    expect(await response.text()).toBe(text(JSON.stringify(request)))
  })

  it("does not hand a tool server's demand for a credential, nor a redirect, to the agent", async () => {
    for (const answer of [
      { status: 401, headers: { "www-authenticate": "Bearer" }, body: "{}" },
      { status: 302, headers: { location: "http://127.0.0.1:1/" }, body: "" },
    ]) {
      recorder.answer = () => answer
      const reply = await postModern(url, call("read"))
      expect(reply.headers.get("www-authenticate")).toBeNull()
      expect(reply.headers.get("location")).toBeNull()
      expect(reply.response["error"]).toMatchObject({ data: { code: "upstream_unavailable" } })
    }
    expect(governor.records.every((one) => one.outcome?.outcome === "failed")).toBe(true)
  })

  it("calls the outcome unknown when the server is lost after the call left", async () => {
    await postModern(url, call("read"))
    recorder.answer = () => "drop"
    const reply = await postModern(url, call("write"))
    expect(reply.response["error"]).toMatchObject({ data: { code: "upstream_lost" } })
    expect(governor.records[1]).toMatchObject({
      left: true,
      outcome: { outcome: "unknown", reason: "connection_lost" },
    })
  })

  it("gives the budget back when the server cannot be reached", async () => {
    await postModern(url, call("read"))
    await recorder.close()
    const reply = await postModern(url, call("write"))
    expect(reply.response["error"]).toBeDefined()
    expect(governor.records[1]?.abandoned).toBeDefined()
  })

  it("cancels upstream and calls the outcome unknown when the client goes away", async () => {
    await postModern(url, call("read"))
    recorder.answer = () => "hang"
    const gone = new AbortController()
    const reply = postModern(url, call("write"), { signal: gone.signal })
    await expect.poll(() => recorder.requests.length).toBe(2)
    gone.abort()
    await expect(reply).rejects.toThrow()
    await expect.poll(() => governor.records[1]?.outcome).toEqual({ outcome: "unknown", reason: "cancelled" })
    await expect.poll(() => recorder.gone).toBe(1)
  })

  it("records a tool's own error as failed", async () => {
    recorder.answer = (body) => answerOk(body, { resultType: "complete", content: [], isError: true })
    await postModern(url, call("read"))
    expect(governor.records[0]?.outcome).toMatchObject({ outcome: "failed", reason: "tool_error" })
  })

  it("bounds how much an agent has under way, and another agent is not held up", async () => {
    recorder.answer = () => "hang"
    const gone = new AbortController()
    const waiting = [1, 2, 3, 4].map(() =>
      postModern(url, call("read"), { signal: gone.signal }).catch(() => null),
    )
    await expect.poll(() => recorder.requests.length).toBe(4)
    expect((await postModern(url, call("read"))).status).toBe(429)
    recorder.answer = (body) => answerOk(body)
    expect((await postModern(url, call("read"), { token: "other" })).status).toBe(200)
    gone.abort()
    await Promise.all(waiting)
    await expect.poll(() => governor.records.every((one) => one.outcome !== undefined)).toBe(true)
  })
})

describe("lists", () => {
  it("shows every definition to the pipeline, and to the agent what it may use", async () => {
    recorder.answer = (body) =>
      answerOk(body, {
        resultType: "complete",
        tools: [{ name: "read" }, { name: "forbidden" }, { name: "ping" }],
        ttlMs: 1,
        cacheScope: "public",
        nextCursor: "2",
      })
    const { result } = await postModern(url, modern("tools/list"))
    expect(governor.observed.get("rec")).toEqual(["read", "forbidden"])
    expect(result).toMatchObject({ tools: [{ name: "read" }], cacheScope: "private", nextCursor: "2" })
  })
})

describe("sessions", () => {
  const at = () => `${door.url}/mcp/fixture`

  it("are the agent's own: another agent, another credential and another server do not find them", async () => {
    const session = await openSession(at())
    expect(session.opened.status).toBe(200)
    expect((await session.request("tools/list")).status).toBe(200)
    const ask = (to: string, token: string) =>
      post(to, JSON.stringify(legacy("tools/list")), { token, headers: session.headers })
    expect((await ask(at(), "other")).status).toBe(404)
    expect((await ask(at(), "agent/usr_2")).status).toBe(404)
    expect((await ask(url, "agent")).status).toBe(404)
  })

  it("have names that the tool server did not give", async () => {
    const session = await openSession(at())
    const direct = await openSession(fixture.url)
    expect(session.id).not.toBe("")
    expect((await post(at(), JSON.stringify(legacy("tools/list")), { headers: direct.headers })).status).toBe(
      404,
    )
  })

  it("end when they are deleted, and are not found after", async () => {
    const session = await openSession(at())
    const ended = await fetch(at(), {
      method: "DELETE",
      headers: { authorization: "Bearer agent", ...session.headers },
    })
    expect(ended.status).toBe(200)
    expect((await session.request("tools/list")).status).toBe(404)
  })

  it("are bounded per agent: the oldest idle one goes", async () => {
    const first = await openSession(at())
    for (let n = 0; n < 3; n++) await openSession(at())
    expect((await first.request("tools/list")).status).toBe(404)
  })

  it("pass a question of the server on when it is allowed, naming the server, and take the answer back once", async () => {
    const session = await openSession(at(), { elicitation: {} })
    const { messages, result } = await session.request(
      "tools/call",
      { name: "test_elicitation", arguments: { message: "Who?" } },
      {
        onMessage(message) {
          if (message["method"] !== "elicitation/create") return
          void session.send({
            jsonrpc: "2.0",
            id: message["id"],
            result: { action: "accept", content: { username: "u", email: "e@x" } },
          })
        },
      },
    )
    const question = messages.find((one) => one["method"] === "elicitation/create")
    expect(question).toMatchObject({ params: { message: "[fixture] Who?" } })
    expect(JSON.stringify(result)).toContain("accept")
    const asked = governor.records.find((one) => one.attempt.tool === "elicitation/create")
    expect(asked).toMatchObject({ left: true, outcome: { outcome: "done" } })
  })

  it("keep a question that is denied from the client, and tell the server", async () => {
    const session = await openSession(at(), { sampling: {} })
    const { messages, response } = await session.request("tools/call", {
      name: "test_sampling",
      arguments: { prompt: "hi" },
    })
    expect(messages.some((one) => one["method"] === "sampling/createMessage")).toBe(false)
    expect("error" in response || JSON.stringify(response).includes("isError")).toBe(true)
  })
})

describe("a stop", () => {
  it("refuses what is under way and waiting at once, closes sessions, and lets nothing in after", async () => {
    recorder.answer = () => "hang"
    const session = await openSession(`${door.url}/mcp/fixture`)
    const under = postModern(url, call("write"))
    await expect.poll(() => recorder.requests.length).toBe(1)
    governor.stop("agent", "recalled")
    const { result } = await under
    expect(result["isError"]).toBe(true)
    expect(JSON.stringify(result)).toContain("recalled")
    expect(governor.records[0]?.outcome).toEqual({ outcome: "unknown", reason: "stopped" })
    expect((await session.request("tools/list")).status).toBe(403)
    await expect.poll(() => recorder.gone).toBe(1)
  })
})

describe("calls to one server", () => {
  it("wait their turn, and a stop refuses those that wait and gives their budget back", async () => {
    const narrow = await openTestDoor(
      governor,
      [{ name: "rec", transport: "http", url: recorder.url, headers: {} }],
      { callsPerServer: 1 },
    )
    try {
      recorder.answer = () => "hang"
      const replies = [1, 2, 3].map((n) =>
        postModern(`${narrow.url}/mcp/rec`, call("write", { n: String(n) })),
      )
      await expect.poll(() => governor.records.length).toBe(3)
      await expect.poll(() => recorder.requests.length).toBe(1)
      governor.stop("agent", "recalled")
      for (const { result } of await Promise.all(replies)) expect(result["isError"]).toBe(true)
      expect(governor.records.map((one) => one.outcome?.outcome ?? one.abandoned)).toEqual([
        "unknown",
        "stopped",
        "stopped",
      ])
      expect(recorder.requests).toHaveLength(1)
    } finally {
      await narrow.close()
    }
  })

  it("go on one after the other", async () => {
    const narrow = await openTestDoor(
      governor,
      [{ name: "rec", transport: "http", url: recorder.url, headers: {} }],
      { callsPerServer: 1 },
    )
    try {
      const replies = [1, 2, 3].map((n) =>
        postModern(`${narrow.url}/mcp/rec`, call("write", { n: String(n) })),
      )
      for (const { status } of await Promise.all(replies)) expect(status).toBe(200)
      expect(recorder.requests).toHaveLength(3)
    } finally {
      await narrow.close()
    }
  })
})
