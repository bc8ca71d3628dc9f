import { type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import {
  filesystemServer,
  type NodeUnderTest,
  runHufu,
  startHufu,
  startNode,
} from "../testing/hufu-under-test.ts"
import { mcpLines } from "../testing/mcp-lines.ts"

// Every step is a process of its own.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })

let folder = ""
const children: ChildProcess[] = []
const nodes: NodeUnderTest[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-witnessed-"))
})
afterEach(async () => {
  for (const node of nodes.splice(0)) await node.dispose()
  for (const child of children.splice(0))
    if (child.exitCode === null && child.signalCode === null) await end(child)
  rmSync(folder, { recursive: true, force: true })
})

const at = (name: string) => join(folder, name)

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "close")
  child.kill("SIGTERM")
  await ended
}

async function witness(name: string): Promise<{ url: string; keys: string[] }> {
  const child = startHufu(["witness", "serve", "--folder", at(name), "--name", name, "--port", "0", "--json"])
  children.push(child)
  if (!child.stdout) throw new Error("the streams are pipes")
  for await (const line of createInterface({ input: child.stdout })) {
    const { url, keys } = JSON.parse(line) as { url: string; keys: string[] }
    return { url, keys }
  }
  throw new Error("the witness did not start")
}

async function started(): Promise<NodeUnderTest> {
  const node = await startNode(at("data"))
  nodes.push(node)
  return node
}

async function actedOnce(node: NodeUnderTest): Promise<string> {
  mkdirSync(at("work"))
  const guard = startHufu([
    "guard",
    "--existing",
    "--data",
    node.dataFolder,
    "--",
    process.execPath,
    filesystemServer,
    at("work"),
  ])
  children.push(guard)
  const client = mcpLines(guard)
  await client.initialize()
  await client.ask(2, "tools/call", { name: "list_directory", arguments: { path: at("work") } })
  const [action] = (await node.run(["action", "list", "--json"])).items()
  return String(action?.["id"])
}

it("a receipt says by how many it is witnessed, and an older data folder is refused by what they saw", async () => {
  const first = await started()
  const key = String((await first.run(["log", "checkpoint", "--json"])).json()["key"])
  const plain = await first.run(["doctor", "--json"])
  expect(plain.out).toContain("The ledger is unwitnessed")
  await first.signal("SIGTERM")
  cpSync(at("data"), at("older"), { recursive: true })
  for (const each of ["older", "older/keys"]) chmodSync(at(each), 0o700)

  const witnesses = [await witness("one.example"), await witness("two.example")]
  for (const name of ["one.example", "two.example"])
    expect((await runHufu(["witness", "add", key, "--folder", at(name)])).code).toBe(0)
  const config = JSON.stringify({ witnesses, witness: { required: 2 } })
  for (const name of ["data", "older"]) writeFileSync(join(at(name), "config.json"), config, { mode: 0o600 })

  const node = await started()
  const action = await actedOnce(node)
  await vi.waitFor(
    async () =>
      expect((await node.run(["why", action])).out).toContain("Its evidence is witnessed by 2 of 2."),
    { timeout: 60_000, interval: 200 },
  )
  expect((await node.run(["why", action, "--lang", "zh"])).out).toContain("其证据：2 个见证方中 2 个已见证。")
  expect((await node.run(["status", "--json"])).json()["witnesses"]).toMatchObject({
    by: 2,
    isWitnessed: true,
  })
  expect((await node.run(["doctor"])).out).toContain("The ledger is witnessed by 2 of 2")

  expect((await node.run(["receipt", action, "-o", at("receipt.json")])).code).toBe(0)
  const known = witnesses.flatMap(({ keys }) => keys.flatMap((each) => ["--witness", each]))
  const verify = (...more: string[]) => runHufu(["verify", at("receipt.json"), "--key", key, ...more])
  const sound = await verify(...known, "--witnesses", "2")
  expect([sound.code, sound.out]).toEqual([0, expect.stringContaining("witnessed by 2 of 2")])
  const one = await verify("--witness", witnesses[0]?.keys[0] ?? "", "--witnesses", "2")
  expect([one.code, one.out]).toEqual([1, expect.stringContaining("Too few witnesses")])
  expect((await verify()).out).toContain("unwitnessed")

  const refused = await runHufu(["serve", "--data", at("older"), "--port", "0"])
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("[ledger_rolled_back]")])
})
