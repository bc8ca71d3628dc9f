import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { afterAll, describe, expect, test } from "vitest"
import { endChild, startChild } from "./child.ts"
import { bubblewrap, openSandbox } from "./sandbox.ts"

const missing = bubblewrap() ? undefined : "bubblewrap is not here, or may not do its work"
const folder = mkdtempSync(join(tmpdir(), "hufu-sandbox-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const log = { info: () => {}, warn: () => {}, error: () => {} }
const data = join(folder, "data")
const work = join(folder, "work")
mkdirSync(join(data, "keys"), { recursive: true })
mkdirSync(join(data, "inside"))
mkdirSync(work)
writeFileSync(join(data, "keys", "vault.key"), "the secret")
writeFileSync(join(work, "note.txt"), "hello")

/** A hostile tool server: what a program of these lines answers. */
async function said(program: string, { cwd = work, hidden = [data] } = {}): Promise<string> {
  const server = {
    name: "hostile",
    transport: "stdio",
    command: process.execPath,
    args: ["-e", program],
    env: {},
    cwd,
  } as const
  const child = startChild(server, log, openSandbox({ mode: "required", hidden: () => hidden }))
  const out = text(child.stdout)
  endChild(child)
  return out
}

const seen = (path: string) =>
  `try { console.log(require("fs").readFileSync(${JSON.stringify(path)}, "utf8")) } catch (error) { console.log(error.code) }`

describe.skipIf(missing !== undefined)("a tool server in a sandbox", () => {
  test("sees none of the data folder, and changes nothing in it", async () => {
    expect(await said(seen(join(data, "keys", "vault.key")))).toBe("ENOENT\n")
    const write = `require("fs").writeFileSync(${JSON.stringify(join(data, "planted"))}, "x"); console.log("done")`
    expect(await said(write)).toBe("done\n")
    expect(existsSync(join(data, "planted"))).toBe(false)
    expect(readFileSync(join(data, "keys", "vault.key"), "utf8")).toBe("the secret")
  })

  test("works where it was registered, and sees the rest of the system as it is", async () => {
    expect(await said(`${seen("note.txt")}; require("fs").writeFileSync("made.txt", "by it")`)).toBe(
      "hello\n",
    )
    expect(readFileSync(join(work, "made.txt"), "utf8")).toBe("by it")
    const inside = join(data, "inside")
    expect(
      await said(`require("fs").writeFileSync("mine", "x"); ${seen("../keys/vault.key")}`, { cwd: inside }),
    ).toBe("ENOENT\n")
    expect(existsSync(join(inside, "mine"))).toBe(true)
  })

  test("reaches no socket that is hidden, and no other process", async () => {
    const path = join(folder, "node.sock")
    const socket = createServer((connection) => connection.end("in"))
    await once(socket.listen(path), "listening")
    const connect = `const to = require("net").connect(${JSON.stringify(path)}); to.on("error", (error) => console.log(error.code)); to.on("data", (it) => console.log(String(it)))`
    expect(await said(connect, { hidden: [data] })).toBe("in\n")
    expect(await said(connect, { hidden: [data, path] })).toMatch(/^E\w+\n$/)
    const kill = `try { process.kill(${process.pid}, 0); console.log("there") } catch (error) { console.log(error.code) }`
    expect(await said(kill)).toBe("ESRCH\n")
    socket.close()
  })

  test("ends with whoever started it", async () => {
    const server = {
      command: process.execPath,
      args: ["-e", "setInterval(() => {}, 1000); console.log('up')"],
      cwd: work,
      path: process.env["PATH"],
    }
    const { command, args } = openSandbox({ mode: "required", hidden: () => [data] })(server)
    const starter = spawn(process.execPath, [
      "-e",
      `const child = require("child_process").spawn(${JSON.stringify(command)}, ${JSON.stringify(args)}, { stdio: ["ignore", "pipe", "ignore"] });
       child.stdout.once("data", () => console.log(child.pid)); setInterval(() => {}, 1000)`,
    ])
    const [line] = (await once(starter.stdout, "data")) as [Buffer]
    const pid = Number(String(line))
    starter.kill("SIGKILL")
    await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false)
  })

  test("that does not exist is said by the system", async () => {
    const server = {
      name: "gone",
      transport: "stdio",
      command: "hufu-no-such-command",
      args: [],
      env: {},
      cwd: work,
    } as const
    const child = startChild(server, log, openSandbox({ mode: "required", hidden: () => [data] }))
    expect(await once(child, "error")).toMatchObject([{ code: "ENOENT" }])
  })
})

test.skipIf(missing === undefined)("where there is no sandbox and one is required, nothing starts", () => {
  const sandbox = openSandbox({ mode: "required", hidden: () => [] })
  expect(() => sandbox({ command: "true", args: [], cwd: null, path: "" })).toThrow(
    "no tool server starts without a sandbox",
  )
})

test("where it is off, a command is started as it is", () => {
  const server = { command: "true", args: ["x"], cwd: "/", path: "" }
  expect(openSandbox({ mode: "off", hidden: () => [data] })(server)).toBe(server)
})
