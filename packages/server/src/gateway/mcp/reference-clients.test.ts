import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client"
import { Client as FirstClient } from "@modelcontextprotocol/sdk/client/index.js"
import { StreamableHTTPClientTransport as FirstTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js"
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { createRuleGovernor } from "./testing/rule-governor.ts"
import type { RuleGovernor } from "./testing/rule-governor.ts"
import { referenceServer } from "./testing/reference-servers.ts"
import { openTestDoor } from "./testing/test-door.ts"
import type { TestDoor } from "./testing/test-door.ts"

let folder: string
let governor: RuleGovernor
let door: TestDoor

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hufu-clients-"))
  await writeFile(join(folder, "a.txt"), "hello")
  governor = createRuleGovernor({ write_file: "deny" })
  door = await openTestDoor(governor, [
    referenceServer("filesystem", [folder]),
    referenceServer("memory", [], { MEMORY_FILE_PATH: join(folder, "memory.json") }),
    referenceServer("everything"),
    referenceServer("sequential-thinking"),
  ])
})

afterAll(async () => {
  await door.close()
  await rm(folder, { recursive: true })
})

const info = { name: "test", version: "1.0.0" }
const init = { requestInit: { headers: { authorization: "Bearer agent" } } }

interface Connected {
  list(): Promise<string[]>
  call(name: string, args: Record<string, unknown>): Promise<{ text: string; isError: boolean }>
  close(): Promise<void>
}

/** The part of the SDKs' clients that the test uses; their own types differ between versions. */
interface AnyClient {
  listTools(): Promise<{ tools: { name: string }[] }>
  callTool(params: { name: string; arguments: Record<string, unknown> }): Promise<unknown>
  close(): Promise<void>
}

function connected(client: AnyClient): Connected {
  return {
    list: async () => (await client.listTools()).tools.map((tool) => tool.name),
    async call(name, args) {
      const result = (await client.callTool({ name, arguments: args })) as {
        content?: unknown
        isError?: boolean
      }
      return { text: JSON.stringify(result.content), isError: result.isError === true }
    },
    close: () => client.close(),
  }
}

const clients: Record<string, (url: URL) => Promise<Connected>> = {
  async "SDK 1"(url) {
    const client = new FirstClient(info)
    const transport: object = new FirstTransport(url, init)
    // The SDK's own class is not assignable to its own interface under exactOptionalPropertyTypes.
    await client.connect(transport as Transport)
    return connected(client)
  },
  async "SDK 2, legacy"(url) {
    const client = new Client(info, { versionNegotiation: { mode: "legacy" } })
    await client.connect(new StreamableHTTPClientTransport(url, init))
    return connected(client)
  },
  async "SDK 2, either era"(url) {
    const client = new Client(info, { versionNegotiation: { mode: "auto" } })
    await client.connect(new StreamableHTTPClientTransport(url, init))
    expect(client.getNegotiatedProtocolVersion()).toBe("2026-07-28")
    return connected(client)
  },
}

describe.each(Object.keys(clients))("a client of %s", (kind) => {
  const connect = (server: string) =>
    clients[kind]?.(new URL(`${door.url}/mcp/${server}`)) ?? Promise.reject(new Error(kind))

  it("reads a file, does not see what is denied, and is refused it with reasons", async () => {
    const client = await connect("filesystem")
    const tools = await client.list()
    expect(tools).toContain("read_text_file")
    expect(tools).not.toContain("write_file")
    expect((await client.call("read_text_file", { path: join(folder, "a.txt") })).text).toContain("hello")
    const denied = await client.call("write_file", { path: join(folder, "b.txt"), content: "x" })
    expect(denied).toMatchObject({ isError: true })
    expect(denied.text).toContain("a test rule said so")
    await client.close()
  })

  it.each([
    ["memory", "read_graph", {}, "entities"],
    ["everything", "get-sum", { a: 2, b: 3 }, "5"],
    [
      "sequential-thinking",
      "sequentialthinking",
      { thought: "x", nextThoughtNeeded: false, thoughtNumber: 1, totalThoughts: 1 },
      "thoughtNumber",
    ],
  ] as const)("calls %s", async (server, tool, args, expected) => {
    const client = await connect(server)
    expect((await client.call(tool, args)).text).toContain(expected)
    await client.close()
  })
})

it("concludes every action once", async () => {
  await expect
    .poll(() => governor.records.every((one) => one.verdict === "deny" || one.outcome !== undefined))
    .toBe(true)
})
