import { request as httpRequest } from "node:http"
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client"
import { afterAll, beforeAll, expect, test } from "vitest"
import { startFixture, type Fixture } from "./fixture-server.ts"
import { isObject, type JsonObject } from "./fixture/json-rpc.ts"

let fixture: Fixture
beforeAll(async () => {
  fixture = await startFixture()
})
afterAll(() => fixture.close())

const accept = "application/json, text/event-stream"
const envelope = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": { elicitation: {}, sampling: {} },
}

async function post(body: JsonObject, headers: Record<string, string>): Promise<Response> {
  return fetch(fixture.url, {
    method: "POST",
    headers: { "content-type": "application/json", accept, ...headers },
    body: JSON.stringify({ jsonrpc: "2.0", ...body }),
  })
}

async function call(name: string, params: JsonObject = {}, headers: Record<string, string> = {}) {
  const response = await post(
    { id: 1, method: "tools/call", params: { name, _meta: envelope, ...params } },
    { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": name, ...headers },
  )
  const body: unknown = await response.json()
  if (!isObject(body)) throw new Error("not a JSON-RPC message")
  return { status: response.status, body }
}

async function initialize(): Promise<string> {
  const response = await post(
    {
      id: 1,
      method: "initialize",
      params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } },
    },
    {},
  )
  await response.text()
  return response.headers.get("mcp-session-id") ?? ""
}

for (const mode of ["legacy", "auto"] as const) {
  test(`a ${mode} client lists and calls tools`, async () => {
    const client = new Client({ name: "t", version: "1" }, { versionNegotiation: { mode } })
    await client.connect(new StreamableHTTPClientTransport(new URL(fixture.url)))
    const { tools } = await client.listTools()
    expect(tools[0]?.name).toBe("test_simple_text")
    const result = await client.callTool({ name: "test_structured_output", arguments: { a: 2, b: 3 } })
    expect(result.structuredContent).toEqual({ sum: 5 })
    await client.close()
  })
}

test("a legacy client is pushed an elicitation and its answer reaches the tool", async () => {
  const client = new Client(
    { name: "t", version: "1" },
    { capabilities: { elicitation: {} }, versionNegotiation: { mode: "legacy" } },
  )
  client.setRequestHandler("elicitation/create", () => ({ action: "accept", content: { name: "Ada" } }))
  await client.connect(new StreamableHTTPClientTransport(new URL(fixture.url)))
  const result = await client.callTool({ name: "test_input_required_result_elicitation", arguments: {} })
  expect(result.content).toEqual([{ type: "text", text: "Hello, Ada!" }])
  await client.close()
})

test("the wrong tool name in the header is refused, the right one is not", async () => {
  expect((await call("greet")).status).toBe(200)
  const refused = await call("greet", {}, { "mcp-name": "test_simple_text" })
  expect(refused.status).toBe(400)
  expect(refused.body["error"]).toMatchObject({ code: -32_020 })
})

test("a custom header has to be canonical base64 and equal to the argument", async () => {
  const params = { arguments: { region: "Hello" } }
  const good = await call("test_custom_header", params, { "mcp-param-region": "=?base64?SGVsbG8=?=" })
  expect(good.body["result"]).toMatchObject({ content: [{ text: "Region: Hello" }] })
  const bad = await call("test_custom_header", params, { "mcp-param-region": "=?base64?SGVsbG8?=" })
  expect(bad.body["error"]).toMatchObject({ code: -32_020 })
  expect((await call("test_custom_header", params)).status).toBe(400)
})

test("a request state is good for its own tool only, and only as it was sealed", async () => {
  const name = "test_input_required_result_request_state"
  const first = await call(name)
  const result = first.body["result"]
  const requestState = isObject(result) ? String(result["requestState"]) : ""
  const answers = { inputResponses: { confirm: { action: "accept", content: { ok: true } } } }
  const done = await call(name, { ...answers, requestState })
  expect(done.body["result"]).toMatchObject({ content: [{ text: "state-ok" }] })
  const tampered = await call(name, { ...answers, requestState: `${requestState}x` })
  expect(tampered.body["error"]).toMatchObject({ code: -32_602 })
  const elsewhere = await call("test_input_required_result_tampered_state", { ...answers, requestState })
  expect(elsewhere.body["error"]).toMatchObject({ code: -32_602 })
})

test("a session ends with DELETE, and is then not found", async () => {
  const headers = { "mcp-session-id": await initialize(), "mcp-protocol-version": "2025-11-25" }
  const ping = () => post({ id: 2, method: "ping" }, headers)
  expect((await ping()).status).toBe(200)
  expect((await fetch(fixture.url, { method: "DELETE", headers })).status).toBe(200)
  expect((await ping()).status).toBe(404)
})

test("a foreign Host is refused, a local one is served", async () => {
  const status = (host: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const sent = httpRequest(fixture.url, { method: "GET", headers: { host } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      sent.once("error", reject).end()
    })
  expect(await status("evil.example.com")).toBe(403)
  expect(await status("localhost")).toBe(405)
})
