import { contract, type OperationId } from "@hufu/core/contract/contract"
import type { Operation } from "@hufu/core/contract/operation"
import { Failure } from "@hufu/core/failure"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type AppUnderTest, openApp } from "./testing/app-under-test.ts"

let under: AppUnderTest
beforeAll(async () => {
  under = await openApp()
})
afterAll(() => under.close())

type Via = "http" | "socket"
type Init = Omit<RequestInit, "headers"> & { headers?: Record<string, string>; via?: Via }

function ask(path: string, { via = "http", headers = {}, ...init }: Init = {}) {
  return under.app.request(
    path,
    { ...init, headers: { host: "127.0.0.1:7180", ...headers } },
    { transport: via },
  )
}

const asPerson = () => ({ authorization: `Bearer ${under.session}` })
const post = (body: string, headers: Record<string, string> = {}): Init => ({
  method: "POST",
  body,
  headers: { "content-type": "application/json", ...asPerson(), ...headers },
})
const id = (prefix: string) => `${prefix}_0123456789`
/** A path of the operation, with something in every parameter. */
const pathOf = ({ path }: Operation) =>
  path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => id(name.slice(0, 3)))

const rows = Object.entries(contract) as [OperationId, Operation][]

describe("who may call what", () => {
  const callers: Record<
    string,
    { via: Via; headers: () => Record<string, string>; may: (operation: Operation) => boolean }
  > = {
    "nobody, over HTTP": {
      via: "http",
      headers: () => ({}),
      may: ({ scope, socketOnly }) => scope === "public" && !socketOnly,
    },
    "the person, over HTTP": { via: "http", headers: asPerson, may: ({ socketOnly }) => !socketOnly },
    "a hook, over HTTP": {
      via: "http",
      headers: () => ({ authorization: `Bearer ${under.hook}` }),
      may: ({ scope, socketOnly }) => (scope === "public" || scope === "hook") && !socketOnly,
    },
    "this user, over the socket": {
      via: "socket",
      headers: () => ({}),
      may: ({ scope }) => scope === "public" || scope === "local",
    },
    "a browser that was let in": {
      via: "http",
      headers: () => ({ host: "localhost:7180", authorization: `Bearer ${under.browser}` }),
      may: ({ scope, socketOnly }) => (scope === "public" || scope === "local") && !socketOnly,
    },
    "the person, over the socket": { via: "socket", headers: asPerson, may: () => true },
    "an agent, over HTTP": {
      via: "http",
      headers: () => ({ authorization: `Bearer ${under.agentCredential}` }),
      may: ({ scope, socketOnly }) => (scope === "public" || scope === "agent") && !socketOnly,
    },
    "an agent, over the socket": {
      via: "socket",
      headers: () => ({ authorization: `Bearer ${under.agentCredential}` }),
      may: ({ scope }) => scope === "public" || scope === "agent",
    },
    "a developer, over HTTP": {
      via: "http",
      headers: () => ({ authorization: `Bearer ${under.developer}` }),
      may: ({ scope, socketOnly }) => (scope === "public" || scope === "developer") && !socketOnly,
    },
    "a developer, over the socket": {
      via: "socket",
      headers: () => ({ authorization: `Bearer ${under.developer}` }),
      may: ({ scope }) => scope === "public" || scope === "developer",
    },
    "a hook, over the socket": {
      via: "socket",
      headers: () => ({ authorization: `Bearer ${under.hook}` }),
      may: ({ scope }) => scope === "public" || scope === "hook",
    },
  }

  it.each(Object.entries(callers))(
    "holds every operation to its scope for %s",
    async (_name, { via, headers, may }) => {
      for (const [operationId, operation] of rows) {
        const before = under.performed.length
        const { status } = await ask(pathOf(operation), { method: operation.method, headers: headers(), via })
        const refused = status === 401 || status === 403
        if (operation.stream)
          expect({ operationId, status }).toEqual({ operationId, status: refused ? 401 : 200 })
        expect({ operationId, refused }).toEqual({ operationId, refused: !may(operation) })
        if (refused) expect(under.performed.length).toBe(before)
      }
    },
  )

  it.each([
    ["no scheme", () => under.session],
    ["another scheme", () => `Basic ${under.session}`],
    ["a session that never was", () => `Bearer hufu_session_${"A".repeat(43)}`],
    ["an agent's credential that never was", () => `Bearer hufu_agent_${"A".repeat(43)}`],
    ["a hook's credential that never was", () => `Bearer hufu_hook_${"A".repeat(43)}`],
    ["two tokens", () => `Bearer ${under.session} ${under.session}`],
  ])("refuses %s everywhere, even where nothing is needed", async (_name, authorization) => {
    for (const via of ["http", "socket"] as const) {
      const response = await ask("/v1/node", { via, headers: { authorization: authorization() } })
      expect(response.status).toBe(401)
      expect(response.headers.get("www-authenticate")).toContain("Bearer")
    }
  })

  it("says that a command of the local socket is not for HTTP", async () => {
    const response = await ask("/v1/person", post(JSON.stringify({ secret: "long enough" })))
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: "forbidden", status: 403 })
  })
})

