import { once } from "node:events"
import { type IncomingMessage, request } from "node:http"
import type { StreamResponse } from "@a2a-js/sdk"
import { SendMessageRequest } from "@a2a-js/sdk"
import { delegationExtension } from "@hufu/core/a2a/delegation-extension"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { afterEach, describe, expect, test } from "vitest"
import { plainStream, sdkClient } from "../../../server/src/gateway/a2a/testing/sdk-client.ts"
import { loopback } from "../../../server/src/http/testing/loopback.ts"
import { type AgentOptions, type Handle, serveAgent, type ServedAgent } from "./serve-agent.ts"

const open: ServedAgent[] = []
afterEach(async () => {
  // Once more does no harm.
  for (const agent of open.splice(0)) await agent.close()
})

async function serve(handle: Handle, more: Partial<AgentOptions> = {}) {
  const agent = await serveAgent({
    name: "greeter",
    description: "greets",
    port: 0,
    host: loopback,
    handle,
    ...more,
  })
  open.push(agent)
  const client = await sdkClient(agent.url.slice(0, -1), "JSONRPC", "1.0", agent.secret)
  const post = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
    fetch(agent.url, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        "a2a-version": "1.0",
        authorization: `Bearer ${agent.secret}`,
        ...headers,
      },
    })
  const rpc = async (method: string, params: JsonObject): Promise<JsonObject> => {
    const response = await post(JSON.stringify({ jsonrpc: "2.0", id: 7, method, params }))
    return (await response.json()) as JsonObject // what the agent writes is an object
  }
  return { agent, client, post, rpc }
}

const messageOf = (text: string, more: JsonObject = {}): JsonObject => ({
  messageId: crypto.randomUUID(),
  role: "ROLE_USER",
  parts: [{ text }],
  ...more,
})
const asking = (text: string, more: JsonObject = {}) =>
  SendMessageRequest.fromJSON({ message: messageOf(text, more) })

function membersOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}
const taskIn = (answer: JsonObject) => membersOf(membersOf(answer["result"])["task"])
const stateOf = (task: JsonObject) => membersOf(task["status"])["state"]
const saidIn = (task: JsonObject) => membersOf(membersOf(task["status"])["message"])["parts"]
const errorOf = (answer: JsonObject) => membersOf(answer["error"])["code"]

/** What happens, in words: each event by what is new in it. */
async function happenings(events: AsyncIterable<StreamResponse>): Promise<string[]> {
  return (await plainStream(events)).map((event) => {
    const { task, statusUpdate, artifactUpdate } = membersOf(event)
    if (artifactUpdate !== undefined) {
      const { name, parts } = membersOf(membersOf(artifactUpdate)["artifact"])
      return `${JSON.stringify(name)}: ${JSON.stringify(parts)}`
    }
    const { state, message } = membersOf(membersOf(task ?? statusUpdate)["status"])
    const parts = membersOf(message)["parts"]
    return parts === undefined ? JSON.stringify(state) : `${JSON.stringify(state)} ${JSON.stringify(parts)}`
  })
}

