import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Client } from "@modelcontextprotocol/sdk/client/index.js"
import { getDefaultEnvironment, StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { nodeAt, scanJsonc, valueOf } from "../../packages/cli/src/connect/scan-jsonc.ts"
import {
  filesystemServer,
  type NodeUnderTest,
  secret,
  startNode,
} from "../../packages/cli/src/testing/hufu-under-test.ts"
import { type Fixture, fixtures, type Places } from "./fixtures.ts"
import { type HttpServer, startHttpServer } from "./http-server.ts"
import { type Machine, newMachine } from "./machine.ts"

// Each fixture is several processes.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 })

let node: NodeUnderTest
let web: HttpServer
let scratch = ""
let places: Places

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "hufu-connect-places-"))
  const folder = join(scratch, "my notes")
  mkdirSync(folder)
  writeFileSync(join(folder, "note.txt"), "noted")
  node = await startNode()
  await node.run(["enrol", "--secret-stdin"], { stdin: `${secret}\n` })
  web = await startHttpServer()
  places = {
    node: process.execPath,
    files: filesystemServer,
    folder,
    telling: fileURLToPath(new URL("telling-server.ts", import.meta.url)),
    told: join(scratch, "told.txt"),
    url: web.url,
  }
})
afterAll(async () => {
  await node.dispose()
  await web.close()
  rmSync(scratch, { recursive: true, force: true })
})

/** Everything in a folder that a change would show in. */
function snapshot(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).toSorted()
  return Object.fromEntries(
    names.map((name) => {
      const stat = lstatSync(join(folder, name))
      const content = stat.isFile() ? readFileSync(join(folder, name), "base64") : ""
      return [name, `${stat.mode.toString(8)} ${stat.uid}:${stat.gid} ${content}`]
    }),
  )
}

function prepare(fixture: Fixture): Machine {
  const machine = newMachine(join(scratch, "machine"), node.dataFolder)
  for (const [file, content] of Object.entries(fixture.beside ?? {})) machine.write(file, content)
  const at = machine.path(fixture.file)
  mkdirSync(dirname(at), { recursive: true })
  if (fixture.text === undefined) return machine
  if (fixture.link) {
    const real = machine.write("dotfiles/config.json", fixture.text(places))
    symlinkSync(real, at)
  } else machine.write(fixture.file, fixture.text(places))
  if (fixture.mode !== undefined) chmodSync(at, fixture.mode)
  return machine
}

interface Entry {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** The entry as its client reads it, with its variables filled in. */
function entryAt(text: string, pointer: readonly string[], filled: Readonly<Record<string, string>>): Entry {
  const found = nodeAt(scanJsonc(text), pointer)
  if (!found) throw new Error(`there is no ${pointer.join(" › ")}`)
  // A client's entry for a command.
  const { command, args, env = {} } = valueOf(found) as Entry
  const fill = (word: string) =>
    Object.entries(filled).reduce((so, [from, to]) => so.replaceAll(from, to), word)
  return {
    command: fill(command),
    args: args.map(fill),
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)])),
  }
}

/** A real client, on a desktop without a PATH, calls a tool by what stands in its config. */
async function callBy(machine: Machine, { command, args, env }: Entry): Promise<string> {
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    env: { ...getDefaultEnvironment(), HOME: machine.home, PATH: "/nowhere", ...env },
    cwd: machine.project,
    stderr: "pipe",
  })
  const client = new Client({ name: "desktop", version: "1" })
  await client.connect(transport)
  try {
    const { tools } = await client.listTools()
    const reads = tools.some(({ name }) => name === "read_text_file")
    const note = args.includes(places.folder)
      ? join(places.folder, "note.txt")
      : join(machine.project, "some notes", "note.txt")
    const calling = client.callTool(
      reads ? { name: "read_text_file", arguments: { path: note } } : { name: "issues", arguments: {} },
      undefined,
      { timeout: 120_000 },
    )
    // Nobody has reviewed the other tools, so a person is asked.
    if (!reads) await approveOne()
    return JSON.stringify((await calling).content)
  } finally {
    await client.close()
  }
}

async function approveOne(): Promise<void> {
  const waiting = async () => (await node.run(["approvals", "--json"])).items()
  await expect.poll(async () => (await waiting()).length, { timeout: 60_000, interval: 200 }).toBe(1)
  const [hold] = await waiting()
  const approved = await node.asPerson(["approve", String(hold?.["id"])])
  expect(approved.err).toBe("")
}

const secretsIn = (text: string) => text.match(/s3cret-(?!typed)[^"]*/g) ?? []

describe("a client's config", () => {
  it.each(fixtures)("$client: $name", async (fixture) => {
    const machine = prepare(fixture)
    try {
      const before = snapshot(machine.path("."))
      const project = snapshot(machine.project)
      const unchanged = () => {
        expect(snapshot(machine.path("."))).toEqual(before)
        expect(snapshot(machine.project)).toEqual(project)
      }
      const shown = await machine.hufu(["connect", fixture.client, "--json"])
      unchanged()
      const written = await machine.hufu(["connect", fixture.client, "--write", "--json"])
      expect(secretsIn(shown.out + shown.err + written.out + written.err)).toEqual([])
      if (fixture.refused !== undefined) {
        expect(written.code).not.toBe(0)
        expect(written.err).toContain(fixture.refused)
        unchanged()
        return
      }
      expect(written).toMatchObject({ code: 0, err: "" })
      const report = JSON.parse(written.out) as {
        items: { servers: { server: string; state: string; why?: unknown }[] }[]
      }
      const servers = report.items.flatMap((item) => item.servers)
      const inState = (state: string) =>
        servers.filter((each) => each.state === state).map(({ server }) => server)
      expect(inState("guard"), written.out).toEqual(fixture.guarded.map((keys) => keys.join(" › ")))
      expect(inState("left")).toEqual(fixture.left ?? [])

      const at = machine.path(fixture.file)
      const after = existsSync(at) ? readFileSync(at, "utf8") : ""
      expect(secretsIn(after)).toEqual([])
      expect(after.includes("hook user-prompt")).toBe(fixture.hook === true)
      if (existsSync(at)) expect(lstatSync(at).isSymbolicLink()).toBe(fixture.link === true)

      for (const pointer of fixture.guarded) {
        const filled = { "${workspaceFolder}": machine.project, ...fixture.fills?.(places) }
        const answer = await callBy(machine, entryAt(after, pointer, filled))
        expect(answer).toMatch(/noted|no open issues/)
      }

      // Once more is nothing more.
      expect((await machine.hufu(["connect", fixture.client, "--write"])).code).toBe(0)
      expect(existsSync(at) ? readFileSync(at, "utf8") : "").toBe(after)
      const back = await machine.hufu(["disconnect", fixture.client])
      expect(back).toMatchObject({ code: 0, err: "" })
      expect(secretsIn(back.out)).toEqual([])
      unchanged()
    } finally {
      machine.dispose()
    }
  })

  it("gave the tool servers the secrets that no config holds any more", () => {
    expect(new Set(readFileSync(places.told, "utf8").trim().split("\n"))).toEqual(
      new Set(["s3cret-é-one", "s3cret-typed"]),
    )
    const allowed = web.seen.filter(({ authorization }) => authorization === "Bearer s3cret-two")
    expect(allowed.length).toBeGreaterThan(2)
    expect(allowed.at(-1)).toMatchObject({ "x-team": "blue" })
  })
})
