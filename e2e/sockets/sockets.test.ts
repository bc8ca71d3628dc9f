import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { buildConsole, openPage, openTab, startBrowser } from "../console/open-console.ts"
import { openCaller } from "../mcp-caller.ts"
import {
  addHttpServer,
  approveByCommand,
  createAgent,
  doorOf,
  enrolPerson,
  grantMandate,
  guardCommand,
  heldCalls,
  type NodeUnderTest,
  startNode,
} from "../node-under-test.ts"
import { startProcess, type StartedProcess } from "../process/start-process.ts"
import { loopback } from "@hufu/server/http/testing/loopback"
import { withoutChromium } from "../sign-in/console-browser.ts"
import { type Attempt, type SocketWatch, watchSockets } from "./watch-sockets.ts"

// There is no telemetry: a whole scene, while every socket of the node, a guard, the command and the console's browser
// is watched from the kernel's side, and every attempt of the Node processes from their own.

const inside = ["127.0.0.1", "::1"]
/** Not this machine, as far as the watch knows: the configured tool server is the one end outside that may be reached. */
const upstreamHost = "127.0.0.3"
const plantedHost = "127.0.0.2"
/** TEST-NET-1 (RFC 5737): an address that nobody has. */
const nobodysHost = "192.0.2.1"
/**
 * Chromium looks up names for itself, of its maker's services. Here it knows no names: what a page asks for by name is
 * told by its requests, and whatever is reached by address by the kernel.
 */
const onlyAddresses = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
const upstreamFile = (name: string) => fileURLToPath(new URL(`../upstream/${name}`, import.meta.url))
const initialize = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "host", version: "1" } },
}

const isLinux = process.platform === "linux"
let folder: string
let watch: SocketWatch
beforeAll(async () => {
  if (!isLinux) return
  await buildConsole()
  folder = await mkdtemp(join(tmpdir(), "hufu-sockets-"))
}, 120_000)
afterAll(async () => {
  if (isLinux) await rm(folder, { recursive: true, force: true })
})

/** Where the attempts went that did not stay on this machine. */
function outsideOf(attempts: readonly Attempt[]): string[] {
  const stays = new Set([...inside, "localhost", "start", ""])
  return [...new Set(attempts.map(({ to }) => to))].filter((to) => !stays.has(to))
}

const pidsOf = (attempts: readonly Attempt[]) => new Set(attempts.map(({ pid }) => pid))

