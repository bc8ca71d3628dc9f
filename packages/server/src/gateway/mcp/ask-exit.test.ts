import { afterEach, beforeEach, describe, expect, it } from "vitest"
import type { JsonObject } from "@hufu/core/json/json-value"
import { startFixture } from "../../../../../conformance/mcp/fixture-server.ts"
import { textOf } from "./rpc.ts"
import { createRuleGovernor } from "./testing/rule-governor.ts"
import type { RuleGovernor } from "./testing/rule-governor.ts"
import { modern, openSession, postModern } from "./testing/rpc-client.ts"
import { openTestDoor } from "./testing/test-door.ts"
import type { TestDoor } from "./testing/test-door.ts"

const tool = "test_simple_text"
const call = { name: tool, arguments: {} }
const byUrl = { elicitation: { url: {} } }
const byTask = { extensions: { "io.modelcontextprotocol/tasks": {} } }

let governor: RuleGovernor
let door: TestDoor
let fixture: Awaited<ReturnType<typeof startFixture>>
let url: string

beforeEach(async () => {
  fixture = await startFixture()
  governor = createRuleGovernor({ [tool]: "ask" })
  door = await openTestDoor(
    governor,
    [{ name: "fixture", transport: "http", url: fixture.url, headers: {} }],
    {
      holdWaitMs: 300,
    },
  )
  url = `${door.url}/mcp/fixture`
})

afterEach(async () => {
  await door.close()
  await fixture.close()
})

/** Resolves once an action waits, with its hold. */
async function held(): Promise<string> {
  return expect
    .poll(() => governor.holds[0]?.id)
    .toBeDefined()
    .then(() => governor.holds[0]?.id ?? "")
}

const performed = () => governor.records.filter((one) => one.left && one.attempt.tool === tool)

function inputOf(result: JsonObject, key: string): JsonObject {
  // The exit under test writes exactly this form.
  return (result["inputRequests"] as Record<string, JsonObject>)[key]?.["params"] as JsonObject
}

describe("a held action of a client that only waits", () => {
  it("goes on when it is approved in time", async () => {
    await door.close()
    // In time on a slow machine too.
    door = await openTestDoor(
      governor,
      [{ name: "fixture", transport: "http", url: fixture.url, headers: {} }],
      { holdWaitMs: 20_000 },
    )
    url = `${door.url}/mcp/fixture`
    const reply = postModern(url, modern("tools/call", call))
    governor.approve(await held())
    expect((await reply).result["isError"]).toBeUndefined()
    expect(performed()).toHaveLength(1)
    expect(performed()[0]?.outcome?.outcome).toBe("done")
  })

  it("is told that it is pending, as an error, and rejoins by calling again", async () => {
    const pending = await postModern(url, modern("tools/call", call))
    const hold = governor.holds[0]?.id ?? ""
    expect(pending.result["isError"]).toBe(true)
    expect(JSON.stringify(pending.result["content"])).toContain(`hufu approve ${hold}`)
    expect(performed()).toHaveLength(0)
    governor.approve(hold)
    const again = await postModern(url, modern("tools/call", call))
    expect(JSON.stringify(again.result["content"])).toContain("simple text response")
    expect(governor.holds).toHaveLength(1)
    expect(performed()).toHaveLength(1)
  })

  it("rejoins by naming the hold, whose name does not reach the server", async () => {
    await postModern(url, modern("tools/call", call))
    const hold = governor.holds[0]?.id ?? ""
    governor.approve(hold)
    const again = await postModern(url, modern("tools/call", { ...call, _meta: { "hufu/hold": hold } }))
    expect(JSON.stringify(again.result["content"])).toContain("simple text response")
  })

  it("is refused when the person refuses, with the reasons in both languages", async () => {
    const reply = postModern(url, modern("tools/call", call))
    governor.refuse(await held())
    const { result } = await reply
    expect(result["isError"]).toBe(true)
    expect(JSON.stringify(result["content"])).toContain("a test rule said so")
    expect(JSON.stringify(result["content"])).toContain("测试规则如此")
    expect((result["_meta"] as JsonObject)["hufu/verdict"]).toMatchObject({
      verdict: "deny",
      code: "refused_by_person",
    })
    expect(performed()).toHaveLength(0)
  })

  it("hears that it still waits when it asked for progress", async () => {
    const reply = await postModern(url, modern("tools/call", { ...call, _meta: { progressToken: "p" } }))
    expect(reply.messages[0]).toMatchObject({
      method: "notifications/progress",
      params: { progressToken: "p" },
    })
    expect(reply.result["isError"]).toBe(true)
  })

  it("performs the arguments that the person approved", async () => {
    const reply = postModern(url, modern("tools/call", call))
    governor.approve(await held(), { narrowed: true })
    expect(JSON.stringify((await reply).result)).toContain("simple text response")
    expect(performed()).toHaveLength(1)
  })
})

