import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js"
import { ToolListChangedNotificationSchema } from "@modelcontextprotocol/sdk/types.js"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { z } from "zod"
import { definitionDigest, readDefinition } from "@hufu/core/profile/definition"
import { profileStanding } from "@hufu/core/profile/profile"
import { isConsequential } from "./effect-caution.ts"
import { launchedPackage } from "./launched-package.ts"
import { loadReviewed, readReviewed } from "./reviewed-profiles.ts"

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-reviewed-"))
})
afterAll(() => rmSync(folder, { recursive: true }))

const Listed = z.object({
  tools: z.array(z.looseObject({ name: z.string(), annotations: z.looseObject({}).optional() })),
})

/** Every capability that makes a server show more tools. */
const capabilities = {
  sampling: {},
  elicitation: { form: {}, url: {} },
  roots: {},
  tasks: { requests: { sampling: { createMessage: {} }, elicitation: { create: {} } } },
}

/** Starts the installed server and returns what it announces, with the package that its launch names. */
async function announced(server: string, { args, tools }: { args: readonly string[]; tools: number }) {
  const script = fileURLToPath(import.meta.resolve(`@modelcontextprotocol/server-${server}/dist/index.js`))
  const launch = { command: process.execPath, args: [script, ...args] }
  const client = new Client({ name: "profile-test", version: "1.0.0" }, { capabilities })
  const env = { MEMORY_FILE_PATH: join(folder, "memory.jsonl") }
  const changed = Promise.withResolvers<void>()
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => changed.resolve())
  await client.connect(new StdioClientTransport({ ...launch, env, stderr: "ignore" }))
  try {
    const list = async () => (await client.request({ method: "tools/list" }, Listed)).tools
    let found = await list()
    // The everything server adds tools once it knows what the client can do, one notification each.
    while (found.length < tools) {
      await changed.promise
      found = await list()
    }
    return { tools: found, package: launchedPackage({ command: "node", args: launch.args }) }
  } finally {
    await client.close()
  }
}

describe("the reviewed profiles", () => {
  it.each([
    ["filesystem", 14],
    ["memory", 9],
    ["sequential-thinking", 1],
    ["everything", 19],
  ] as const)("fit every tool of the installed %s server", async (server, count) => {
    const { tools, package: name } = await announced(server, {
      args: server === "filesystem" ? [folder] : [],
      tools: count,
    })
    expect(name).toBe(`@modelcontextprotocol/server-${server}`)
    expect(tools).toHaveLength(count)
    for (const tool of tools) {
      const definition = definitionDigest(readDefinition(tool))
      const profile = loadReviewed().find({ package: name, definition })
      expect(profile?.tool, `${tool.name} ${definition}`).toBe(tool.name)
      expect(profile?.note?.zh).toMatch(/[\u4e00-\u9fff]/)
      // Copied words do not inherit the review.
      expect(loadReviewed().find({ package: "@evil/copy", definition })).toBeUndefined()
      // What admits a change is not reviewed as a plain reading.
      const admits = tool.annotations?.["readOnlyHint"] === false
      if (admits && profile?.tool !== "simulate-research-query")
        expect(isConsequential(profile?.effect ?? "read")).toBe(true)
    }
  })

  it("do not let the environment out on our word", async () => {
    const { tools, package: name } = await announced("everything", { args: [], tools: 13 })
    const tool = tools.find((one) => one.name === "get-env")
    const profile = loadReviewed().find({ package: name, definition: definitionDigest(readDefinition(tool)) })
    expect(profile).toMatchObject({ effect: "send", sensitivity: "secret" })
    expect(profile && profileStanding(profile)).toEqual({ reviewed: false, confirmed: false })
  })

  it("are refused when a file of them is broken", () => {
    const broken = mkdtempSync(join(folder, "broken-"))
    writeFileSync(
      join(broken, "x.json"),
      JSON.stringify({
        package: "x",
        versions: ["1"],
        tools: [{ tool: "a", definitions: ["0".repeat(64)], effect: "destroy" }],
      }),
    )
    expect(() => readReviewed(pathToFileURL(`${broken}/`))).toThrow()
  })
})
