import { createServer } from "node:http"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { fileURLToPath } from "node:url"
import { createMcpHandler } from "@modelcontextprotocol/server"
import { toNodeHandler } from "@modelcontextprotocol/node"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { JsonObject } from "@hufu/core/json/json-value"
import { modernServer } from "../testing/modern-server.ts"
import { createRuleGovernor } from "../testing/rule-governor.ts"
import type { RuleGovernor } from "../testing/rule-governor.ts"
import { referenceServer } from "../testing/reference-servers.ts"
import { modern, openSession, postModern } from "../testing/rpc-client.ts"
import { openTestDoor } from "../testing/test-door.ts"
import type { TestDoor } from "../testing/test-door.ts"
import type { ServerDefinition } from "../upstream/server-definition.ts"
import { loopback, loopbackInUrl } from "../../../http/testing/loopback.ts"

let governor: RuleGovernor
let door: TestDoor
let closeHttp: () => Promise<void>

const at = (server: string) => `${door.url}/mcp/${server}`
const form = { elicitation: { form: {} } }
const settled = () =>
  governor.records.every(
    (one) => one.outcome !== undefined || one.abandoned !== undefined || one.verdict === "deny",
  )

beforeAll(async () => {
  const handler = createMcpHandler(modernServer, { legacy: "reject" })
  // The adapter's own type of a request is narrower than Node's in what may be undefined.
  const serve = toNodeHandler(handler) as (req: IncomingMessage, res: ServerResponse) => Promise<void>
  const http = createServer((req, res) => void serve(req, res))
  await new Promise<void>((resolve) => http.listen(0, loopback, resolve))
  closeHttp = async () => {
    await handler.close()
    http.closeAllConnections()
    await new Promise((resolve) => http.close(resolve))
  }
  const program = fileURLToPath(new URL("../testing/modern-server.ts", import.meta.url))
  const stdio: ServerDefinition = {
    name: "modern-stdio",
    transport: "stdio",
    command: process.execPath,
    args: [program],
    env: {},
    cwd: null,
  }
  const url = `http://${loopbackInUrl}:${(http.address() as AddressInfo).port}/mcp`
  governor = createRuleGovernor({})
  door = await openTestDoor(governor, [
    referenceServer("everything"),
    { name: "modern-http", transport: "http", url, headers: {} },
    stdio,
  ])
})

afterAll(async () => {
  await door.close()
  await closeHttp()
})