describe("a function that is served as an agent", () => {
  test("answers the official client with what it gives, as a product, and says how it goes on", async () => {
    const { client, agent } = await serve(async (asked) => {
      await asked.say("I look it up")
      await asked.product("draft", [{ kind: "data", data: { of: asked.text } }])
      return `hello, ${asked.text}`
    })
    expect(await happenings(client.sendMessageStream(asking("Ada")))).toEqual([
      '"TASK_STATE_WORKING"',
      '"TASK_STATE_WORKING" [{"text":"I look it up"}]',
      '"draft": [{"data":{"of":"Ada"}}]',
      '"result": [{"text":"hello, Ada"}]',
      '"TASK_STATE_COMPLETED"',
    ])
    expect(await client.sendMessage(asking("Bob"))).toMatchObject({ artifacts: [{ name: "draft" }, {}] })
    expect(agent.command).toBe(
      `hufu server add greeter --url ${agent.url} --protocol a2a --header "Authorization: Bearer ${agent.secret}"`,
    )
  })

  test("asks back, one question after another, and knows by which action each answer came", async () => {
    const { client, rpc } = await serve(async (asked) => {
      const first = asked.action
      const [name, place] = await Promise.all([asked.ask("who?"), asked.ask("where?")])
      return [first, name.text, name.action, place.text, place.action, asked.action].join(" ")
    })
    const under = (action: string) => ({ metadata: { [delegationExtension]: { action } } })
    const [, ...rest] = await happenings(client.sendMessageStream(asking("greet", under("act_1"))))
    expect(rest).toEqual(['"TASK_STATE_INPUT_REQUIRED" [{"text":"who?"}]'])
    const { tasks = [] } = membersOf((await rpc("ListTasks", {}))["result"])
    const [{ id: taskId = "" } = {}] = tasks as JsonObject[] // tasks are objects
    expect(await happenings(client.sendMessageStream(asking("Ada", { taskId, ...under("act_2") })))).toEqual([
      '"TASK_STATE_INPUT_REQUIRED" [{"text":"where?"}]',
    ])
    const answer = await rpc("SendMessage", { message: messageOf("home", { taskId }) })
    expect(taskIn(answer)["artifacts"]).toMatchObject([{ parts: [{ text: "act_1 Ada act_2 home  " }] }])
    const history = taskIn(answer)["history"] as JsonObject[] // a history is a list of messages
    expect(history.map(({ parts }) => (parts as JsonObject[])[0]?.["text"])).toEqual([
      "greet",
      "who?",
      "Ada",
      "where?",
      "home",
    ])
    expect(JSON.stringify(history)).not.toContain("act_")
  })

  test("stops when it is canceled, once, and says no more", async () => {
    const left = Promise.withResolvers<unknown>()
    const { client, rpc } = await serve(async ({ signal, say, ask }) => {
      await once(signal, "abort")
      await say("too late")
      left.resolve(await ask("anybody?").catch((error: unknown) => error))
      return "too late"
    })
    const stream = client.sendMessageStream(asking("wait"))
    const { value } = await stream.next()
    const id = value?.payload?.$case === "task" ? value.payload.value.id : ""
    for (let i = 0; i < 2; i++)
      expect(membersOf((await rpc("CancelTask", { id }))["result"])["status"]).toMatchObject({
        state: "TASK_STATE_CANCELED",
      })
    expect(await happenings(stream)).toEqual(['"TASK_STATE_CANCELED"'])
    expect(await left.promise).toMatchObject({ code: "stopped" })
    const { artifacts, status } = membersOf((await rpc("GetTask", { id }))["result"])
    expect([artifacts, status]).toEqual([
      undefined,
      { state: "TASK_STATE_CANCELED", timestamp: expect.any(String) },
    ])
  })

  test.each<[string, Handle, unknown]>([
    ["an error of two lines", () => Promise.reject(new Error("no paper\nat line 3")), "no paper"],
    ["nothing that speaks", () => Promise.reject(new Error("")), "the agent failed, and did not say why"],
    [
      "what is no content",
      () => 7 as unknown as string,
      expect.stringContaining("neither a text nor a list of parts"),
    ],
    [
      "a file of two places",
      () => [{ kind: "file", url: "https://a.example/", bytes: "aGk=" }],
      expect.stringContaining("neither a text nor a list of parts"),
    ],
    ["a number that nobody holds", () => [{ kind: "data", data: 2 ** 60 }], expect.stringContaining("data")],
    [
      "too much",
      async ({ product }) => {
        void product("large", "x".repeat(5000))
        await product("larger", "x".repeat(6000))
      },
      expect.stringContaining("more than 10000 bytes"),
    ],
  ])("fails with one sentence: %s", async (_, handle, why) => {
    const { rpc } = await serve(handle, { limits: { taskBytes: 10_000 } })
    const task = taskIn(await rpc("SendMessage", { message: messageOf("go") }))
    expect([stateOf(task), saidIn(task)]).toEqual(["TASK_STATE_FAILED", [{ text: why }]])
  })

  test("does once what comes twice, and refuses another message under the same id", async () => {
    let runs = 0
    const { rpc } = await serve(async ({ text, ask }) => {
      runs++
      return `${text} ${(await ask("more?")).text}`
    })
    const first = messageOf("a", { messageId: "m1" })
    const [one, two] = [
      await rpc("SendMessage", { message: first }),
      await rpc("SendMessage", { message: first }),
    ]
    const { id: taskId = "" } = taskIn(one)
    expect([taskIn(two)["id"], runs]).toEqual([taskId, 1])
    expect(errorOf(await rpc("SendMessage", { message: { ...first, parts: [{ text: "b" }] } }))).toBe(-32602)
    const answer = messageOf("b", { messageId: "m2", taskId })
    const [three, four] = [
      await rpc("SendMessage", { message: answer }),
      await rpc("SendMessage", { message: answer }),
    ]
    expect(taskIn(three)).toEqual(taskIn(four))
    expect([stateOf(taskIn(three)), runs]).toEqual(["TASK_STATE_COMPLETED", 1])
    expect(errorOf(await rpc("SendMessage", { message: messageOf("c", { taskId }) }))).toBe(-32004)
  })
})