describe("a held action of a modern client that can open a page", () => {
  it("is sent to the approval page and goes on with the state it was given", async () => {
    const first = await postModern(url, modern("tools/call", call, byUrl))
    const hold = governor.holds[0]?.id ?? ""
    expect(first.result["resultType"]).toBe("input_required")
    expect(inputOf(first.result, "approval")).toMatchObject({
      mode: "url",
      url: `${door.url}/approvals/${hold}`,
    })
    governor.approve(hold)
    const retry = {
      ...call,
      requestState: first.result["requestState"] ?? "",
      inputResponses: { approval: { action: "accept" } },
    }
    const second = await postModern(url, modern("tools/call", retry, byUrl))
    expect(JSON.stringify(second.result["content"])).toContain("simple text response")
    expect(performed()).toHaveLength(1)
  })

  it("cannot use the state for another action, as another agent, or changed", async () => {
    const first = await postModern(url, modern("tools/call", call, byUrl))
    const requestState = textOf(first.result["requestState"])
    governor.approve(governor.holds[0]?.id ?? "")
    const other = await postModern(
      url,
      modern("tools/call", { name: "test_error_handling", arguments: {}, requestState }, byUrl),
    )
    const stranger = await postModern(url, modern("tools/call", { ...call, requestState }, byUrl), {
      token: "other",
    })
    const bent = requestState.replace(/.(?=.$)/, (letter) => (letter === "A" ? "B" : "A"))
    const changed = await postModern(url, modern("tools/call", { ...call, requestState: bent }, byUrl))
    for (const { response } of [other, stranger, changed]) {
      expect(response["error"]).toMatchObject({ code: -32602 })
    }
    expect(performed()).toHaveLength(0)
  })

  it("is told that it is pending when the person has not decided yet", async () => {
    const first = await postModern(url, modern("tools/call", call, byUrl))
    const retry = { ...call, requestState: first.result["requestState"] ?? "", inputResponses: {} }
    const second = await postModern(url, modern("tools/call", retry, byUrl))
    expect(second.result["isError"]).toBe(true)
    expect(performed()).toHaveLength(0)
  })
})

describe("a page that the user turns down", () => {
  const answered = async (requestState: JsonObject["x"] | undefined, answer: JsonObject, token = "agent") => {
    const retry = { ...call, requestState: requestState ?? "", inputResponses: answer }
    return postModern(url, modern("tools/call", retry, byUrl), { token })
  }

  it.each(["decline", "cancel"])("withdraws what waits when a modern client says %s", async (action) => {
    const first = await postModern(url, modern("tools/call", call, byUrl))
    const { result } = await answered(first.result["requestState"], { approval: { action } })
    expect((result["_meta"] as JsonObject)["hufu/verdict"]).toMatchObject({ code: "hold_cancelled" })
    expect(governor.holds.map(({ state }) => state)).toEqual(["cancelled"])
    // To ask again is a new question.
    await postModern(url, modern("tools/call", call, byUrl))
    expect(governor.holds.map(({ state }) => state)).toEqual(["cancelled", "waiting"])
    expect(performed()).toHaveLength(0)
  })

  it.each([
    {},
    { approval: { action: "accept" } },
    { other: { action: "decline" } },
    { approval: "decline" },
  ])("is nothing less than that: %j leaves it waiting", async (answer) => {
    const first = await postModern(url, modern("tools/call", call, byUrl))
    await answered(first.result["requestState"], answer)
    expect(governor.holds.map(({ state }) => state)).toEqual(["waiting"])
  })

  it("is not another agent's to turn down", async () => {
    const first = await postModern(url, modern("tools/call", call, byUrl))
    const { response } = await answered(
      first.result["requestState"],
      { approval: { action: "decline" } },
      "other",
    )
    expect(response["error"]).toMatchObject({ code: -32602 })
    expect(governor.holds.map(({ state }) => state)).toEqual(["waiting"])
  })

  it("changes nothing once the person has approved", async () => {
    const first = await postModern(url, modern("tools/call", call, byUrl))
    governor.approve(governor.holds[0]?.id ?? "")
    const { result } = await answered(first.result["requestState"], { approval: { action: "cancel" } })
    expect(JSON.stringify(result["content"])).toContain("simple text response")
  })

  it.each(["decline", "cancel"])("withdraws what waits when a legacy client says %s", async (action) => {
    const session = await openSession(url, byUrl)
    const { result } = await session.request("tools/call", call, {
      onMessage(message) {
        if (message["method"] === "elicitation/create")
          void session.send({ jsonrpc: "2.0", id: message["id"], result: { action } })
      },
    })
    expect((result["_meta"] as JsonObject)["hufu/verdict"]).toMatchObject({ code: "hold_cancelled" })
    expect(governor.holds.map(({ state }) => state)).toEqual(["cancelled"])
  })

  it("is not turned down by a legacy client that cannot open it, nor by one that goes away", async () => {
    const session = await openSession(url, byUrl)
    const pending = await session.request("tools/call", call, {
      onMessage(message) {
        const error = { code: -32601, message: "not supported" }
        if (message["method"] === "elicitation/create")
          void session.send({ jsonrpc: "2.0", id: message["id"], error })
      },
    })
    expect(pending.result["isError"]).toBe(true)
    const gone = new AbortController()
    const leaving = session.request("tools/call", call, {
      signal: gone.signal,
      onMessage: () => gone.abort(),
    })
    await expect(leaving).rejects.toThrow()
    expect(governor.holds.map(({ state }) => state)).toEqual(["waiting"])
  })
})

