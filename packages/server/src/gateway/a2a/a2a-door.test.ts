import { loopback, loopbackInUrl } from "../../http/testing/loopback.ts"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type A2aWorld, openA2aWorld } from "./testing/a2a-world.ts"
import { startSdkAgent, type SdkAgent, type Step } from "./testing/sdk-agent.ts"
import { plain, plainStream, scripted, sdkClient } from "./testing/sdk-client.ts"

let agent: SdkAgent
let strict: SdkAgent
let world: A2aWorld

beforeAll(async () => {
  agent = await startSdkAgent()
  agent.learn("work", worker)
  const extensions = [{ uri: "urn:must", required: true }]
  strict = await startSdkAgent({ card: { capabilities: { streaming: true, extensions } } })
  world = await openA2aWorld({
    scripted: { url: agent.url },
    asked: { url: agent.url, mode: "ask" },
    strict: { url: strict.url },
  })
})
afterAll(async () => {
  await world.close()
  await agent.stop()
  await strict.stop()
})

const worker: Step[] = [
  { task: "TASK_STATE_SUBMITTED", metadata: { kept: true } },
  { status: "TASK_STATE_WORKING", say: "at it", metadata: { step: 1 } },
  {
    artifact: {
      artifactId: "a",
      name: "a.txt",
      parts: [{ text: "one", filename: "x" }],
      extensions: ["urn:x"],
      metadata: { m: 1 },
    },
  },
  { artifact: { artifactId: "a", parts: [{ text: "two" }] }, append: true, lastChunk: true },
  {
    artifact: {
      artifactId: "b",
      parts: [{ url: "https://example.com/f" }, { raw: "aGk=", mediaType: "image/png" }],
    },
    metadata: { last: true },
  },
  { status: "TASK_STATE_COMPLETED", say: "done" },
]

describe.each(["JSONRPC", "HTTP+JSON"] as const)("a client of the official SDK over %s", (binding) => {
  it("streams through Hufu what it streams directly", async () => {
    const direct = await sdkClient(agent.url, "JSONRPC")
    const through = await sdkClient(`${world.url}/a2a/scripted`, binding)
    const request = scripted("work")
    const expected = await plainStream(direct.sendMessageStream(request))
    expect(await plainStream(through.sendMessageStream(request))).toEqual(expected)
    expect(expected).toHaveLength(6)
  })

  it("gets the same answer when it waits", async () => {
    const direct = await sdkClient(agent.url, "JSONRPC")
    const through = await sdkClient(`${world.url}/a2a/scripted`, binding)
    const request = scripted("work")
    const expected = plain(await direct.sendMessage(request))
    expect(plain(await through.sendMessage(request))).toEqual(expected)
    const reply = scripted([{ message: "forty-two", metadata: { why: "because" } }])
    expect(plain(await through.sendMessage(reply))).toEqual(plain(await direct.sendMessage(reply)))
  })
})

const hello = { messageId: "m", role: "ROLE_USER", parts: [{ text: "hello" }] }

