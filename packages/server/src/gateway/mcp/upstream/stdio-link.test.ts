import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { existsSync, readFileSync } from "node:fs"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { legacy } from "../testing/rpc-client.ts"
import { resultOf } from "../rpc.ts"
import { referenceServer } from "../testing/reference-servers.ts"
import { childEnv } from "./child.ts"
import type { Link, LinkEvents } from "./link.ts"
import type { StdioServer } from "./server-definition.ts"
import { openStdioLink } from "./stdio-link.ts"

const log = { info() {}, warn() {} }
const events: LinkEvents = {
  notification() {},
  request: async (one) => ({ jsonrpc: "2.0", id: one.id, result: {} }),
}
const call = () => ({ events, signal: new AbortController().signal, leave: () => true })

let folder: string
let link: Link | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hufu-stdio-"))
  link = undefined
})

afterEach(async () => {
  await link?.close()
  await rm(folder, { recursive: true })
})

function program(source: string, env: Record<string, string> = {}): StdioServer {
  return {
    name: "one",
    transport: "stdio",
    command: process.execPath,
    args: ["-e", source],
    env,
    cwd: folder,
  }
}

const answering = (extra: string) => `
  const say = (m) => process.stdout.write(JSON.stringify(m) + "\\n")
  require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
    const m = JSON.parse(line)
    if (m.method === "server/discover") say({ jsonrpc: "2.0", id: m.id, error: { code: -32601, message: "no" } })
    else if (m.method === "initialize") say({ jsonrpc: "2.0", id: m.id, result: { protocolVersion: "2025-11-25", capabilities: {}, serverInfo: { name: "s", version: "1" } } })
    else { ${extra} }
  })`

describe("a stdio server", () => {
  it("is started, spoken to in its era, and ended with all that it started", async () => {
    link = await openStdioLink(referenceServer("everything"), log, { capabilities: {} })
    expect(link).toMatchObject({ era: "legacy", protocolVersion: "2025-11-25" })
    const response = await link.request(
      legacy("tools/call", { name: "echo", arguments: { message: "hi" } }),
      call(),
    )
    expect(resultOf(response)).toMatchObject({ content: [{ text: "Echo: hi" }] })
  })

  it("sees the registered environment and what it needs to start, and nothing else of Hufu's", () => {
    process.env["HUFU_TEST_SECRET"] = "x"
    try {
      const env = childEnv(program("", { TOKEN: "registered" }))
      expect(env["TOKEN"]).toBe("registered")
      expect(env["PATH"]).toBe(process.env["PATH"])
      expect(env["HUFU_TEST_SECRET"]).toBeUndefined()
    } finally {
      delete process.env["HUFU_TEST_SECRET"]
    }
  })

  it("that cannot be started is a failure that says so", async () => {
    const server: StdioServer = { ...program(""), command: join(folder, "absent") }
    await expect(openStdioLink(server, log, { capabilities: {} })).rejects.toMatchObject({
      code: "upstream_unavailable",
    })
  })

  it("that dies during a call leaves it lost, and later calls unavailable", async () => {
    link = await openStdioLink(program(answering(`if (m.method === "tools/call") process.exit(3)`)), log, {
      capabilities: {},
    })
    await expect(link.request(legacy("tools/call"), call())).rejects.toMatchObject({ code: "upstream_lost" })
    await link.closed
    await expect(link.request(legacy("tools/call"), call())).rejects.toMatchObject({
      code: "upstream_unavailable",
    })
  })

  it("is told when a call is cancelled", async () => {
    const source = answering(
      `if (m.method === "notifications/cancelled") require("fs").writeFileSync("cancelled", String(m.params.requestId))`,
    )
    link = await openStdioLink(program(source), log, { capabilities: {} })
    const gone = new AbortController()
    const lost = link.request(legacy("tools/call"), { ...call(), signal: gone.signal })
    gone.abort(new Error("enough"))
    await expect(lost).rejects.toThrow("enough")
    await expect.poll(() => readFile(join(folder, "cancelled"), "utf8").catch(() => "")).not.toBe("")
  })

  it("is not reached by a call that may not leave", async () => {
    link = await openStdioLink(
      program(answering(`require("fs").appendFileSync("seen", m.method + "\\n")`)),
      log,
      { capabilities: {} },
    )
    await expect(link.request(legacy("tools/call"), { ...call(), leave: () => false })).rejects.toMatchObject(
      { code: "stopped" },
    )
    link.notify({ jsonrpc: "2.0", method: "notifications/roots/list_changed" })
    await expect.poll(() => readFile(join(folder, "seen"), "utf8").catch(() => "")).toContain("roots")
    expect(await readFile(join(folder, "seen"), "utf8")).not.toContain("tools/call")
  })

  it("may print what is no message, and is ended when a line never ends", async () => {
    const source = `console.log("banner"); console.log("{}"); ${answering(`if (m.method === "tools/call") process.stdout.write("x".repeat(17 * 1024 * 1024))`)}`
    link = await openStdioLink(program(source), log, { capabilities: {} })
    await expect(link.request(legacy("tools/call"), call())).rejects.toMatchObject({ code: "upstream_lost" })
  })

  it("is killed when it does not end by itself, and so is what it started", async () => {
    const source = `
      process.on("SIGTERM", () => {})
      const child = require("child_process").spawn(process.execPath, ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"])
      require("fs").writeFileSync("pid", String(child.pid))
      setInterval(() => {}, 1000)
      ${answering("")}`
    link = await openStdioLink(program(source), log, { capabilities: {} })
    const pid = Number(await readFile(join(folder, "pid"), "utf8"))
    await link.close()
    await expect.poll(() => isRunning(pid)).toBe(false)
  })

  it("does not outlive the process that started it, however soon that ends", async () => {
    const script = `
      import { startChild } from ${JSON.stringify(new URL("child.ts", import.meta.url).href)}
      const server = { name: "silent", transport: "stdio", command: process.execPath, args: ["-e", "setInterval(() => {}, 1000)"], env: {}, cwd: null }
      const { pid } = startChild(server, { info() {} }, ({ command, args, cwd }) => ({ command, args, cwd }))
      process.stdout.write(String(pid), () => process.exit())`
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script])
    await expect.poll(() => isRunning(Number(stdout))).toBe(false)
  })
})

/** A process that was killed may wait for its parent to notice: then it runs no more either. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !existsSync(`/proc/${pid}/stat`) || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"))
  } catch {
    return false
  }
}
