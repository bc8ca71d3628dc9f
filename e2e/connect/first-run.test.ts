import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { filesystemServer, removeStarted } from "../../packages/cli/src/testing/hufu-under-test.ts"
import { type Machine, newMachine } from "./machine.ts"

// Each step is a process of its own.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

let scratch = ""
let dataFolder = ""
let machine: Machine
let path = ""
const original = JSON.stringify({
  mcpServers: {
    notes: {
      command: process.execPath,
      args: [filesystemServer, "/tmp"],
      env: { CODE: "s3cret-six", MODE: "a" },
    },
  },
})

beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "hufu-connect-first-"))
  dataFolder = join(scratch, "data")
  machine = newMachine(join(scratch, "machine"), dataFolder)
  path = machine.write(".cursor/mcp.json", original)
})
afterEach(async () => {
  await removeStarted(dataFolder)
  rmSync(scratch, { recursive: true, force: true })
})

it("looks without making anything, and connecting starts the first node", async () => {
  for (const args of [["connect"], ["connect", "cursor"], ["connect", "print"]])
    expect((await machine.hufu(args)).code).toBe(0)
  expect(existsSync(dataFolder)).toBe(false)
  const written = await machine.hufu(["connect", "cursor", "--write", "--secret", "CODE", "--json"])
  expect(written).toMatchObject({ code: 0, err: "" })
  expect(written.out).not.toContain("s3cret-six")
  const { mcpServers } = JSON.parse(readFileSync(path, "utf8")) as {
    mcpServers: { notes: { args: string[]; env: unknown } }
  }
  expect(mcpServers.notes.env).toEqual({ CODE: "(kept in Hufu's vault)", MODE: "a" })
  expect(mcpServers.notes.args).toEqual(expect.arrayContaining(["--vault", "CODE", "--env", "MODE"]))
  const servers = await machine.hufu(["server", "list", "--json"])
  expect(JSON.parse(servers.out)).toMatchObject({ items: [{ name: "notes" }] })
  expect((await machine.hufu(["disconnect", "--all"])).code).toBe(0)
  expect(readFileSync(path, "utf8")).toBe(original)
})

it("changes nothing when no node can be had", async () => {
  mkdirSync(dataFolder, { mode: 0o700 })
  writeFileSync(join(dataFolder, "config.json"), '{"prot": 1}')
  const refused = await machine.hufu(["connect", "cursor", "--write"])
  expect(refused.code).toBe(5)
  expect(refused.err).toContain("prot")
  expect(readFileSync(path, "utf8")).toBe(original)
})

it("prints what a client that it does not know can start", async () => {
  const command = ["--", process.execPath, filesystemServer, scratch]
  const printed = await machine.hufu(["connect", "print", "--json", ...command])
  const { mcpServers } = JSON.parse(printed.out) as {
    mcpServers: { NAME: { command: string; args: string[] } }
  }
  const client = new Client({ name: "other", version: "1" })
  await client.connect(new StdioClientTransport({ ...mcpServers.NAME, stderr: "pipe" }))
  const { tools } = await client.listTools()
  await client.close()
  expect(tools.map(({ name }) => name)).toContain("read_text_file")
})

it("says what it does not understand", async () => {
  for (const args of [
    ["connect", "netscape"],
    ["connect", "cursor", "vscode"],
    ["connect", "cursor", "--", "x"],
    ["connect", "print", "--write"],
    ["connect", "cursor", "--agent", "No Name"],
    ["disconnect"],
    ["disconnect", "cursor", "--all"],
  ])
    expect((await machine.hufu(args)).code, args.join(" ")).toBe(2)
  expect(readFileSync(path, "utf8")).toBe(original)
})
