import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { guardDetails } from "./guard-details.ts"
import {
  filesystemServer,
  type NodeUnderTest,
  removeStarted,
  runHufu,
  startHufu,
  startNode,
} from "../testing/hufu-under-test.ts"
import { type McpLines, mcpLines } from "../testing/mcp-lines.ts"

// Every step is a process of its own.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let files = ""
const guards: ChildProcess[] = []
const closing: (() => Promise<void>)[] = []

beforeEach(() => {
  files = mkdtempSync(join(tmpdir(), "hufu-files-"))
  writeFileSync(join(files, "note.txt"), "noted")
})
afterEach(async () => {
  for (const guard of guards.splice(0)) guard.kill("SIGKILL")
  for (const close of closing.splice(0)) await close()
  rmSync(files, { recursive: true, force: true })
})

async function newNode(): Promise<NodeUnderTest> {
  const node = await startNode()
  closing.push(() => node.dispose())
  return node
}

function newFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), "hufu-fresh-"))
  const folder = join(parent, "data")
  closing.push(async () => {
    await removeStarted(folder)
    rmSync(parent, { recursive: true, force: true })
  })
  return folder
}

interface Guard extends McpLines {
  readonly child: ChildProcess
}

function guardOn(dataFolder: string, flags: readonly string[] = [], env: Record<string, string> = {}): Guard {
  const server = ["--", process.execPath, filesystemServer, files]
  const child = startHufu(["guard", "--data", dataFolder, ...flags, ...server], { env })
  guards.push(child)
  return { child, ...mcpLines(child) }
}

const readNote = (guard: Guard, id: number) =>
  guard.ask(id, "tools/call", { name: "read_text_file", arguments: { path: join(files, "note.txt") } })
const noted = { result: { content: [{ type: "text", text: "noted" }] } }

describe("a guard before a tool server", () => {
  it("carries a session through the node, which records what the agent did", async () => {
    const node = await newNode()
    const guard = guardOn(node.dataFolder)
    expect(await guard.initialize()).toMatchObject({ result: { protocolVersion: "2025-11-25" } })
    const list = await guard.ask(1, "tools/list")
    expect(JSON.stringify(list)).toContain("read_text_file")
    expect(await readNote(guard, 2)).toMatchObject(noted)
    const recorded = await node.run(["action", "list", "--json"])
    expect(recorded.items()).toMatchObject([
      { agentName: "local", server: "filesystem", tool: "read_text_file", verdict: "allow" },
    ])
  })

  it("ends with its client, and its connection with it", async () => {
    const node = await newNode()
    const guard = guardOn(node.dataFolder)
    await guard.initialize()
    guard.child.stdin?.end()
    expect(await once(guard.child, "close")).toEqual([0, null])
    const connections = async () => (await node.run(["status", "--json"])).json()["connections"]
    await expect.poll(connections, { timeout: 20_000, interval: 200 }).toBe(0)
    expect(guard.errorText()).toBe("")
  })

  it("says who refuses it, and answers every request with that", async () => {
    const node = await newNode()
    await node.run(["enrol", "--secret-stdin"], { stdin: "two halves of one tally\n" })
    const made = await node.asPerson(["agent", "create", "ann", "--json"])
    const guard = guardOn(node.dataFolder, ["--agent", "ann"])
    const answer = await guard.ask(7, "initialize", {})
    expect(answer).toMatchObject({
      id: 7,
      error: { code: 1001, message: expect.stringContaining("Nothing was forwarded") },
    })
    expect(guard.errorText()).toContain("hufu guard: ")
    const welcome = guardOn(node.dataFolder, ["--agent", "ann"], {
      HUFU_CREDENTIAL: String(made.json()["credential"]),
    })
    expect(await welcome.initialize()).toMatchObject({ result: {} })
  })

  it("passes on only the variables that it was told to", async () => {
    const node = await newNode()
    const guard = guardOn(node.dataFolder, ["--env", "NOTES_TOKEN"], {
      NOTES_TOKEN: "shown to nobody",
      OTHER_TOKEN: "kept",
    })
    await guard.initialize()
    const shown = await node.run(["server", "list", "--json"])
    expect(shown.json()).toMatchObject({ items: [{ environment: ["NOTES_TOKEN", "PATH"] }] })
    expect(shown.out).not.toContain("shown to nobody")
    expect(
      (await runHufu(["guard", "--data", node.dataFolder, "--env", "NOT_SET_HERE", "--", "true"])).code,
    ).toBe(2)
  })
})

