import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { afterEach, describe, expect, expectTypeOf, it, vi } from "vitest"
import type { AgentRecord } from "@hufu/core/contract/records"
import { Failure } from "@hufu/core/failure"
import { createClient } from "./create-client.ts"
import type { Received, Sent } from "./transport.ts"

afterEach(() => void vi.useRealTimers())

/** A client whose requests are written down and answered in turn. */
function clientOf(...answers: (Received | Error)[]) {
  const sent: Sent[] = []
  const client = createClient({
    token: "hufu_session_x",
    transport: async (request) => {
      sent.push(request)
      const answer = answers[Math.min(sent.length, answers.length) - 1]
      if (answer instanceof Error) throw answer
      return answer ?? ok({})
    },
  })
  return { client, sent }
}

const ok = (value: unknown): Received => ({ status: 200, text: JSON.stringify(value) })
const problem = (status: number, code: string, more = {}): Received => ({
  status,
  text: JSON.stringify({
    type: `urn:hufu:problem:${code}`,
    title: "t",
    status,
    detail: "do this next",
    code,
    requestId: "r",
    ...more,
  }),
})
const unavailable = () => new Failure("node_unavailable", "no node")

describe("what the client sends", () => {
  it("puts an input into path, query and body, each encoded for its place", async () => {
    const { client, sent } = clientOf(ok({ items: [], next: null }))
    await client.tool.list({ server: "a/b?c" })
    await client.action.list({ agent: "ann & bob", limit: 3 })
    await client.agent.suspend({ agent: "ann", reason: "wrong" }).catch(() => {})
    await client.call("stop.lift").catch(() => {})
    expect(sent.map(({ method, path, body }) => [method, path, body])).toEqual([
      ["GET", "/v1/servers/a%2Fb%3Fc/tools", undefined],
      ["GET", "/v1/actions?agent=ann+%26+bob&limit=3", undefined],
      ["POST", "/v1/agents/ann:suspend", '{"reason":"wrong"}'],
      ["DELETE", "/v1/stop", undefined],
    ])
    expect(sent[0]?.headers).toMatchObject({ authorization: "Bearer hufu_session_x" })
    expect(sent[2]?.headers).toMatchObject({ "content-type": "application/json" })
  })

  it("is typed by the contract", () => {
    const { client } = clientOf()
    expectTypeOf(client.agent.list).returns.resolves.toEqualTypeOf<{ items: AgentRecord[] }>()
    expectTypeOf(client.agent.list).parameters.toEqualTypeOf<[input?: Record<string, never>]>()
    expectTypeOf(client.agent.show).parameter(0).toEqualTypeOf<{ agent: string }>()
  })
})

describe("what comes back", () => {
  it("is validated: a member that is missing does not pass as undefined", async () => {
    const { client } = clientOf(ok({ items: [{ id: "agt_0123456789" }] }))
    await expect(client.agent.list()).rejects.toMatchObject({ code: "internal" })
  })

  it.each(["not json", "", "<html>"])("is refused when it is `%s`", async (text) => {
    const { client } = clientOf({ status: 200, text })
    await expect(client.agent.list()).rejects.toBeInstanceOf(Failure)
  })

  it("turns a problem into the Failure that it tells, with its extra members", async () => {
    const { client } = clientOf(problem(409, "not_narrower", { difference: ["wider"] }))
    await expect(client.mandate.revoke({ mandate: "mnd_0123456789" })).rejects.toMatchObject({
      code: "not_narrower",
      message: "do this next",
      extra: { difference: ["wider"], status: 409 },
    })
  })

  it("keeps the code of a newer node in view", async () => {
    const { client } = clientOf(problem(400, "too_purple"))
    await expect(client.agent.list()).rejects.toMatchObject({
      code: "internal",
      extra: { code: "too_purple" },
    })
    const { client: other } = clientOf(problem(400, "toString"))
    await expect(other.agent.list()).rejects.toMatchObject({ code: "internal" })
  })

  it("says so when an error has no reason", async () => {
    const { client } = clientOf({ status: 500, text: "boom" })
    await expect(client.rules.validate({ text: "" })).rejects.toMatchObject({ code: "internal" })
  })
})

describe("what is tried again", () => {
  it("is only what changes nothing", async () => {
    vi.useFakeTimers()
    const read = clientOf(unavailable(), problem(503, "overloaded"), ok({ items: [] }))
    const answer = read.client.agent.list()
    await vi.runAllTimersAsync()
    expect(await answer).toEqual({ items: [] })
    expect(read.sent).toHaveLength(3)
    const write = clientOf(unavailable())
    await expect(write.client.stop.declare({ reason: "" })).rejects.toMatchObject({
      code: "node_unavailable",
    })
    expect(write.sent).toHaveLength(1)
  })

  it("ends with the last refusal, and never repeats one that says no", async () => {
    vi.useFakeTimers()
    const busy = clientOf(problem(503, "overloaded"))
    const answer = busy.client.agent.list().catch((error: unknown) => error)
    await vi.runAllTimersAsync()
    expect(await answer).toMatchObject({ code: "overloaded" })
    expect(busy.sent).toHaveLength(3)
    const refused = clientOf(problem(401, "unauthenticated"))
    await expect(refused.client.agent.list()).rejects.toMatchObject({ code: "unauthenticated" })
    expect(refused.sent).toHaveLength(1)
  })
})

describe("over HTTP", () => {
  it("speaks to a node, and follows no redirect with its session", async () => {
    const seen: (string | undefined)[] = []
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization}`)
      if (request.url === "/v1/rules") response.writeHead(307, { location: "/v1/elsewhere" }).end()
      else response.end(JSON.stringify({ items: [] }))
    }).listen(0, "localhost")
    await once(server, "listening")
    const { port } = server.address() as AddressInfo // listening on TCP
    const client = createClient({ url: `http://localhost:${port}`, token: "hufu_session_x" })
    expect(await client.agent.list()).toEqual({ items: [] })
    await expect(client.rules.list()).rejects.toMatchObject({ code: "node_unavailable" })
    expect(new Set(seen)).toEqual(
      new Set(["GET /v1/agents Bearer hufu_session_x", "GET /v1/rules Bearer hufu_session_x"]),
    )
    server.closeAllConnections()
    server.close()
    await once(server, "close")
    await expect(client.stop.declare({ reason: "" })).rejects.toMatchObject({ code: "node_unavailable" })
  })
})