/** One request as a client that minds nothing would send it. */
async function send(
  path: string,
  init: { method?: string; body?: unknown; headers?: Record<string, string>; as?: string | null } = {},
) {
  const { method = "POST", body, headers = {}, as = "tester" } = init
  const response = await fetch(`${world.url}/a2a/${path}`, {
    method,
    headers: {
      "content-type": "application/json",
      "a2a-version": "1.0",
      ...(as === null ? {} : { authorization: `Bearer ${as}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  // What the door writes is JSON of an object, or nothing.
  return {
    status: response.status,
    headers: response.headers,
    json: (text === "" ? {} : JSON.parse(text)) as JsonObject,
  }
}

async function rpc(
  method: string,
  params: object | undefined,
  more: { server?: string; as?: string; version?: string } = {},
) {
  const { server = "scripted", as = "tester", version = "1.0" } = more
  const headers = { "a2a-version": version }
  const { json, status } = await send(server, {
    body: { jsonrpc: "2.0", id: 7, method, params },
    headers,
    as,
  })
  const { result, error } = json
  return { status, result: members(result), error: members(error) }
}

function members(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function scriptOf(script: string | readonly Step[], more: object = {}) {
  return {
    message: { messageId: crypto.randomUUID(), role: "ROLE_USER", parts: [{ data: { script } }], ...more },
  }
}

const taskOf = (answer: { result: JsonObject }) => members(answer.result["task"])
const stateOf = (task: JsonObject) => members(task["status"])["state"]
const reasonsOf = (error: JsonObject) =>
  (Array.isArray(error["data"]) ? error["data"] : []).map((each) => members(each)["reason"])

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : ""
}

/** What came with the state of a task. */
function partsOf(task: JsonObject): JsonObject[] {
  const parts = members(members(task["status"])["message"])["parts"]
  return Array.isArray(parts) ? parts.map(members) : []
}

function holdIn(task: JsonObject): string {
  return textOf(members(partsOf(task).find((part) => part["data"] !== undefined)?.["data"])["hold"])
}

describe("a conversation over the door", () => {
  it("goes on where the partner asks, and ends when it is canceled", async () => {
    const asks: Step[] = [
      { task: "TASK_STATE_WORKING" },
      { status: "TASK_STATE_INPUT_REQUIRED", say: "which?" },
    ]
    const first = taskOf(await rpc("SendMessage", scriptOf(asks, { contextId: "mine" })))
    expect(first).toMatchObject({ contextId: "mine", status: { state: "TASK_STATE_INPUT_REQUIRED" } })
    const taskId = textOf(first["id"])
    const other = await rpc("SendMessage", scriptOf(asks, { taskId, contextId: "another" }))
    expect(other.error).toMatchObject({ code: -32602 })
    const second = taskOf(await rpc("SendMessage", scriptOf(asks, { taskId })))
    expect(second).toMatchObject({ id: taskId, contextId: "mine" })
    const history = second["history"]
    expect(Array.isArray(history) && history.map((each) => members(each)["role"])).toEqual([
      "ROLE_USER",
      "ROLE_AGENT",
      "ROLE_USER",
      "ROLE_AGENT",
    ])
    const canceled = await rpc("CancelTask", { id: taskId })
    expect(canceled.result).toMatchObject({ id: taskId, status: { state: "TASK_STATE_CANCELED" } })
    expect((await rpc("CancelTask", { id: taskId })).result).toMatchObject({ id: taskId })
    const late = await rpc("SendMessage", scriptOf(asks, { taskId }))
    expect(late.error).toMatchObject({ code: -32004 })
    expect((await rpc("SubscribeToTask", { id: taskId })).error).toMatchObject({ code: -32004 })
  })

  it("is the same message once, however often it is sent", async () => {
    const { runs } = agent
    const request = scriptOf("work", { messageId: "twice" })
    const first = taskOf(await rpc("SendMessage", request))
    // A client whose first answer was lost does not know the task.
    expect(taskOf(await rpc("SendMessage", request))).toMatchObject({ id: first["id"] })
    const again = await rpc("SendMessage", scriptOf("work", { messageId: "twice", taskId: first["id"] }))
    expect(taskOf(again)).toMatchObject({ id: first["id"], status: first["status"] })
    const other = await rpc("SendMessage", scriptOf("else", { messageId: "twice" }))
    expect(other.error).toMatchObject({ code: -32602 })
    expect(agent.runs).toBe(runs + 1)
  })

  it("returns at once where that is wanted, and is heard by whoever subscribes", async () => {
    const slow: Step[] = [
      { task: "TASK_STATE_WORKING" },
      { wait: "subscribers" },
      { artifact: { artifactId: "late", parts: [{ text: "late" }] } },
      { status: "TASK_STATE_COMPLETED" },
    ]
    const now = taskOf(
      await rpc("SendMessage", { ...scriptOf(slow), configuration: { returnImmediately: true } }),
    )
    expect(stateOf(now)).toBe("TASK_STATE_WORKING")
    const client = await sdkClient(`${world.url}/a2a/scripted`, "HTTP+JSON")
    const streams = [1, 2].map(() => client.resubscribeTask({ id: textOf(now["id"]), tenant: "" }))
    const firsts = await Promise.all(streams.map((each) => each.next()))
    expect(firsts.map(({ value }) => value?.payload?.$case)).toEqual(["task", "task"])
    // One that leaves takes nothing from the other.
    await streams[0]?.return()
    agent.release("subscribers")
    const rest = []
    for await (const each of streams[1] ?? []) rest.push(each.payload?.$case)
    expect(rest).toEqual(["artifactUpdate", "statusUpdate"])
    expect(stateOf((await rpc("GetTask", { id: now["id"] })).result)).toBe("TASK_STATE_COMPLETED")
  })

  it("tells a partner's error as it came, and begins nothing", async () => {
    const { error } = await rpc("SendMessage", scriptOf("work"), { server: "strict" })
    expect(error).toMatchObject({ code: -32008, data: [{ reason: "EXTENSION_SUPPORT_REQUIRED" }] })
    const rest = await send("strict/message:stream", { body: scriptOf("work") })
    expect(rest).toMatchObject({ status: 400, json: { error: { status: "FAILED_PRECONDITION" } } })
    const headers = { "a2a-extensions": "urn:must" }
    const taken = await send("strict/message:send", { body: scriptOf([{ message: "yes" }]), headers })
    expect(taken.json).toMatchObject({ message: { parts: [{ text: "yes" }] } })
  })

  it("fails where the partner's answer is none", async () => {
    const failed = taskOf(await rpc("SendMessage", scriptOf([])))
    expect(stateOf(failed)).toBe("TASK_STATE_FAILED")
  })

  it("belongs to the agent that began it", async () => {
    await world.anotherAgent("stranger")
    const mine = taskOf(await rpc("SendMessage", scriptOf("work")))
    const looked = await rpc("GetTask", { id: mine["id"] }, { as: "stranger" })
    expect(looked.error).toMatchObject({ code: -32001 })
    expect((await rpc("ListTasks", {}, { as: "stranger" })).result).toMatchObject({ tasks: [], totalSize: 0 })
    expect((await rpc("CancelTask", { id: mine["id"] }, { as: "stranger" })).error).toMatchObject({
      code: -32001,
    })
  })
})

describe("what waits for a person", () => {
  it("is auth-required with what has to be decided and where, and goes on when it is approved", async () => {
    const held = taskOf(await rpc("SendMessage", scriptOf("work"), { server: "asked" }))
    expect(stateOf(held)).toBe("TASK_STATE_AUTH_REQUIRED")
    const told = partsOf(held)
    expect(told.map((part) => members(part["metadata"])["language"])).toEqual(
      expect.arrayContaining(["en", "zh"]),
    )
    const data = members(told.find((part) => part["data"] !== undefined)?.["data"])
    const hold = textOf(data["hold"])
    expect(data).toMatchObject({ verdict: "ask", approveAt: `${world.url}/approvals/${hold}` })
    const client = await sdkClient(`${world.url}/a2a/asked`, "JSONRPC")
    const stream = client.resubscribeTask({ id: textOf(held["id"]), tenant: "" })
    await stream.next()
    const waiting = world.holds.find(hold)
    if (waiting === undefined) throw new Error("it waits")
    await world.holds.decide(waiting, { decision: "once", by: world.caller.principal })
    const cases = []
    for await (const each of stream) cases.push(each.payload?.$case)
    expect(cases.at(-1)).toBe("statusUpdate")
    const done = (await rpc("GetTask", { id: held["id"] }, { server: "asked" })).result
    expect(stateOf(done)).toBe("TASK_STATE_COMPLETED")
    expect(done["artifacts"]).toHaveLength(2)
  })

  it("is rejected with the reasons where the person refuses, and the partner never hears of it", async () => {
    const { runs } = agent
    const held = taskOf(await rpc("SendMessage", scriptOf("work"), { server: "asked" }))
    const waiting = world.holds.find(holdIn(held))
    if (waiting === undefined) throw new Error("it waits")
    await world.holds.decide(waiting, { decision: "refused", by: world.caller.principal })
    const client = await sdkClient(`${world.url}/a2a/asked`, "JSONRPC")
    await expect
      .poll(async () => stateOf((await rpc("GetTask", { id: held["id"] }, { server: "asked" })).result))
      .toBe("TASK_STATE_REJECTED")
    const task = await client.getTask({ id: textOf(held["id"]), tenant: "" })
    expect(JSON.stringify(task.status?.message)).toContain("拒绝")
    expect(agent.runs).toBe(runs)
  })
})

describe("a list of tasks", () => {
  it("comes in pages, the one that changed last first, and without products unless they are wanted", async () => {
    const ids: unknown[] = []
    for (let i = 1; i <= 3; i++) {
      ids.unshift(taskOf(await rpc("SendMessage", scriptOf("work", { contextId: "listed" })))["id"])
    }
    const first = (await rpc("ListTasks", { contextId: "listed", pageSize: 2, historyLength: 1 })).result
    expect(first).toMatchObject({ pageSize: 2, totalSize: 3 })
    const tasks = (first["tasks"] as JsonObject[]) ?? []
    expect(tasks.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    expect(
      tasks.every((task) => !("artifacts" in task) && (task["history"] as JsonValue[]).length === 1),
    ).toBe(true)
    const query = new URLSearchParams({
      contextId: "listed",
      pageSize: "2",
      pageToken: textOf(first["nextPageToken"]),
      includeArtifacts: "true",
    })
    const last = await send(`scripted/tasks?${query.toString()}`, { method: "GET" })
    expect(last.json).toMatchObject({ nextPageToken: "", tasks: [{ id: ids[2], artifacts: [{}, {}] }] })
    const working = await send("scripted/tasks?contextId=listed&status=TASK_STATE_WORKING", { method: "GET" })
    expect(working.json).toMatchObject({ tasks: [], totalSize: 0, nextPageToken: "" })
  })
})

describe("push notifications", () => {
  it("tell a webhook everything that happens, in order, with its token", async () => {
    // One who has read nothing of others may name an address to be told at; who has is asked about (below).
    await world.anotherAgent("fresh")
    const as = "fresh"
    const told: { token: unknown; body: JsonObject }[] = []
    let wake = () => {}
    const hook = createServer((req, res) => {
      let body = ""
      req.on("data", (chunk) => (body += chunk))
      req.on("end", () => {
        // What the sender writes is JSON of an object.
        told.push({ token: req.headers["x-a2a-notification-token"], body: JSON.parse(body) as JsonObject })
        res.end()
        wake()
      })
    })
    await new Promise<void>((resolve) => hook.listen(0, loopback, resolve))
    // A server that listens on a port has an address with one.
    const url = `http://${loopbackInUrl}:${(hook.address() as AddressInfo).port}/hook`
    const configuration = { taskPushNotificationConfig: { id: "p1", url, token: "secret" } }
    const begun = await rpc("SendMessage", { ...scriptOf("work"), configuration }, { as })
    expect(begun.error).toEqual({})
    const task = taskOf(begun)
    while (told.length < 6) await new Promise<void>((resolve) => (wake = resolve))
    expect(told.map(({ body }) => Object.keys(body)[0])).toEqual([
      "task",
      "statusUpdate",
      "artifactUpdate",
      "artifactUpdate",
      "artifactUpdate",
      "statusUpdate",
    ])
    expect(new Set(told.map(({ token }) => token))).toEqual(new Set(["secret"]))
    expect(told.at(-1)?.body).toMatchObject({
      statusUpdate: { taskId: task["id"], status: { state: "TASK_STATE_COMPLETED" } },
    })
    const path = `scripted/tasks/${textOf(task["id"])}/pushNotificationConfigs`
    expect((await send(path, { method: "GET", as })).json).toEqual({
      configs: [{ id: "p1", taskId: task["id"], url, token: "secret" }],
      nextPageToken: "",
    })
    // By now it has read what the partner wrote, and asks to tell another address of it.
    const asks = { as, body: { url, authentication: { scheme: "Bearer", credentials: "x" } } }
    const { json } = await send(path, asks)
    const details = members(json["error"])["details"]
    const hold = textOf(members(members(Array.isArray(details) ? details[0] : null)["metadata"])["hold"])
    const waiting = world.holds.find(hold)
    if (waiting === undefined) throw new Error("it waits")
    await world.holds.decide(waiting, { decision: "once", by: world.caller.principal })
    const made = await send(path, asks)
    expect(made).toMatchObject({
      status: 201,
      json: { taskId: task["id"], authentication: { scheme: "Bearer" } },
    })
    expect(
      (await rpc("GetTaskPushNotificationConfig", { taskId: task["id"], id: "p1" }, { as })).result,
    ).toMatchObject({ url })
    for (let i = 0; i < 2; i++) expect((await send(`${path}/p1`, { method: "DELETE", as })).status).toBe(204)
    expect((await send(`${path}/p1`, { method: "GET", as })).json).toMatchObject({
      error: { code: 404, status: "NOT_FOUND" },
    })
    hook.closeAllConnections()
    await new Promise((resolve) => hook.close(resolve))
  })

  it("go to no address that is nobody's or Hufu's own", async () => {
    for (const url of ["http://169.254.169.254/latest", `${world.url}/v1/agents`, "file:///etc/passwd"]) {
      const configuration = { taskPushNotificationConfig: { url } }
      const { error } = await rpc("SendMessage", { ...scriptOf("work"), configuration })
      expect(error["code"], url).toBeTypeOf("number")
    }
  })
})

describe("the card of a partner", () => {
  it("is the partner's own, with Hufu as where it is, to whoever may ask", async () => {
    const { json, headers } = await send("scripted/.well-known/agent-card.json", { method: "GET" })
    expect(json).toMatchObject({
      name: "scripted",
      supportedInterfaces: [
        { url: `${world.url}/a2a/scripted`, protocolBinding: "JSONRPC", protocolVersion: "1.0" },
        { url: `${world.url}/a2a/scripted`, protocolBinding: "HTTP+JSON", protocolVersion: "1.0" },
        { protocolVersion: "0.3" },
      ],
      capabilities: { streaming: true, pushNotifications: true },
      skills: [{ id: "do" }],
    })
    const etag = String(headers.get("etag"))
    expect(
      (
        await send("scripted/.well-known/agent-card.json", {
          method: "GET",
          headers: { "if-none-match": etag },
        })
      ).status,
    ).toBe(304)
    expect((await rpc("GetExtendedAgentCard", undefined)).result).toEqual(json)
    expect((await send("scripted/extendedAgentCard", { method: "GET" })).json).toEqual(json)
    expect((await send("scripted/.well-known/agent-card.json", { method: "GET", as: null })).status).toBe(401)
    expect((await send("nobody/.well-known/agent-card.json", { method: "GET" })).status).toBe(404)
  })
})

describe("A2A 0.3", () => {
  it("is spoken at the same address with a client of the official SDK", async () => {
    const client = await sdkClient(`${world.url}/a2a/scripted`, "JSONRPC", "0.3")
    const events = await plainStream(client.sendMessageStream(scripted("work")))
    expect(events.map((each) => Object.keys(members(each))[0])).toEqual([
      "task",
      "statusUpdate",
      "artifactUpdate",
      "artifactUpdate",
      "artifactUpdate",
      "statusUpdate",
    ])
    const done = plain(await client.sendMessage(scripted("work")))
    expect(done).toMatchObject({ status: { state: "TASK_STATE_COMPLETED" } })
  })
})

describe("what is not acceptable", () => {
  it.each<[string, unknown, number, number]>([
    ["no JSON", "{", -32700, 200],
    ["no JSON-RPC", { method: "GetTask" }, -32600, 200],
    ["a batch", [], -32600, 200],
    ["an unknown method", { jsonrpc: "2.0", id: 1, method: "DeleteEverything", params: {} }, -32601, 200],
    ["a method of 0.3", { jsonrpc: "2.0", id: 1, method: "message/send", params: {} }, -32601, 200],
    ["no parameters", { jsonrpc: "2.0", id: 1, method: "GetTask" }, -32602, 200],
    ["a list of parameters", { jsonrpc: "2.0", id: 1, method: "GetTask", params: [] }, -32602, 200],
    ["an empty id", { jsonrpc: "2.0", id: 1, method: "GetTask", params: { id: " " } }, -32602, 200],
    [
      "a negative length",
      { jsonrpc: "2.0", id: 1, method: "GetTask", params: { id: "x", historyLength: -1 } },
      -32602,
      200,
    ],
    ["a page of 101", { jsonrpc: "2.0", id: 1, method: "ListTasks", params: { pageSize: 101 } }, -32602, 200],
    [
      "another's page",
      { jsonrpc: "2.0", id: 1, method: "ListTasks", params: { pageToken: "zz" } },
      -32602,
      200,
    ],
    ["no message", { jsonrpc: "2.0", id: 1, method: "SendMessage", params: {} }, -32602, 200],
    [
      "the agent's role",
      { jsonrpc: "2.0", id: 1, method: "SendMessage", params: { message: { ...hello, role: "ROLE_AGENT" } } },
      -32602,
      200,
    ],
    [
      "no parts",
      { jsonrpc: "2.0", id: 1, method: "SendMessage", params: { message: { ...hello, parts: [] } } },
      -32602,
      200,
    ],
    [
      "an unknown task",
      { jsonrpc: "2.0", id: 1, method: "SendMessage", params: { message: { ...hello, taskId: "x" } } },
      -32001,
      200,
    ],
    [
      "duplicate members",
      '{"jsonrpc":"2.0","id":1,"method":"GetTask","method":"ListTasks","params":{}}',
      -32700,
      200,
    ],
    ["more than may come", `{"jsonrpc":"2.0","id":1,"params":"${"x".repeat(4 << 20)}"}`, -32603, 413],
  ])("is refused by its code: %s", async (_, body, code, status) => {
    const { runs } = agent
    const answer = await send("scripted", { body })
    expect(answer).toMatchObject({ status, json: { jsonrpc: "2.0", error: { code } } })
    expect(agent.runs).toBe(runs)
  })

  it("is refused over HTTP in the words of google.rpc", async () => {
    const unknown = await send("scripted/tasks/none", { method: "GET" })
    expect(unknown.json).toMatchObject({
      error: {
        code: 404,
        status: "NOT_FOUND",
        details: [
          {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            reason: "TASK_NOT_FOUND",
            domain: "a2a-protocol.org",
          },
          { domain: "hufu.dev", metadata: { code: "not_found" } },
        ],
      },
    })
    expect(unknown.headers.get("content-type")).toBe("application/a2a+json")
    const wrong = [
      send("scripted/tasks?pageSize=0", { method: "GET" }),
      send("scripted/tasks?historyLength=x", { method: "GET" }),
      send("scripted/message:send", { body: {} }),
      send("scripted/message:send", { body: "{" }),
      send("scripted/message:send", { body: { message: hello }, headers: { "content-type": "text/plain" } }),
      send("scripted/message:send", { body: { message: hello }, headers: { "a2a-version": "9.9" } }),
      send("scripted/message:send", { body: { message: hello }, headers: { "a2a-version": "" } }),
    ]
    for (const { status, json } of await Promise.all(wrong))
      expect([status, json]).toMatchObject([400, { error: { code: 400 } }])
    expect((await send("scripted/nothing", { method: "GET" })).status).toBe(404)
    expect((await send("scripted", { body: {}, as: null })).headers.get("www-authenticate")).toMatch(
      /^Bearer/,
    )
  })

  it("says of an error of the protocol its reason and Hufu's code", async () => {
    const { error } = await rpc("GetTask", { id: "none" })
    expect(reasonsOf(error)).toEqual(["TASK_NOT_FOUND", "NOT_FOUND"])
    const version = await rpc("GetTask", { id: "none" }, { version: "2.0" })
    expect(version.error).toMatchObject({ code: -32009 })
    const old = await rpc("GetTask", { id: "none" }, { version: "" })
    expect(old.error).toMatchObject({ code: -32601 })
    expect((await rpc("GetTask", { id: "none" }, { version: "1.0.7" })).error).toMatchObject({ code: -32001 })
  })
})