describe("what is sent", () => {
  it("puts path, query and body together and fills in defaults", async () => {
    under.performed.length = 0
    await ask("/v1/agents/ann:suspend", post(""))
    await ask("/v1/actions?agent=ann&limit=7", { headers: asPerson() })
    await ask("/v1/servers/fs/tools/a%2Fb:confirm", post(JSON.stringify({ definition: "0".repeat(64) })))
    expect(under.performed.map(({ id, input }) => [id, input])).toEqual([
      ["agent.suspend", { agent: "ann", reason: "" }],
      ["action.list", { agent: "ann", limit: 7 }],
      ["tool.confirm", { server: "fs", tool: "a/b", definition: "0".repeat(64) }],
    ])
  })

  it.each([
    ["what is no JSON", "{", "invalid_json"],
    ["a duplicate key", '{"name":"a","name":"b"}', "invalid_json"],
    ["a list", "[]", "invalid_input"],
    ["text", '"name"', "invalid_input"],
    ["a member that is not known", '{"name":"ann","admin":true}', "invalid_input"],
    ["a prototype", '{"name":"ann","__proto__":{"x":1}}', "invalid_input"],
    ["the wrong type", '{"name":7}', "invalid_input"],
    ["nothing where something is needed", "", "invalid_input"],
    ["deep nesting", `{"name":${"[".repeat(500)}${"]".repeat(500)}}`, "invalid_json"],
  ])("refuses %s", async (_name, body, code) => {
    const before = under.performed.length
    const response = await ask("/v1/agents", post(body))
    expect(response.status).toBe(400)
    expect(response.headers.get("content-type")).toContain("application/problem+json")
    expect(await response.json()).toMatchObject({
      code,
      status: 400,
      requestId: expect.any(String),
      docs: "/docs#problems",
    })
    expect(under.performed.length).toBe(before)
  })

  it("names the member that is not known", async () => {
    const response = await ask("/v1/agents", post('{"name":"ann","admin":true}'))
    expect(await response.json()).toMatchObject({ detail: "`admin` is not known here: leave it out" })
  })

  it("refuses a member that stands in the path already", async () => {
    const response = await ask("/v1/agents/ann:suspend", post('{"agent":"bob"}'))
    expect(response.status).toBe(400)
  })

  it("refuses a query that says a thing twice", async () => {
    const response = await ask("/v1/actions?agent=ann&agent=bob", { headers: asPerson() })
    expect(await response.json()).toMatchObject({ code: "invalid_input" })
  })

  it.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "",
    "application/json-seq",
  ])("refuses a body of type `%s`, which a foreign page could send", async (type) => {
    const response = await ask("/v1/agents", post('{"name":"ann"}', { "content-type": type }))
    expect(response.status).toBe(415)
  })

  it("refuses more than 1 MiB, whether or not the length is said", async () => {
    const large = JSON.stringify({ name: "x".repeat(1024 * 1024) })
    expect((await ask("/v1/agents", post(large))).status).toBe(413)
    const stream = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 40; i++) controller.enqueue(Buffer.alloc(64 * 1024, 0x20))
        controller.close()
      },
    })
    // Node wants to be told that a streamed body goes one way.
    const response = await ask("/v1/agents", { ...post(""), body: stream, duplex: "half" })
    expect(response.status).toBe(413)
  })

  it("refuses text that is not UTF-8", async () => {
    const body = new Uint8Array([...Buffer.from('{"name":"'), 0xff, ...Buffer.from('"}')])
    const response = await ask("/v1/agents", { ...post(""), body })
    expect(await response.json()).toMatchObject({ code: "invalid_json" })
  })
})