describe("a guard whose tool server has its secrets in the vault", () => {
  it("names them only, and gets them for exactly the command that they were given for", async () => {
    const node = await newNode()
    const first = guardOn(node.dataFolder, ["--name", "notes", "--env", "NOTES_TOKEN"], {
      NOTES_TOKEN: "shown to nobody",
    })
    await first.initialize()
    const again = guardOn(node.dataFolder, ["--name", "notes", "--vault", "NOTES_TOKEN"])
    expect(await again.initialize()).toMatchObject({ result: {} })
    expect(await readNote(again, 1)).toMatchObject(noted)
    expect((await node.run(["server", "list", "--json"])).items()).toHaveLength(1)

    const vault = ["guard", "--data", node.dataFolder, "--name", "notes", "--vault"]
    const refusals = [
      [["NOTES_TOKEN", "--", process.execPath, filesystemServer, tmpdir()], "another command"],
      [["NOTES_TOKEN", "--url", "http://127.0.0.1:1/"], "the vault holds no `NOTES_TOKEN`"],
      [["OTHER_TOKEN", "--", process.execPath, filesystemServer, files], "the vault holds no `OTHER_TOKEN`"],
      [["constructor", "--", process.execPath, filesystemServer, files], "the vault holds no `constructor`"],
    ] as const
    for (const [words, why] of refusals) {
      const child = startHufu([...vault, ...words])
      guards.push(child)
      const answer = await mcpLines(child).ask(1, "initialize", {})
      expect(JSON.stringify(answer["error"])).toContain(why)
    }
    const unnamed = ["guard", "--data", node.dataFolder, "--vault", "NOTES_TOKEN", "--", "true"]
    expect((await runHufu(unnamed)).code).toBe(2)
  })

  it("takes a header's value from its environment", () => {
    const flags = { url: "https://e.example/", "header-env": ["Authorization: TALLY"], header: ["X-A: 1"] }
    const given = { flags, rest: [], positionals: [] }
    expect(guardDetails(given, { TALLY: "Bearer two halves" })).toEqual({
      url: "https://e.example/",
      headers: { Authorization: "Bearer two halves", "X-A": "1" },
    })
    expect(() => guardDetails(given, {})).toThrow("--header-env TALLY")
  })
})

describe("a guard without a node", () => {
  it("answers with an error, forwards nothing, and serves when a node comes", async () => {
    const folder = newFolder()
    const guard = guardOn(folder, ["--existing"])
    const first = await guard.ask(1, "initialize", {})
    expect(first).toMatchObject({ id: 1, error: { code: 1001, data: { code: "node_unavailable" } } })
    guard.send({ method: "notifications/initialized" })
    expect(await readNote(guard, 2)).toMatchObject({ id: 2, error: { code: 1001 } })
    expect(existsSync(folder)).toBe(false)

    const node = await startNode(folder)
    closing.unshift(() => node.dispose())
    await expect
      .poll(() => guard.initialize(), { timeout: 20_000, interval: 200 })
      .toMatchObject({ result: {} })
    expect(await readNote(guard, 3)).toMatchObject(noted)
  })

  it("starts one that goes on without it, and many at once start only one", async () => {
    const folder = newFolder()
    const several = Array.from({ length: 4 }, (_, i) => guardOn(folder, ["--name", `fs${i % 2}`]))
    const answers = await Promise.all(several.map((guard) => guard.initialize()))
    for (const answer of answers) expect(answer).toMatchObject({ result: {} })
    const status = (await runHufu(["status", "--data", folder, "--json"])).json()
    const { version } = status
    expect(status).toMatchObject({
      agents: 1,
      servers: 2,
      startedBy: "guard",
      idleExit: { afterSeconds: 600, endsAt: null },
      guards: [{ version, count: 4, agents: ["local"] }],
    })
    // One starting mandate for each: narrowing it narrows all there is.
    expect((await runHufu(["mandate", "list", "--data", folder, "--json"])).items()).toHaveLength(2)
    for (const guard of several) guard.child.kill("SIGKILL")
    const after = async () => (await runHufu(["status", "--data", folder, "--json"])).json()
    await expect.poll(async () => (await after())["guards"], { timeout: 20_000, interval: 200 }).toEqual([])
    expect(await after()).toMatchObject({ pid: status["pid"], idleExit: { endsAt: expect.any(Number) } })
    const told = async (lang: string) => (await runHufu(["status", "--data", folder, "--lang", lang])).out
    expect(await told("en")).toMatch(
      /^A guard started this node; it ends by itself 600 seconds .*: at .* if nobody comes\.$/m,
    )
    expect(await told("zh")).toMatch(/^本节点由守卫启动，.*若无连接，将于 .* 结束。$/m)
  })

  it("says why the node does not start", async () => {
    const folder = newFolder()
    const node = await startNode(folder)
    await node.signal("SIGTERM")
    writeFileSync(join(folder, "config.json"), '{"prot": 1}')
    const guard = guardOn(folder)
    const answer = await guard.ask(1, "initialize", {})
    expect(answer).toMatchObject({ error: { message: expect.stringContaining("prot") } })
  })
})

describe("a guard whose node goes away", () => {
  it("answers what was under way, and opens the session again with the next node", async () => {
    const node = await newNode()
    const guard = guardOn(node.dataFolder, ["--existing"])
    await guard.initialize()
    expect(await readNote(guard, 1)).toMatchObject(noted)
    // A write asks the person, so it is under way when the node is killed.
    guard.send({
      id: 2,
      method: "tools/call",
      params: { name: "write_file", arguments: { path: join(files, "new.txt"), content: "x" } },
    })
    const waiting = async () => (await node.run(["approvals", "--json"])).items().length
    await expect.poll(waiting, { timeout: 20_000, interval: 200 }).toBe(1)
    await node.signal("SIGKILL")
    expect(await guard.next(({ id }) => id === 2)).toMatchObject({
      error: { code: 1001, data: { code: "node_unavailable", outcome: "unknown" } },
    })
    expect(await readNote(guard, 3)).toMatchObject({ error: { code: 1001 } })

    const next = await startNode(node.dataFolder)
    closing.unshift(() => next.dispose())
    await expect.poll(() => readNote(guard, 4), { timeout: 20_000, interval: 200 }).toMatchObject(noted)
    // The client hears that its lists may have changed.
    expect(await guard.next(({ method }) => method === "notifications/tools/list_changed")).toBeTruthy()
    expect(existsSync(join(files, "new.txt"))).toBe(false)
  })
})
