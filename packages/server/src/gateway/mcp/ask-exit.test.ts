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
    const bent = `${requestState.slice(0, -2)}${requestState.endsWith("A") ? "B" : "A"}${requestState.slice(-1)}`
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

  it("is not performed after it was cancelled, whatever is decided later", async () => {
    const { result } = await postModern(url, modern("tools/call", call, byTask))
    const taskId = textOf(result["taskId"])
    await postModern(url, modern("tasks/cancel", { taskId }, byTask))
    governor.approve(taskId)
    expect((await get(taskId)).result["status"]).toBe("cancelled")
    expect(performed()).toHaveLength(0)
  })
})