describe("a held action of a legacy client that can open a page", () => {
  it("is offered the page on its stream and goes on when the person approves there", async () => {
    const session = await openSession(url, byUrl)
    const reply = session.request("tools/call", call, {
      onMessage(message) {
        if (message["method"] !== "elicitation/create") return
        void session
          .send({ jsonrpc: "2.0", id: message["id"], result: { action: "accept" } })
          .then(() => governor.approve(governor.holds[0]?.id ?? ""))
      },
    })
    const { messages, result } = await reply
    expect(messages[0]).toMatchObject({ method: "elicitation/create", params: { mode: "url" } })
    expect(JSON.stringify(result["content"])).toContain("simple text response")
    expect(performed()).toHaveLength(1)
  })
})

describe("a held action of a client that polls tasks", () => {
  const get = (taskId: string, token = "agent") =>
    postModern(url, modern("tasks/get", { taskId }, byTask), { token })

  it("becomes a task that is performed in the background once approved", async () => {
    const { result } = await postModern(url, modern("tools/call", call, byTask))
    expect(result).toMatchObject({ resultType: "task", status: "working" })
    const taskId = textOf(result["taskId"])
    expect((await get(taskId)).result["status"]).toBe("working")
    governor.approve(taskId)
    await expect.poll(async () => (await get(taskId)).result["status"]).toBe("completed")
    expect(JSON.stringify((await get(taskId)).result["result"])).toContain("simple text response")
    expect(performed()).toHaveLength(1)
  })

  it("loses its result to newer ones when there is no more room, and is then known by its hold alone", async () => {
    await door.close()
    const servers = [{ name: "fixture", transport: "http", url: fixture.url, headers: {} }] as const
    door = await openTestDoor(governor, servers, { taskResults: 300 })
    url = `${door.url}/mcp/fixture`
    const ids: string[] = []
    for (const n of [1, 2, 3]) {
      const { result } = await postModern(url, modern("tools/call", { ...call, arguments: { n } }, byTask))
      const taskId = textOf(result["taskId"])
      governor.approve(taskId)
      await expect.poll(async () => (await get(taskId)).result["status"]).toBe("completed")
      ids.push(taskId)
    }
    expect(JSON.stringify((await get(ids[2] ?? "")).result)).toContain("simple text response")
    expect(JSON.stringify((await get(ids[0] ?? "")).response)).not.toContain("simple text response")
    expect(performed()).toHaveLength(3)
  })

  it("is not another agent's to see, and nobody's who did not declare the extension", async () => {
    const { result } = await postModern(url, modern("tools/call", call, byTask))
    const taskId = textOf(result["taskId"])
    expect((await get(taskId, "other")).response["error"]).toMatchObject({ code: -32602 })
    const undeclared = await postModern(url, modern("tasks/get", { taskId }))
    expect(undeclared.status).toBe(400)
    expect(undeclared.response["error"]).toMatchObject({ code: -32021 })
  })

  it("ends with the refusal when the person refuses", async () => {
    const { result } = await postModern(url, modern("tools/call", call, byTask))
    const taskId = textOf(result["taskId"])
    governor.refuse(taskId)
    await expect.poll(async () => (await get(taskId)).result["status"]).toBe("completed")
    expect((await get(taskId)).result["result"]).toMatchObject({ isError: true })
    expect(performed()).toHaveLength(0)
  })

  const cancel = (taskId: string, token = "agent") =>
    postModern(url, modern("tasks/cancel", { taskId }, byTask), { token })

  /** As after a restart: the holds are there, and no door knows of a task. */
  async function restart(): Promise<void> {
    await door.close()
    door = await openTestDoor(governor, [
      { name: "fixture", transport: "http", url: fixture.url, headers: {} },
    ])
    url = `${door.url}/mcp/fixture`
  }

  async function started(): Promise<string> {
    const { result } = await postModern(url, modern("tools/call", call, byTask))
    return textOf(result["taskId"])
  }

  it("withdraws what waits when the client cancels it", async () => {
    const taskId = await started()
    await cancel(taskId)
    expect((await get(taskId)).result["status"]).toBe("cancelled")
    expect(governor.holds.map(({ state }) => state)).toEqual(["cancelled"])
    expect(performed()).toHaveLength(0)
  })

  it("is not another agent's to cancel, with the node up all the time or restarted", async () => {
    const taskId = await started()
    expect((await cancel(taskId, "other")).response["error"]).toMatchObject({ code: -32602 })
    await restart()
    expect((await cancel(taskId, "other")).response["error"]).toMatchObject({ code: -32602 })
    expect((await get(taskId, "other")).response["error"]).toMatchObject({ code: -32602 })
    expect(governor.holds.map(({ state }) => state)).toEqual(["waiting"])
  })

  it("is the same task when the same call comes again", async () => {
    const taskId = await started()
    expect(await started()).toBe(taskId)
    governor.approve(taskId)
    await expect.poll(async () => (await get(taskId)).result["status"]).toBe("completed")
    expect(JSON.stringify((await get(taskId)).result["result"])).toContain("simple text response")
    expect(performed()).toHaveLength(1)
  })

  it.each([
    ["waits", async (hold: string, again: () => Promise<void>) => (await again(), governor.approve(hold))],
    ["was approved", async (hold: string, again: () => Promise<void>) => (governor.approve(hold), again())],
  ] as const)("is found again after a restart while it %s, and performed once", async (_state, decide) => {
    // An approval that comes while the node is down is used by nobody before the client is back.
    const taskId = await started()
    await door.door.close()
    await decide(taskId, restart)
    const both = await Promise.all([get(taskId), get(taskId)])
    for (const { result } of both) expect(result["status"]).not.toBe("failed")
    await expect.poll(async () => (await get(taskId)).result["status"]).toBe("completed")
    expect(JSON.stringify((await get(taskId)).result["result"])).toContain("simple text response")
    expect(performed()).toHaveLength(1)
  })

  it("tells after a restart that the person refused, and that it was cancelled", async () => {
    const refused = await started()
    governor.refuse(refused)
    const cancelled = await started()
    await cancel(cancelled)
    await restart()
    expect((await get(refused)).result).toMatchObject({ status: "completed", result: { isError: true } })
    expect((await get(cancelled)).result).toMatchObject({ status: "cancelled" })
  })

  it.each(["waiting", "approved"])("can be cancelled after a restart while it is %s", async (state) => {
    const taskId = await started()
    await door.door.close()
    if (state === "approved") governor.approve(taskId)
    await restart()
    await cancel(taskId)
    expect((await get(taskId)).result["status"]).toBe("cancelled")
    expect(governor.holds[0]?.state).toBe(state === "waiting" ? "cancelled" : "approved")
    expect(performed()).toHaveLength(0)
  })

  it("says that nobody knows how it ended when it was under way as the node stopped", async () => {
    const taskId = await started()
    await door.door.close()
    governor.approve(taskId)
    // As the pipeline keeps it: it left, and its outcome was never heard.
    const ruling = await governor.admit({
      caller: {
        agent: "agent",
        version: "v1",
        principal: "usr_1",
        credential: "agent",
        door: "mcp-http",
        connection: "con_1",
      },
      server: "fixture",
      tool,
      arguments: {},
      hold: taskId,
    })
    if (ruling.kind !== "go") throw new Error(`it was ${ruling.kind}`)
    ruling.leave()
    await restart()
    const under = (await get(taskId)).result
    expect(under["status"]).toBe("failed")
    expect(JSON.stringify(under["error"])).toContain("under way in another call")
    ruling.conclude({ outcome: "unknown", reason: "node_stopped" })
    const { result } = await get(taskId)
    expect(result).toMatchObject({ status: "failed", error: { data: { outcome: "unknown" } } })
    expect(JSON.stringify(result["error"])).toContain("check what it did before repeating it")
    expect(performed()).toHaveLength(1)
  })

  it("is not performed after it was cancelled, whatever is decided later", async () => {
    const { result } = await postModern(url, modern("tools/call", call, byTask))
    const taskId = textOf(result["taskId"])
    await postModern(url, modern("tasks/cancel", { taskId }, byTask))
    governor.approve(taskId)
    expect((await get(taskId)).result["status"]).toBe("cancelled")
    expect(performed()).toHaveLength(0)
  })
})