describe("a modern client of a legacy server", () => {
  const url = () => at("everything")
  const ask = { name: "trigger-elicitation-request", arguments: {} }

  it("discovers what the server said at initialize", async () => {
    const { result } = await postModern(url(), modern("server/discover"))
    expect(result).toMatchObject({
      resultType: "complete",
      supportedVersions: ["2026-07-28"],
      cacheScope: "private",
    })
    expect(result["capabilities"]).toMatchObject({
      tools: {},
      extensions: { "io.modelcontextprotocol/tasks": {} },
    })
  })

  it("gets complete results, with the members of its era", async () => {
    const { result } = await postModern(url(), modern("tools/list"))
    expect(result).toMatchObject({ resultType: "complete", ttlMs: 0, cacheScope: "private" })
    const echoed = await postModern(
      url(),
      modern("tools/call", { name: "echo", arguments: { message: "hi" } }),
    )
    expect(echoed.result).toMatchObject({ resultType: "complete", content: [{ text: "Echo: hi" }] })
  })

  it("hears of progress before the response", async () => {
    const call = {
      name: "trigger-long-running-operation",
      arguments: { duration: 0.2, steps: 2 },
      _meta: { progressToken: "mine" },
    }
    const { messages } = await postModern(url(), modern("tools/call", call))
    expect(messages.map((one) => one["method"])).toEqual([
      "notifications/progress",
      "notifications/progress",
      undefined,
    ])
    expect(messages[0]).toMatchObject({ params: { progressToken: "mine", progress: 1 } })
  })

  it("answers the server's question by returning, and the call is one action", async () => {
    const before = governor.records.length
    const first = await postModern(url(), modern("tools/call", ask, form))
    expect(first.result["resultType"]).toBe("input_required")
    const [key = ""] = Object.keys(first.result["inputRequests"] as JsonObject)
    const back = {
      ...ask,
      requestState: first.result["requestState"] ?? "",
      inputResponses: { [key]: { action: "accept", content: { name: "Bo" } } },
    }
    const second = await postModern(url(), modern("tools/call", back, form))
    expect(JSON.stringify(second.result["content"])).toContain("Name: Bo")
    const tools = governor.records.slice(before).map((one) => [one.attempt.tool, one.outcome?.outcome])
    expect(tools).toEqual([
      ["trigger-elicitation-request", "done"],
      ["elicitation/create", "done"],
    ])
  })

  it("is asked again for what it did not answer, and cannot return twice with one state", async () => {
    const first = await postModern(url(), modern("tools/call", ask, form))
    const empty = { ...ask, requestState: first.result["requestState"] ?? "", inputResponses: {} }
    const second = await postModern(url(), modern("tools/call", empty, form))
    expect(second.result["resultType"]).toBe("input_required")
    const again = await postModern(url(), modern("tools/call", empty, form))
    expect(again.response["error"]).toMatchObject({ code: -32602 })
    const [key = ""] = Object.keys(second.result["inputRequests"] as JsonObject)
    const last = {
      ...ask,
      requestState: second.result["requestState"] ?? "",
      inputResponses: { [key]: { action: "decline" } },
    }
    expect((await postModern(url(), modern("tools/call", last, form))).result["resultType"]).toBe("complete")
    expect(settled()).toBe(true)
  })

  it("opens a stream for changes, which is acknowledged with what the server can say", async () => {
    const stop = new AbortController()
    const seen: JsonObject[] = []
    const notifications = {
      toolsListChanged: true,
      resourceSubscriptions: ["demo://resource/dynamic/text/1"],
    }
    const stream = postModern(url(), modern("subscriptions/listen", { notifications }), {
      signal: stop.signal,
      onMessage: (message) => seen.push(message),
    })
    await expect.poll(() => seen[0]).toMatchObject({ method: "notifications/subscriptions/acknowledged" })
    stop.abort()
    await expect(stream).rejects.toThrow()
    await expect.poll(settled).toBe(true)
  })
})

describe.each(["modern-http", "modern-stdio"])("a legacy client of a modern server (%s)", (name) => {
  it("initializes, lists without the members of the newer era, and calls", async () => {
    const session = await openSession(at(name))
    expect(session.opened.result).toMatchObject({
      protocolVersion: "2025-11-25",
      serverInfo: { name: "modern-only" },
    })
    const listed = await session.request("tools/list")
    expect(listed.result).not.toHaveProperty("resultType")
    expect(listed.result).not.toHaveProperty("ttlMs")
    const called = await session.request("tools/call", { name: "region", arguments: { region: "海边" } })
    expect(called.result).toMatchObject({ content: [{ type: "text", text: "海边" }] })
    expect((await session.request("resources/read", { uri: "note://one" })).result["contents"]).toMatchObject(
      [{ text: "a note" }],
    )
  })

  it("is asked on its stream what the server wants to know", async () => {
    const session = await openSession(at(name), { elicitation: {} })
    const { messages, result } = await session.request(
      "tools/call",
      { name: "greet", arguments: { greeting: "Hello" } },
      {
        onMessage(message) {
          if (message["method"] !== "elicitation/create") return
          void session.send({
            jsonrpc: "2.0",
            id: message["id"],
            result: { action: "accept", content: { name: "Ada" } },
          })
        },
      },
    )
    expect(messages[0]).toMatchObject({
      method: "elicitation/create",
      params: { message: `[${name}] Who is it?` },
    })
    expect(result["content"]).toMatchObject([{ text: "Hello, Ada" }])
  })

  it("answers what the newer era has no method for", async () => {
    const session = await openSession(at(name))
    expect((await session.request("ping")).result).toEqual({})
    expect((await session.request("logging/setLevel", { level: "warning" })).result).toEqual({})
  })
})

it("leaves no action without an outcome", async () => {
  await expect.poll(settled).toBe(true)
})
