import { spawn } from "node:child_process"
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { createClient } from "@hufu/sdk"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { socketTransport } from "../connection/socket-transport.ts"
import { type DemoNode, hufu, startDemoNode } from "../demo/demo-node.ts"
import { settingsFor } from "./claude-code.ts"
import { hookCredentialFile } from "./hook-credential.ts"

const secret = "a tally in two halves"
let dataFolder = ""
let node: DemoNode
let local: ReturnType<typeof socketTransport>

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "hufu-hook-"))
  node = await startDemoNode(dataFolder, "en")
  local = socketTransport(dataFolder)
  await run(["enrol", "--secret-stdin"], `${secret}\n`)
  const { token } = await createClient({ transport: local.transport }).session.create({ secret })
  const person = createClient({ transport: local.transport, token })
  await person.agent.create({ name: "local", credential: false })
  await run(["hook", "claude-code", "--issue", "--secret-stdin"], `${secret}\n`)
}, 60_000)

afterAll(async () => {
  local.close()
  await node.stop()
  await rm(dataFolder, { recursive: true, force: true })
})

async function run(args: readonly string[], stdin: string, env: NodeJS.ProcessEnv = process.env) {
  const [program, ...own] = hufu
  const all = [...own, ...args, "--data", dataFolder, "--lang", "en"]
  const child = spawn(program, all, { env, stdio: ["pipe", "pipe", "pipe"] })
  child.stdin.on("error", () => {})
  child.stdin.end(stdin)
  const code = new Promise<number | null>((resolve) => child.once("close", resolve))
  return { out: await text(child.stdout), err: await text(child.stderr), code: await code }
}

const submitted = (prompt: string) =>
  JSON.stringify({ session_id: "s-1", cwd: "/", hook_event_name: "UserPromptSubmit", prompt })

const tasks = async () =>
  (await createClient({ transport: local.transport }).task.list({ agent: "local" })).items

describe("hufu hook", () => {
  it("keeps the credential that the person issued where only this account can read it", async () => {
    const file = hookCredentialFile(dataFolder, "local")
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readFile(file, "utf8")).toMatch(/^hufu_hook_\S+\n$/)
  })

  it("prints settings whose command records a prompt when a shell runs it", async () => {
    const shown = await run(["hook", "claude-code", "--json"], "")
    expect(JSON.parse(shown.out)).toEqual(settingsFor({ dataFolder, language: "en" }, "local"))
    const command = settingsFor({ dataFolder, language: "en" }, "local").hooks.UserPromptSubmit[0]?.hooks[0]
      ?.command
    const shell = spawn(command ?? "", { shell: true, stdio: ["pipe", "pipe", "pipe"] })
    shell.stdin.end(submitted("read «both» notes\n> and what I quote"))
    expect([await text(shell.stdout), await text(shell.stderr)]).toEqual(["", ""])
    expect((await tasks())[0]).toMatchObject({
      words: "read «both» notes\n> and what I quote",
      source: "hook",
      state: "live",
    })
  })

  it("ends the task of the prompt before, so that one task is live", async () => {
    expect(await run(["hook", "user-prompt"], submitted("now write a summary"))).toEqual({
      out: "",
      err: "",
      code: 0,
    })
    const hooked = (await tasks()).filter(({ source }) => source === "hook")
    expect(hooked.map(({ words, state }) => [words, state])).toEqual([
      ["now write a summary", "live"],
      ["read «both» notes\n> and what I quote", "ended"],
    ])
  })

  it("keeps the beginning of a prompt that is longer than a task's words", async () => {
    await run(["hook", "user-prompt"], submitted(`${"x".repeat(3999)}😀 and more`))
    expect((await tasks())[0]?.words).toBe("x".repeat(3999))
  })

  it.each([
    [
      "another agent's name",
      ["hook", "user-prompt", "--agent", "nobody"],
      submitted("hello"),
      "has no hook credential",
    ],
    ["another event", ["hook", "user-prompt"], '{"hook_event_name":"Stop","prompt":"x"}', "UserPromptSubmit"],
    [
      "more than a mebibyte",
      ["hook", "user-prompt"],
      submitted("x".repeat(1024 * 1024)),
      "larger than 1 MiB",
    ],
    ["no JSON", ["hook", "user-prompt"], "hello", "not JSON"],
    ["a path for a name", ["hook", "user-prompt", "--agent", "../x"], submitted("hello"), "no agent's name"],
  ])("says why it could not record %s, and lets the prompt pass", async (_what, args, stdin, why) => {
    const before = await tasks()
    const { out, err, code } = await run(args, stdin)
    expect(code).toBe(0)
    expect(err).toContain(why)
    expect(JSON.parse(out)).toEqual({ systemMessage: err.trim() })
    expect(await tasks()).toEqual(before)
  })

  it("takes no credential that others can read, and none that is not a hook's", async () => {
    const file = hookCredentialFile(dataFolder, "local")
    await chmod(file, 0o644)
    expect((await run(["hook", "user-prompt"], submitted("hello"))).err).toContain("chmod 600")
    await chmod(file, 0o600)
    const given = { ...process.env, HUFU_HOOK_CREDENTIAL: `hufu_agent_${"x".repeat(43)}` }
    expect((await run(["hook", "user-prompt"], submitted("hello"), given)).err).toContain(
      "not a hook's credential",
    )
  })

  it("says that no node runs, and lets the prompt pass", async () => {
    const empty = await mkdtemp(join(tmpdir(), "hufu-hook-"))
    await writeFile(join(empty, "x"), "")
    const [program, ...own] = hufu
    const credential = { ...process.env, HUFU_HOOK_CREDENTIAL: `hufu_hook_${"x".repeat(43)}` }
    const child = spawn(program, [...own, "hook", "user-prompt", "--data", empty], { env: credential })
    child.stdin.end(submitted("hello"))
    expect(await text(child.stderr)).toContain("no Hufu node is running")
    await rm(empty, { recursive: true })
  })
})