// The ends that it tells apart are several addresses of 127.0.0.0/8; of ::1 there is one.
describe.skipIf(!isLinux || loopback === "::1")("what is reached in a whole scene", () => {
  test.skipIf(withoutChromium !== undefined)(
    "is this machine and the configured tool server, and nothing else",
    async () => {
      watch = await watchSockets(folder, inside)
      const upstream = await startProcess(process.execPath, [
        upstreamFile("http-upstream.ts"),
        "--host",
        upstreamHost,
      ])
      const node = await startNode({ env: watch.env })
      let guard: StartedProcess | undefined
      let browser: Browser | undefined
      try {
        await enrolPerson(node)
        await addHttpServer(node, "notes", String(upstream.ready["url"]))
        const pids = [node.pid]

        guard = await startGuard(node)
        pids.push(guard.pid)
        await grantMandate(node, "by-guard", mandate)
        expect(await callThrough(guard, 2, "add_note")).toContain("a note")

        const credential = await createAgent(node, "over-http")
        await grantMandate(node, "over-http", mandate)
        const caller = await openCaller({ url: doorOf(node, "notes"), era: "legacy", credential })
        const done = await caller.call("add_note", { id: "1", text: "a note" })
        expect(JSON.stringify(done.message)).toContain("a note")

        browser = await startBrowser(watch.env, [onlyAddresses])
        const { page, outside } = await openTab(browser)
        const { url } = (await node.cli(["signin"], { env: watch.env })) as { url: string }
        await openPage(page, url)

        const asked = caller.call("send_note", { id: "2", text: "a letter", to: "li@example.com" })
        await page.getByText("1 action waits for you").waitFor()
        const [held] = await heldCalls(node)
        await approveByCommand(node, held?.id ?? "", watch.env)
        expect(JSON.stringify((await asked).message)).toContain("a letter")

        const { origin } = new URL(page.url())
        for (const path of ["/actions", "/ledger", "/settings"]) await openPage(page, `${origin}${path}`)
        for (const path of ["/docs", "/docs/en", "/docs/zh/connect", "/openapi.json"])
          expect((await page.goto(`${origin}${path}`))?.ok(), path).toBe(true)
        for (const args of [["status"], ["doctor"]]) await node.cli(args, { env: watch.env })
        expect(outside).toEqual([])
        await caller.close()

        expect(pids.filter((pid) => !pidsOf(watch.attempts()).has(pid))).toEqual([])
      } finally {
        await browser?.close()
        await guard?.stop()
        await node.stop()
        await upstream.stop()
      }
      const seen = await watch.stop()
      // That the tool server is there shows that both looked.
      expect(outsideOf(watch.attempts())).toEqual([upstreamHost])
      expect(seen.filter(({ to }) => to !== upstreamHost).map((each) => JSON.stringify(each))).toEqual([])
      expect(pidsOf(seen)).toEqual(new Set([node.pid]))
      await node.dispose()
    },
    120_000,
  )

  test("is told when a process or a page of the browser reaches for somewhere else", async () => {
    const planted = createServer().listen(0, plantedHost)
    await once(planted, "listening")
    const { port } = planted.address() as { port: number } // listening on TCP, so never a path
    const place = await mkdtemp(join(folder, "planted-"))
    const watching = await watchSockets(place, inside)
    try {
      const script = [
        'import { connect } from "node:net"',
        'import { createSocket } from "node:dgram"',
        'import { lookup } from "node:dns"',
        `connect(${port}, "${plantedHost}")`,
        `connect(443, "${nobodysHost}").on("error", () => {})`,
        `const udp = createSocket("udp4").on("error", () => {}).send("x", 9, "${nobodysHost}")`,
        'lookup("telemetry.example.invalid", () => {})',
      ].join("\n")
      const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
        env: { ...process.env, ...watching.env },
        stdio: "ignore",
      })
      let seen = await watching.nextSeen()
      while (seen.to !== plantedHost) seen = await watching.nextSeen()
      expect(seen).toMatchObject({ pid: child.pid, by: "tcp" })
      child.kill("SIGKILL")
      await once(child, "exit")
      expect(outsideOf(watching.attempts()).toSorted()).toEqual(
        [plantedHost, nobodysHost, "telemetry.example.invalid"].toSorted(),
      )
      if (withoutChromium !== undefined) return
      const browser = await startBrowser(watching.env)
      const page = await browser.newPage()
      const loading = page.goto(`http://${plantedHost}:${port}/`).catch(() => undefined)
      seen = await watching.nextSeen()
      while (seen.to !== plantedHost) seen = await watching.nextSeen()
      expect(seen.by).toBe("tcp")
      await browser.close()
      await loading
    } finally {
      await watching.stop()
      planted.close()
    }
  }, 60_000)
})

const mandate = {
  words: "keep the notes",
  until: Date.now() + 3_600_000,
  grants: [{ effects: ["write" as const], tools: ["*"], limits: [], mode: "auto" as const }],
}

/** A guard as a client starts it, in front of a tool server that is a command. */
function startGuard(node: NodeUnderTest): Promise<StartedProcess> {
  const { command, args } = guardCommand(
    node,
    "by-guard",
    [process.execPath, upstreamFile("stdio-upstream.ts")],
    ["--name", "local-notes"],
  )
  return startProcess(command, args, { env: watch.env, firstInput: `${JSON.stringify(initialize)}\n` })
}

async function callThrough(guard: StartedProcess, id: number, name: string): Promise<string> {
  const params = { name, arguments: { id: "1", text: "a note" } }
  guard.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" })}\n`)
  guard.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params })}\n`)
  for (let line = await guard.nextLine(); line !== ""; line = await guard.nextLine())
    if (line.includes(`"id":${id}`)) return line
  throw new Error(`the guard ended: ${guard.errorText()}`)
}
