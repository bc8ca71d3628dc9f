import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { execFileSync } from "node:child_process"
import { once } from "node:events"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { contract } from "@hufu/core/contract/contract"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { findCommand, loadCommands } from "./commands.ts"
import { globalFlags } from "./command/command.ts"
import { runHufu, startHufu } from "./testing/hufu-under-test.ts"

// Every step is a process of its own.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let folder = ""
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-none-"))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("the table of commands", () => {
  it("has every command of the contract, and no name twice", async () => {
    const names = (await loadCommands()).map(({ name }) => name)
    const wanted = Object.values(contract).flatMap((operation) =>
      "command" in operation ? [operation.command.name] : [],
    )
    expect(names).toEqual(expect.arrayContaining(wanted))
    expect(new Set(names).size).toBe(names.length)
  })

  it("gives no flag the name of one that every command has, and says each in both languages", async () => {
    for (const { name, flags, en, zh } of await loadCommands()) {
      for (const flag of Object.keys(flags))
        expect({ name, flag, taken: Object.hasOwn(globalFlags, flag) }).toMatchObject({ taken: false })
      for (const said of [{ en, zh }, ...Object.values(flags)]) {
        expect(said.en).not.toBe("")
        expect(said.zh).not.toBe("")
      }
    }
  })

  it("finds the longer name first", async () => {
    expect((await findCommand(["approval", "show", "x"]))?.name).toBe("approval show")
    expect((await findCommand(["approve", "show"]))?.name).toBe("approve")
    expect(await findCommand(["agent", "fly"])).toBeUndefined()
  })

  it("loads every command that it names", async () => {
    for (const command of await loadCommands()) expect(await command.load()).toBeTypeOf("function")
  })
})

describe("the command line", () => {
  it("helps in both languages and for each command", async () => {
    const en = await runHufu(["--help"])
    expect(en.code).toBe(0)
    expect(en.out).toContain("approve HOLD")
    const zh = await runHufu([], { env: { LC_ALL: "zh_CN.UTF-8" } })
    expect(zh.code).toBe(0)
    expect(zh.out).toContain("退出码")
    const one = await runHufu(["mandate", "grant", "--help", "--lang", "zh"])
    expect(one.out).toContain("--until")
    const noun = await runHufu(["ca", "--help"])
    expect(noun.code).toBe(0)
    expect(noun.out).toContain("ca issue AGENT")
    expect(noun.out).not.toContain("mandate")
    expect(one.out).toContain("授权")
  })

  it.each([
    [["fly"], "no command `fly`"],
    [["status", "--wings"], "--wings"],
    [["status", "extra"], "no arguments"],
    [["approve"], "id of one waiting action"],
    [["approve", "hld_0123456789", "--for", "ever"], "--for is one of"],
    [["approve", "hld_0123456789", "--for", "until"], "--until"],
    [["agent", "show"], "hufu agent show AGENT"],
    [["agent", "fly"], "hufu agent --help` lists them"],
    [["agent", "export", "x"], "where FACE is acs|"],
    [["guard"], "after `--`"],
    [["guard", "cmd"], "after `--`"],
    [["stop"], "--all"],
    [["serve", "--port", "many"], "whole number"],
    [["action", "list", "--limit", "few"], "number"],
    [["task", "list", "--limit", "0"], "limit"],
    [["approvals", "--state", "purple"], "--state"],
    [["mandate", "grant", "ann"], "--effects"],
    [["verify", "/nowhere/at/all"], "cannot be read"],
  ])("says what is wrong with %j, and ends with 2", async (args, said) => {
    const ran = await runHufu([...args, "--data", folder])
    expect(ran).toMatchObject({ code: 2, out: "" })
    expect(ran.err).toContain(said)
    expect(ran.err.trim().split("\n")).toHaveLength(1)
  })

  it("says when no node runs, in words and in JSON, and ends with 5", async () => {
    const words = await runHufu(["status", "--data", folder])
    expect(words.code).toBe(5)
    expect(words.err).toMatch(/^hufu: no Hufu node is running.*\[node_unavailable\]\n$/)
    const json = await runHufu(["status", "--data", folder, "--json"])
    expect(json.code).toBe(5)
    expect(json.json()).toMatchObject({ code: "node_unavailable" })
  })

  it("does not ask for a secret that nobody can use", async () => {
    const ran = await runHufu(["agent", "create", "ann", "--data", folder])
    expect(ran.code).toBe(5)
  })
})

const older = ["/usr/bin/node", "/usr/local/bin/node"].find(
  (path) =>
    existsSync(path) &&
    Number(/^v(\d+)/.exec(execFileSync(path, ["--version"], { encoding: "utf8" }))?.[1]) < 24,
)

describe.skipIf(older === undefined)("an older Node", () => {
  const node = older ?? ""

  it("hands over to the Node that Hufu brought along, with its output and exit code", async () => {
    expect((await runHufu(["--version"], { node })).out).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect((await runHufu(["fly"], { node })).code).toBe(2)
  })

  it("hands on signals, and leaves nothing behind", async () => {
    const child = startHufu(["serve", "--data", folder, "--port", "0", "--json"], { node })
    const [line] = (await once(child.stdout ?? child, "data")) as [Buffer]
    const { pid } = JSON.parse(line.toString("utf8")) as { pid: number }
    expect(pid).not.toBe(child.pid)
    child.kill("SIGTERM")
    expect(await once(child, "close")).toEqual([0, null])
    expect(() => process.kill(pid, 0)).toThrow()
  })
})
