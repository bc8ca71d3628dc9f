import { once } from "node:events"
import { mkdtemp, rm, symlink } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { pathToFileURL } from "node:url"
import { afterAll, beforeAll, expect, test } from "vitest"
import { usualTools } from "./scripted-upstream.ts"
import { createWorld, type World, type WorldAgent } from "./world.ts"
import { loopback, loopbackInUrl } from "@hufu/server/http/testing/loopback"

const string = { type: "string" }
const pathTools = [
  { name: "write_file", inputSchema: { type: "object", properties: { path: string, content: string } } },
  { name: "read_file", inputSchema: { type: "object", properties: { path: string } } },
  { name: "fetch_page", inputSchema: { type: "object", properties: { url: string } } },
]

let world: World
let agent: WorldAgent
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hufu-links-"))
  world = await createWorld()
  world.upstream.tools = [...usualTools, ...pathTools]
  await world.person.tool.list({ server: "notes" })
  agent = await world.agent("curious")
  const effects = ["read" as const, "write" as const, "send" as const, "execute" as const]
  await world.grant(agent, { grants: [{ effects, tools: ["*"], limits: [], mode: "auto" }] })
})
afterAll(async () => {
  await world.dispose()
  await rm(folder, { recursive: true, force: true })
})

async function verdictOn(tool: string, args: Record<string, string>): Promise<string> {
  const said = await world.local.decision.explain({ agent: agent.id, server: "notes", tool, arguments: args })
  return `${said.verdict} ${said.reasons.map(({ rule }) => rule).join()}`
}

test("no path leads into the data folder: links, encodings, climbs, cases and clients' configs", async () => {
  const data = world.dataFolder
  await symlink(data, join(folder, "link"))
  await symlink(join(folder, "link"), join(folder, "link-to-link"))
  await symlink(join(data, "keys", "local.key"), join(folder, "innocent.txt"))
  const key = join(data, "keys", "local.key")
  const paths = [
    data,
    `${data}/`,
    key,
    join(folder, "link", "keys"),
    join(folder, "link-to-link", "new-file"),
    join(folder, "innocent.txt"),
    `${folder}/../${relative(tmpdir(), data)}/x`,
    `${data}/./keys/../keys/local.key`,
    `//${key}`,
    pathToFileURL(key).href,
    `file://localhost${key}`,
    `file:${key}`,
    pathToFileURL(key).href.replaceAll("a", "%61"),
    `/proc/self/root${key}`,
    `/proc/${process.pid}/root${key}`,
    ` ${key} `,
    join(process.env["HOME"] ?? "/root", ".claude.json"),
    "~/.claude/settings.json",
    "~/.cursor/mcp.json",
    join(folder, "project", ".mcp.json"),
  ]
  for (const path of paths)
    for (const tool of ["write_file", "read_file"])
      expect(await verdictOn(tool, { path, content: "x" }), `${tool} ${path}`).toContain("platform/own-data")
  // From where a server over HTTP reads a relative path is not known here, so the person is asked.
  expect(await verdictOn("write_file", { path: relative(process.cwd(), key) })).toContain(
    "ask platform/unclear",
  )
  expect(await verdictOn("write_file", { path: join(folder, "mine.txt"), content: "x" })).toContain("allow")
})

test("no address leads to the node itself, however it is spelled", async () => {
  const { port } = new URL(world.node.url)
  const hosts = [
    "127.0.0.1",
    "127.1",
    "127.0.0.2",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "0.0.0.0",
    "0",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "x.localhost",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[0:0:0:0:0:ffff:7f00:1]",
    "user:password@127.0.0.1",
    "１２７.0.0.1",
  ]
  for (const host of hosts) {
    const url = `http://${host}:${port}/mcp/notes`
    expect(await verdictOn("fetch_page", { url }), url).toContain("platform/own-data")
    await expect(world.person.server.add({ name: "itself", url }), url).rejects.toMatchObject({
      code: "forbidden",
    })
  }
  expect(await verdictOn("fetch_page", { url: "http://example.com/" })).toContain("allow")
})

test("a redirect of a tool server is not followed, and nobody else is contacted", async () => {
  const elsewhere = createServer((_request, response) => response.end("{}"))
  let contacts = 0
  elsewhere.on("connection", () => contacts++)
  elsewhere.listen(0, loopback)
  await once(elsewhere, "listening")
  const { port } = elsewhere.address() as AddressInfo // listening on TCP, so never a path
  const redirecting = createServer((request, response) => {
    request.resume()
    response.writeHead(307, { location: `http://${loopbackInUrl}:${port}/mcp` }).end()
  })
  redirecting.listen(0, loopback)
  await once(redirecting, "listening")
  try {
    const at = redirecting.address() as AddressInfo // listening on TCP, so never a path
    await world.person.server.add({
      name: "redirecting",
      url: `http://${loopbackInUrl}:${at.port}/mcp`,
      headers: { authorization: "Bearer upstream-secret" },
    })
    await world.person.tool.list({ server: "redirecting" }).catch(() => undefined)
    const door = await world.door("modern", agent, "redirecting")
    expect((await door.call("write_file", { path: join(folder, "x") })).isError).toBe(true)
    expect(contacts).toBe(0)
  } finally {
    for (const server of [elsewhere, redirecting]) {
      server.closeAllConnections()
      server.close()
    }
  }
})

test("a server that nobody uses is not contacted, nor is one that a URL in an argument names", async () => {
  const unused = createServer()
  let contacts = 0
  unused.on("connection", () => contacts++)
  unused.listen(0, loopback)
  await once(unused, "listening")
  const { port } = unused.address() as AddressInfo // listening on TCP, so never a path
  await world.person.server.add({ name: "unused", url: `http://${loopbackInUrl}:${port}/mcp` })
  const door = await world.door("legacy", agent)
  await door.call("fetch_page", { url: `http://${loopbackInUrl}:${port}/page` })
  await door.list()
  await world.local.server.list()
  await world.local.server.remove({ server: "unused" })
  expect(contacts).toBe(0)
  unused.close()
})