describe("whoever asks", () => {
  const silent = () => undefined

  test("shows the secret for everything but the card", async () => {
    const { agent, post } = await serve(silent, { secret: "a secret of theirs".replaceAll(" ", "-") })
    const card = await fetch(new URL("/.well-known/agent-card.json", agent.url))
    expect(await card.json()).toMatchObject({
      name: "greeter",
      supportedInterfaces: [{ url: agent.url, protocolBinding: "JSONRPC", protocolVersion: "1.0" }],
      capabilities: { extensions: [{ uri: delegationExtension }] },
    })
    for (const authorization of ["", "Bearer ", `Basic ${agent.secret}`, `Bearer ${agent.secret}x`]) {
      const refused = await post("{}", { authorization })
      expect([refused.status, await refused.json()]).toMatchObject([401, { code: "unauthenticated" }])
    }
  })

  test.each<[string, string | Uint8Array, Record<string, string>, number, number]>([
    ["no JSON", "{", {}, 200, -32700],
    [
      "a key twice",
      '{"jsonrpc":"2.0","id":1,"id":2,"method":"GetTask","params":{"id":"a"}}',
      {},
      200,
      -32700,
    ],
    ["no text", new Uint8Array([0x22, 0xff, 0x22]), {}, 200, -32700],
    ["another type", "{}", { "content-type": "text/plain" }, 200, -32005],
    ["no call", "[]", {}, 200, -32600],
    ["another version", "{}", { "a2a-version": "0.3" }, 200, -32009],
    ["a method that is not there", '{"jsonrpc":"2.0","method":"toString"}', {}, 200, -32601],
    [
      "a task that is not there",
      '{"jsonrpc":"2.0","method":"GetTask","params":{"id":"__proto__"}}',
      {},
      200,
      -32001,
    ],
    ["too many bytes", `"${"x".repeat(20_000)}"`, {}, 413, -32603],
    [
      "too many parts",
      JSON.stringify({
        jsonrpc: "2.0",
        method: "SendMessage",
        params: { message: messageOf("", { parts: Array.from({ length: 1001 }, () => ({ text: "" })) }) },
      }),
      {},
      200,
      -32602,
    ],
    [
      "what the agent does not take",
      JSON.stringify({
        jsonrpc: "2.0",
        method: "SendMessage",
        params: { message: messageOf("", { parts: [{ raw: "aGk=", mediaType: "image/png" }] }) },
      }),
      {},
      200,
      -32005,
    ],
  ])("is refused: %s", async (_, body, headers, status, code) => {
    const { post } = await serve(silent, { limits: { messageBytes: 18_000 } })
    const response = await post(body, headers)
    expect([response.status, errorOf((await response.json()) as JsonObject)]).toEqual([status, code])
  })

  test("finds nothing elsewhere, at whatever address", async () => {
    const { agent, rpc } = await serve(silent)
    const { hostname, port } = new URL(agent.url)
    for (const path of ["//", "/elsewhere", "/.well-known/", "*"]) {
      const sent = request({ host: hostname.replaceAll(/[[\]]/g, ""), port, path, method: "POST" }).end()
      const [response] = await once(sent, "response")
      expect(response.statusCode).toBe(401)
      response.resume()
    }
    const headers = { authorization: `Bearer ${agent.secret}` }
    expect((await fetch(`${agent.url}elsewhere`, { headers })).status).toBe(404)
    expect((await fetch(agent.url, { headers })).status).toBe(405)
    expect(stateOf(taskIn(await rpc("SendMessage", { message: messageOf("still there?") })))).toBe(
      "TASK_STATE_COMPLETED",
    )
  })

  test("is told when there is too much at once, and what ended long ago is forgotten", async () => {
    const { rpc } = await serve(
      ({ text, ask, signal }) =>
        text === "ask"
          ? ask("who?").then(() => "")
          : text === "wait"
            ? once(signal, "abort").then(() => "")
            : text,
      {
        limits: { openTasks: 3, waitingTasks: 1, endedTasks: 2 },
      },
    )
    const say = async (text: string) =>
      rpc("SendMessage", { message: messageOf(text), configuration: { returnImmediately: text === "wait" } })
    const first = taskIn(await say("one"))["id"] ?? ""
    expect(stateOf(taskIn(await say("ask")))).toBe("TASK_STATE_INPUT_REQUIRED")
    expect(saidIn(taskIn(await say("ask")))).toEqual([
      { text: "too many tasks wait for answers: ask again later" },
    ])
    expect(stateOf(membersOf((await rpc("GetTask", { id: first }))["result"]))).toBe("TASK_STATE_COMPLETED")
    await say("two")
    expect(errorOf(await rpc("GetTask", { id: first }))).toBe(-32001)
    for (let i = 0; i < 2; i++) expect(stateOf(taskIn(await say("wait")))).toBe("TASK_STATE_WORKING")
    expect(membersOf((await say("three"))["error"])["message"]).toContain("too many tasks")
  })

  test("is not waited for without end, when it was asked something", async () => {
    const { rpc } = await serve((asked) => asked.ask("who?").then(() => ""), { limits: { answerMs: 1 } })
    const { id = "" } = taskIn(await rpc("SendMessage", { message: messageOf("go") }))
    const stands = async () => membersOf((await rpc("GetTask", { id }))["result"])
    await expect.poll(async () => saidIn(await stands())).toEqual([{ text: "nobody answered in time" }])
    expect(stateOf(await stands())).toBe("TASK_STATE_FAILED")
  })

  const pages = 100
  /** Makes more than the sockets between take, to be asked for by one that reads only when it is told to. */
  async function serveBook(limits: AgentOptions["limits"]) {
    let waits = false
    const served = await serve(
      async ({ product }) => {
        for (let made = 0; made < pages; made++) {
          waits = true
          await product("page", "x".repeat(512 * 1024))
          waits = false
        }
      },
      { limits: { taskBytes: 100 * 1024 * 1024, ...limits } },
    )
    const { hostname, port } = new URL(served.agent.url)
    const sent = request({
      host: hostname.replaceAll(/[[\]]/g, ""),
      port,
      method: "POST",
      headers: {
        "content-type": "application/json",
        "a2a-version": "1.0",
        authorization: `Bearer ${served.agent.secret}`,
      },
    })
    const params = { message: messageOf("go") }
    sent.end(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "SendStreamingMessage", params }))
    const [response] = (await once(sent, "response")) as [IncomingMessage] // as its type has it
    const states = async () =>
      (membersOf((await served.rpc("ListTasks", {}))["result"])["tasks"] as JsonObject[]).map(stateOf)
    return { response, states, waits: () => waits }
  }

  test("that reads slowly is waited for, and misses nothing", async () => {
    const { response, states, waits } = await serveBook({})
    // The agent goes on in the time between only as far as there is room.
    await expect.poll(waits, { timeout: 20_000 }).toBe(true)
    expect(await states()).toEqual(["TASK_STATE_WORKING"])
    let read = ""
    for await (const chunk of response) read += String(chunk)
    expect(read.split("artifactUpdate").length - 1).toBe(pages)
    expect(read).toContain("TASK_STATE_COMPLETED")
    expect(await states()).toEqual(["TASK_STATE_COMPLETED"])
  })

  test("that reads nothing at all is left, and the work goes on", async () => {
    const { response, states } = await serveBook({ slowMs: 100 })
    await expect.poll(states, { timeout: 20_000 }).toEqual(["TASK_STATE_COMPLETED"])
    const reading = (async () => {
      for await (const _ of response);
    })()
    await expect(reading).rejects.toThrow()
  })

  test("may follow again where the agent said more than anybody could take", async () => {
    const more = Promise.withResolvers<string>()
    const { client } = await serve(({ say }) => {
      for (let i = 0; i < 1500; i++) void say(`${i}`)
      return more.promise
    })
    const events = await happenings(client.sendMessageStream(asking("go")))
    expect(events.length).toBeLessThan(1500)
    const { tasks } = await client.listTasks({
      tenant: "",
      contextId: "",
      status: 0,
      pageToken: "",
      statusTimestampAfter: undefined,
    })
    const again = client.resubscribeTask({ id: tasks[0]?.id ?? "", tenant: "" })
    await again.next()
    more.resolve("done")
    expect(await happenings(again)).toEqual(['"result": [{"text":"done"}]', '"TASK_STATE_COMPLETED"'])
  })

  test("is told that it is canceled when the agent is closed", async () => {
    const { agent, client, rpc } = await serve(({ signal }) => once(signal, "abort").then(() => ""))
    const stream = client.sendMessageStream(asking("wait"))
    await stream.next()
    const [told] = await Promise.all([happenings(stream), agent.close()])
    expect(told).toEqual(['"TASK_STATE_CANCELED"'])
    await expect(rpc("ListTasks", {})).rejects.toThrow()
  })
})

test.each<[string, Partial<AgentOptions>, string]>([
  ["a name that is none", { name: "Greeter!" }, "name"],
  ["a short secret", { secret: "" }, "secret"],
  ["a secret with a quote", { secret: `"; echo ${"x".repeat(20)}` }, "secret"],
  ["no description", { description: "" }, "description"],
])("an agent does not begin with %s", async (_, more, at) => {
  await expect(serve(() => undefined, more)).rejects.toMatchObject({
    code: "invalid_input",
    message: expect.stringContaining(`\`${at}\``),
  })
})

test("an agent does not begin at a port that is in use", async () => {
  const { agent } = await serve(() => undefined)
  await expect(serve(() => undefined, { port: Number(new URL(agent.url).port) })).rejects.toMatchObject({
    code: "port_in_use",
  })
})