describe("where it comes from", () => {
  it.each(["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:7180", "[::2]", "0.0.0.0", ""])(
    "refuses the host `%s`: a name that was made to lead here",
    async (host) => {
      for (const path of ["/", "/v1/node", "/healthz", "/docs"])
        expect((await ask(path, { headers: { host, ...asPerson() } })).status).toBe(403)
    },
  )

  it.each(["127.0.0.1", "127.0.0.1:7180", "localhost:80", "[::1]:7180", "hufu.example", "HUFU.EXAMPLE"])(
    "serves the host `%s`",
    async (host) => {
      expect((await ask("/healthz", { headers: { host } })).status).toBe(200)
    },
  )

  it.each(["https://evil.example", "null", "http://127.0.0.1:9999", "http://localhost:7180", "file://"])(
    "refuses requests of the page at `%s`",
    async (origin) => {
      const response = await ask("/v1/node", { headers: { origin, ...asPerson() } })
      expect(await response.json()).toMatchObject({ code: "foreign_origin" })
    },
  )

  it("serves its own pages", async () => {
    expect(
      (await ask("/v1/node", { headers: { origin: "http://127.0.0.1:7180", ...asPerson() } })).status,
    ).toBe(200)
  })

  it("sends the headers that keep pages apart, also with a refusal", async () => {
    for (const response of [
      await ask("/"),
      await ask("/nowhere"),
      await ask("/", { headers: { host: "evil.example" } }),
    ]) {
      expect(response.headers.get("content-security-policy")).toContain("default-src 'none'")
      expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'none'")
      expect(response.headers.get("x-content-type-options")).toBe("nosniff")
      expect(response.headers.get("cache-control")).toBe("no-store")
      expect(response.headers.get("access-control-allow-origin")).toBeNull()
    }
  })
})

describe("what goes wrong", () => {
  it("tells a failure as it is, in the reader's language", async () => {
    under.fail("agent.list", new Failure("stale", "look again", { extra: { seen: 7 } }))
    const response = await ask("/v1/agents", {
      headers: { ...asPerson(), "accept-language": "zh-CN,en;q=0.5" },
    })
    expect(response.status).toBe(409)
    expect(await response.json()).toMatchObject({
      code: "stale",
      title: "所示内容已变化",
      detail: "look again",
      seen: 7,
    })
  })

  it("lets nothing of an inner error out, and keeps it in the log under the request's id", async () => {
    under.fail("task.list", new Error("password=hunter2 at /home/ann"))
    const response = await ask("/v1/tasks", { headers: asPerson() })
    const text = await response.text()
    expect(response.status).toBe(500)
    expect(text).not.toContain("hunter2")
    expect(JSON.stringify(under.logged)).toContain(JSON.parse(text).requestId)
  })

  it("does not let a failure overwrite what every problem says", async () => {
    under.fail(
      "rules.list",
      new Failure("stale", "look again", { extra: { status: 200, code: "ok", requestId: "x" } }),
    )
    const problem = await (await ask("/v1/rules", { headers: asPerson() })).json()
    expect(problem).toMatchObject({ status: 409, code: "stale" })
    expect(problem).not.toMatchObject({ requestId: "x" })
  })

  it("says which methods an address takes", async () => {
    const response = await ask("/v1/agents", { method: "PATCH", headers: asPerson() })
    expect(response.status).toBe(405)
    expect(response.headers.get("allow")).toBe("POST, GET")
  })

  it.each([
    "/v1",
    "/v1/",
    "/v2/agents",
    "/v1/agents/",
    "/v1/agents/a/b/c",
    "/v1/agents/%zz",
    "/v1/agents/ann:explode/x",
    "/approvals/..%2f",
    "/approvals/x",
  ])("has nothing at %s", async (path) => {
    expect((await ask(path, { headers: asPerson() })).status).toBe(404)
  })
})

describe("the published log", () => {
  it("is served by no node that was not told to, also where a console would answer", async () => {
    for (const path of ["/log/checkpoint", "/log/tile/0/000"]) {
      const response = await ask(path)
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({
        code: "not_found",
        detail: expect.stringContaining("does not serve its log") as string,
      })
    }
  })
})
