import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import {
  filesystemServer,
  type NodeUnderTest,
  startNode,
} from "../../packages/cli/src/testing/hufu-under-test.ts"
import { type Machine, newMachine } from "./machine.ts"

// Each step is a process of its own.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 })

let node: NodeUnderTest
let scratch = ""
let machine: Machine
let path = ""
const entry = (more = "") =>
  `{"command": ${JSON.stringify(process.execPath)}, "args": [${JSON.stringify(filesystemServer)}, "/tmp"], "env": {"API_TOKEN": "s3cret-five"}${more}}`
const original = `{\n  "theme": "dark",\n  "mcpServers": {"one": ${entry()}, "two": ${entry()}}\n}\n`

beforeAll(async () => {
  node = await startNode()
  scratch = mkdtempSync(join(tmpdir(), "hufu-connect-edited-"))
})
beforeEach(async () => {
  machine = newMachine(join(scratch, "machine"), node.dataFolder)
  path = machine.write(".cursor/mcp.json", original)
  expect((await machine.hufu(["connect", "cursor", "--write"])).code).toBe(0)
})
afterEach(async () => {
  await machine.hufu(["disconnect", "--all", "--force"])
  machine.dispose()
})
afterAll(async () => {
  await node.dispose()
  rmSync(scratch, { recursive: true, force: true })
})

const text = () => readFileSync(path, "utf8")
const disconnect = (...flags: readonly string[]) => machine.hufu(["disconnect", "cursor", ...flags, "--json"])
const resultOf = ({ out }: { out: string }) => (JSON.parse(out) as { items: object[] }).items[0]

describe("what was edited while a client was connected", () => {
  it("is kept beside the entries, which are put back", async () => {
    writeFileSync(path, text().replace('"dark"', '"light" /* better */'))
    expect((await disconnect()).code).toBe(0)
    expect(text()).toBe(original.replace('"dark"', '"light" /* better */'))
  })

  it("is refused when it is one of the entries, until the user gives it up", async () => {
    const edited = text().replace('"one": {', '"one": {"disabled": true, ')
    writeFileSync(path, edited)
    const refused = await disconnect()
    expect(refused.code).toBe(1)
    expect(resultOf(refused)).toMatchObject({
      state: "refused",
      why: "changed",
      changed: ["mcpServers › one"],
    })
    expect(text()).toBe(edited)
    const forced = await disconnect("--force")
    expect(forced.code).toBe(0)
    expect(forced.out).toContain("disabled")
    expect(forced.out).not.toContain("s3cret-five")
    expect(text()).toBe(original)
  })

  it("stays out when the user took an entry out", async () => {
    // A client that writes its config anew.
    const value = JSON.parse(text()) as { mcpServers: Record<string, unknown> }
    delete value.mcpServers["one"]
    writeFileSync(path, JSON.stringify(value, null, 2))
    const done = await disconnect()
    expect(resultOf(done)).toMatchObject({
      state: "done",
      gone: ["mcpServers › one"],
      restored: ["mcpServers › two"],
    })
    expect(JSON.parse(text())).toMatchObject({ mcpServers: { two: { env: { API_TOKEN: "s3cret-five" } } } })
  })

  it("is connected too when it is a new server, and all are put back together", async () => {
    writeFileSync(path, text().replace('"one": ', `"three": ${entry(', "timeout": 5')}, "one": `))
    expect((await machine.hufu(["connect", "cursor", "--write"])).code).toBe(0)
    expect(text()).not.toContain("s3cret-five")
    expect((await disconnect()).code).toBe(0)
    expect(text()).toBe(original.replace('"one": ', `"three": ${entry(', "timeout": 5')}, "one": `))
  })

  it("comes back as a whole from the backup, also when the file is gone", async () => {
    rmSync(path)
    const refused = await disconnect()
    expect(refused.code).toBe(1)
    expect(resultOf(refused)).toMatchObject({ why: "missing" })
    expect((await disconnect("--whole")).code).toBe(0)
    expect(text()).toBe(original)
    expect(resultOf(await machine.hufu(["disconnect", "--all", "--json"]))).toBeUndefined()
  })

  it("waits for two that connect at once, of which one is refused or finds it done", async () => {
    expect((await disconnect()).code).toBe(0)
    const both = await Promise.all([1, 2].map(() => machine.hufu(["connect", "cursor", "--write"])))
    expect(both.some(({ code }) => code === 0)).toBe(true)
    for (const { code, err } of both) if (code !== 0) expect(err).toContain("data_folder_in_use")
    expect((await disconnect()).code).toBe(0)
    expect(text()).toBe(original)
  })
})

describe("what is not this user's to change", () => {
  it("is left alone when it cannot be written, also while putting back", async () => {
    chmodSync(path, 0o444)
    const before = text()
    const refused = await disconnect()
    expect(refused.code).toBe(1)
    expect(refused.out).toContain("read-only")
    expect(text()).toBe(before)
    chmodSync(path, 0o644)
    expect((await disconnect()).code).toBe(0)
    expect(text()).toBe(original)
  })

  it("is refused behind a link that leads nowhere", async () => {
    symlinkSync(join(scratch, "nowhere"), machine.write(".mcp-here", "") && machine.path(".claude.json"))
    const refused = await machine.hufu(["connect", "claude-code", "--write"])
    expect(refused.code).toBe(1)
    expect(refused.err).toContain("leads nowhere")
    expect(existsSync(join(scratch, "nowhere"))).toBe(false)
  })

  it.runIf(process.getuid?.() === 0)("is refused when it belongs to another account", async () => {
    const { chownSync } = await import("node:fs")
    chownSync(machine.write(".claude.json", '{"mcpServers": {}}'), 65534, 65534)
    const refused = await machine.hufu(["connect", "claude-code"])
    expect(refused.err).toContain("unsafe_permissions")
  })
})

describe("the records", () => {
  it("hold no secret that could be read without their key, and the config none at all", async () => {
    const { readdirSync } = await import("node:fs")
    const folder = join(node.dataFolder, "connect")
    const kept = readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1"))
    expect(kept.length).toBeGreaterThan(1)
    for (const each of [...kept, text()]) expect(each).not.toContain("s3cret-five")
  })

  it("are not purged while a client's config depends on them", async () => {
    const refused = await machine.hufu(["purge"])
    expect(refused.code).toBe(1)
    expect(refused.err).toContain("hufu disconnect --all")
    expect((await disconnect()).code).toBe(0)
    expect(text()).toBe(original)
  })

  it("say in the list what is connected", async () => {
    const listed = await machine.hufu(["connect", "--json"])
    const { items } = JSON.parse(listed.out) as { items: { file: string }[] }
    expect(items.find(({ file }) => file === path)).toMatchObject({
      client: "cursor",
      state: "connected",
      guarded: ["mcpServers › one", "mcpServers › two"],
      open: [],
    })
  })
})
