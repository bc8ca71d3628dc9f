import { createServer, connect } from "node:net"
import type { AddressInfo, Server, Socket } from "node:net"
import { createInterface } from "node:readline"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Caller } from "../governor.ts"
import { createRuleGovernor } from "./testing/rule-governor.ts"
import type { RuleGovernor } from "./testing/rule-governor.ts"
import { referenceServer } from "./testing/reference-servers.ts"
import { legacy, modern } from "./testing/rpc-client.ts"
import { openTestDoor } from "./testing/test-door.ts"
import type { TestDoor } from "./testing/test-door.ts"
import { loopback } from "../../http/testing/loopback.ts"

const caller: Caller = {
  agent: "agent",
  version: "v1",
  principal: "usr_1",
  credential: null,
  door: "mcp-guard",
  connection: "con_g",
}

let governor: RuleGovernor
let door: TestDoor
let listener: Server
let guard: Guard

/** The client's end of a guard's stream. */
interface Guard {
  readonly socket: Socket
  readonly messages: JsonObject[]
  send(message: object | string): void
  /** The response with this id, when it has come. */
  response(id: unknown): Promise<JsonObject>
  readonly ended: Promise<void>
}

async function openGuard(): Promise<Guard> {
  const socket = connect((listener.address() as AddressInfo).port, loopback)
  const messages: JsonObject[] = []
  createInterface({ input: socket }).on("line", (line) => messages.push(JSON.parse(line) as JsonObject))
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()))
  socket.on("error", () => {})
  await new Promise<void>((resolve) => socket.once("connect", resolve))
  const find = (id: unknown) => messages.find((one) => one["id"] === id && !("method" in one))
  return {
    socket,
    messages,
    ended,
    send: (message) =>
      void socket.write(`${typeof message === "string" ? message : JSON.stringify(message)}\n`),
    response: (id) =>
      expect
        .poll(() => find(id), { timeout: 10_000 })
        .toBeDefined()
        .then(() => find(id) ?? {}),
  }
}

const hello = (capabilities: JsonObject = {}) =>
  legacy("initialize", {
    protocolVersion: "2025-06-18",
    capabilities,
    clientInfo: { name: "t", version: "1" },
  })

beforeEach(async () => {
  governor = createRuleGovernor({ "get-env": "deny" })
  door = await openTestDoor(governor, [referenceServer("everything")], { linkIdleMs: 100 })
  listener = createServer((socket) => door.door.serveStream(socket, caller, "everything"))
  await new Promise<void>((resolve) => listener.listen(0, loopback, resolve))
  guard = await openGuard()
})

afterEach(async () => {
  guard.socket.destroy()
  await door.close()
  await new Promise((resolve) => listener.close(resolve))
})

describe("a guard's stream", () => {
  it("serves a legacy client that does not wait for answers, and loses none of its replies", async () => {
    const first = hello()
    const calls = Array.from({ length: 20 }, (_, n) =>
      legacy("tools/call", { name: "echo", arguments: { message: `m${n}` } }),
    )
    guard.send(
      [first, { jsonrpc: "2.0", method: "notifications/initialized" }, ...calls]
        .map((one) => JSON.stringify(one))
        .join("\n"),
    )
    expect((await guard.response(first.id))["result"]).toMatchObject({ protocolVersion: "2025-06-18" })
    for (const [n, call] of calls.entries()) {
      expect((await guard.response(call.id))["result"]).toMatchObject({ content: [{ text: `Echo: m${n}` }] })
    }
    expect(governor.records).toHaveLength(20)
  })

  it("serves a modern client on the same stream", async () => {
    const call = modern("tools/call", { name: "echo", arguments: { message: "hi" } })
    guard.send(call)
    expect((await guard.response(call.id))["result"]).toMatchObject({
      resultType: "complete",
      content: [{ text: "Echo: hi" }],
    })
  })

  it("hides and refuses what is denied", async () => {
    const first = hello()
    const list = legacy("tools/list")
    const call = legacy("tools/call", { name: "get-env", arguments: {} })
    for (const one of [first, list, call]) guard.send(one)
    expect(JSON.stringify((await guard.response(list.id))["result"])).not.toContain("get-env")
    expect((await guard.response(call.id))["result"]).toMatchObject({ isError: true })
  })

  it("takes a question of the server to its client and the answer back", async () => {
    const first = hello({ elicitation: {} })
    guard.send(first)
    await guard.response(first.id)
    const call = legacy("tools/call", { name: "trigger-elicitation-request", arguments: {} })
    guard.send(call)
    const asked = () => guard.messages.find((one) => one["method"] === "elicitation/create")
    await expect.poll(asked, { timeout: 10_000 }).toBeDefined()
    guard.send({ jsonrpc: "2.0", id: asked()?.["id"], result: { action: "decline" } })
    expect(JSON.stringify(await guard.response(call.id))).toContain("declined")
  })

  it("cancels a call when it is told to, and answers nothing", async () => {
    const first = hello()
    guard.send(first)
    await guard.response(first.id)
    const call = legacy("tools/call", {
      name: "trigger-long-running-operation",
      arguments: { duration: 60, steps: 60 },
    })
    guard.send(call)
    await expect.poll(() => governor.records[0]?.left).toBe(true)
    guard.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: call.id } })
    await expect.poll(() => governor.records[0]?.outcome).toEqual({ outcome: "unknown", reason: "cancelled" })
    const ping = legacy("ping")
    guard.send(ping)
    await guard.response(ping.id)
    expect(guard.messages.some((one) => one["id"] === call.id)).toBe(false)
  })

  it("answers lines that are no message, and goes on", async () => {
    for (const line of ["{", "[]", '{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', "null"])
      guard.send(line)
    await expect.poll(() => guard.messages.filter((one) => "error" in one).length).toBe(4)
    const call = modern("tools/list")
    guard.send(call)
    expect((await guard.response(call.id))["result"]).toBeDefined()
  })

  it("ends when a line never does", async () => {
    guard.socket.write("x".repeat(17 * 1024 * 1024))
    await guard.ended
  })

  it("refuses what is under way when the agent is stopped, and ends", async () => {
    const first = hello()
    guard.send(first)
    await guard.response(first.id)
    const call = legacy("tools/call", {
      name: "trigger-long-running-operation",
      arguments: { duration: 60, steps: 60 },
    })
    guard.send(call)
    await expect.poll(() => governor.records[0]?.left).toBe(true)
    governor.stop("agent", "suspended")
    expect((await guard.response(call.id))["result"]).toMatchObject({ isError: true })
    await guard.ended
    expect(governor.records[0]?.outcome).toEqual({ outcome: "unknown", reason: "stopped" })
  })

  it("leaves no process behind when the client goes mid-call", async () => {
    const first = hello()
    guard.send(first)
    await guard.response(first.id)
    guard.send(
      legacy("tools/call", {
        name: "trigger-long-running-operation",
        arguments: { duration: 60, steps: 60 },
      }),
    )
    await expect.poll(() => governor.records[0]?.left).toBe(true)
    guard.socket.destroy()
    await expect.poll(() => governor.records[0]?.outcome).toEqual({ outcome: "unknown", reason: "cancelled" })
    await expect
      .poll(() => process.getActiveResourcesInfo().filter((one) => one === "ProcessWrap").length, {
        timeout: 10_000,
      })
      .toBe(0)
  })
})
