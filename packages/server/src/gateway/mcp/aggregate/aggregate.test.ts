import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { JsonObject } from "@hufu/core/json/json-value"
import { textOf } from "../rpc.ts"
import { createRuleGovernor } from "../testing/rule-governor.ts"
import type { RuleGovernor } from "../testing/rule-governor.ts"
import { referenceServer } from "../testing/reference-servers.ts"
import { modern, openSession, postModern } from "../testing/rpc-client.ts"
import { openTestDoor } from "../testing/test-door.ts"
import type { TestDoor } from "../testing/test-door.ts"
import { joinName, splitName } from "./joined-name.ts"

let governor: RuleGovernor
let door: TestDoor
let folder: string
let url: string
/** With a server that never answers: whatever is listed there waits for it. */
let slow: TestDoor

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hufu-aggregate-"))
  await writeFile(join(folder, "a.txt"), "hello")
  governor = createRuleGovernor({ write_file: "deny" })
  const script = (name: string, text: string) => ({
    name,
    transport: "stdio" as const,
    command: process.execPath,
    args: ["-e", text],
    env: {},
    cwd: null,
  })
  const servers = [
    referenceServer("everything"),
    referenceServer("filesystem", [folder]),
    script("broken", "process.exit(1)"),
  ]
  door = await openTestDoor(governor, servers)
  slow = await openTestDoor(governor, [...servers, script("silent", "setInterval(() => {}, 1000)")], {
    listTimeoutMs: 3000,
  })
  url = `${door.url}/mcp`
})

afterAll(async () => {
  await door.close()
  await slow.close()
  await rm(folder, { recursive: true })
})

const namesOf = (result: JsonObject) => (result["tools"] as JsonObject[]).map((tool) => textOf(tool["name"]))

describe("all servers at one address", () => {
  it("list their tools under joined names, and a broken or silent server is named and costs the others nothing", async () => {
    const all = `${slow.url}/mcp`
    const { result } = await postModern(all, modern("tools/list"))
    expect(namesOf(result)).toContain("filesystem__read_text_file")
    expect(namesOf(result)).toContain("everything__echo")
    expect(namesOf(result)).not.toContain("filesystem__write_file")
    expect(result["_meta"]).toEqual({ "hufu/unavailable": ["broken", "silent"] })
    expect((await postModern(all, modern("tools/list"))).result["tools"]).toEqual(result["tools"])
  })

  it("are called by joined name, and decided on by their own", async () => {
    const { result } = await postModern(
      url,
      modern("tools/call", {
        name: "filesystem__read_text_file",
        arguments: { path: join(folder, "a.txt") },
      }),
    )
    expect(result["content"]).toMatchObject([{ text: "hello" }])
    expect(governor.records.at(-1)?.attempt).toMatchObject({ server: "filesystem", tool: "read_text_file" })
    const denied = await postModern(
      url,
      modern("tools/call", { name: "filesystem__write_file", arguments: {} }),
    )
    expect(denied.result["isError"]).toBe(true)
    const unknown = await postModern(url, modern("tools/call", { name: "read_text_file", arguments: {} }))
    expect(unknown.response["error"]).toMatchObject({ code: -32602 })
  })

  it("are read by address, and prompted by joined name", async () => {
    const listed = await postModern(url, modern("resources/list"))
    const uri = textOf((listed.result["resources"] as JsonObject[])[0]?.["uri"])
    expect((await postModern(url, modern("resources/read", { uri }))).result["contents"]).toMatchObject([
      { uri },
    ])
    const prompt = await postModern(url, modern("prompts/get", { name: "everything__simple-prompt" }))
    expect(prompt.result["messages"]).toBeDefined()
  })

  it("serve a legacy session, and say what they offer together", async () => {
    const session = await openSession(url)
    expect(session.opened.result).toMatchObject({ serverInfo: { name: "hufu" }, capabilities: { tools: {} } })
    const { result } = await session.request("tools/call", {
      name: "everything__echo",
      arguments: { message: "hi" },
    })
    expect(result["content"]).toMatchObject([{ text: "Echo: hi" }])
    expect(namesOf((await session.request("tools/list")).result)).toContain("everything__echo")
  })
})

describe("joined names", () => {
  it("come apart into what they were made of", () => {
    for (const [server, name] of [
      ["fs", "read_file"],
      ["a-b.c", "x__y"],
      ["fs", "_leading"],
    ] as const) {
      expect(splitName(joinName(server, name) ?? "")).toEqual({ server, name })
    }
  })

  it("are not made where they would be unclear or not legal", () => {
    expect(joinName("a__b", "c")).toBeUndefined()
    expect(joinName("a_", "b")).toBeUndefined()
    expect(joinName("a", "with space")).toBeUndefined()
    expect(joinName("a", "x".repeat(126))).toBeUndefined()
    expect(splitName("plain")).toBeUndefined()
  })
})
