import { spawn } from "node:child_process"
import { once } from "node:events"
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { verifyReceipt } from "@hufu/core/evidence/verify-receipt"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { isLongRun } from "../../../../e2e/long-run.ts"
import { withNode } from "../connection/with-node.ts"
import { hufu } from "./demo-node.ts"

let place = ""
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "hufu-demo-test-"))
})
afterEach(() => rm(place, { recursive: true, force: true }))

function start(...args: readonly string[]) {
  const [program, ...own] = hufu
  const env = { ...process.env, TMPDIR: place }
  return spawn(program, [...own, "demo", ...args], { env, stdio: ["ignore", "pipe", "pipe"] })
}

async function run(...args: readonly string[]) {
  const child = start(...args)
  const closed = once(child, "close")
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await closed
  return { out, err, code: code as number | null } // the first argument of a child's `close` event
}

interface Story {
  readonly demo: true
  readonly ok: boolean
  readonly folder: string
  readonly fault?: string
  readonly story: readonly { step: string; says: string[]; checks: { statement: string; ok: boolean }[] }[]
}

describe("hufu demo", () => {
  it("tells the whole story with real servers, and leaves receipts that verify and one that does not", async () => {
    const { out, err, code } = await run("--json", "--lang", "en")
    const told = JSON.parse(out) as Story // printed by this very version
    expect({ err, fault: told.fault, ok: told.ok, code }).toEqual({
      err: "",
      fault: undefined,
      ok: true,
      code: 0,
    })
    expect(told.story).toHaveLength(5)
    expect(told.story.flatMap(({ checks }) => checks).filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(
      11,
    )

    const receipts = join(told.folder, "receipts")
    const names = await readdir(receipts)
    expect(names.filter((name) => name.endsWith(".forged.json"))).toHaveLength(1)
    for (const name of names) {
      const { ok } = await verifyReceipt(await readFile(join(receipts, name), "utf8"))
      expect([name, ok]).toEqual([name, !name.endsWith(".forged.json")])
    }
    expect(await readdir(join(told.folder, "documents", "outbox"))).toEqual([])

    const removed = await run("--remove", "--json")
    expect(JSON.parse(removed.out)).toEqual({ removed: [told.folder] })
    expect(await readdir(place)).toEqual([])
  }, 120_000)

  it.runIf(isLongRun)(
    "tells it in Chinese for people, in a folder that they name",
    async () => {
      const folder = join(place, "demo")
      const { out, code } = await run("--lang", "zh", "--data", folder)
      expect(code).toBe(0)
      expect(out).toContain("一切均如预期。")
      expect(out).toContain(`全部位于 ${folder}`)
      expect(out).not.toContain("✗")
      // It is not in the temporary folder under the demo's name, so it is only removed by its own.
      expect((await run("--remove", "--lang", "zh")).out).toBe("没有可删除的演示。\n")
      expect((await run("--remove", "--data", folder, "--lang", "zh")).out).toBe(`已删除 ${folder}\n`)
      expect(await readdir(place)).toEqual([])
    },
    120_000,
  )

  it("is removed after a crash, with the node that it left running", async () => {
    const child = start("--lang", "en")
    let said = ""
    for await (const chunk of child.stdout) {
      said += String(chunk)
      if (said.includes("keeps everything in")) break
    }
    child.kill("SIGKILL")
    const [name = ""] = await readdir(place)
    const asked = { dataFolder: join(place, name, "data"), language: "en", flags: {} } as const
    const { pid } = await withNode(asked, (client) => client.node.status({}))
    expect((await run("--remove", "--lang", "en")).out).toBe(`Removed ${join(place, name)}\n`)
    expect(() => process.kill(pid, 0)).toThrow()
    expect(await readdir(place)).toEqual([])
  }, 120_000)
})

describe("hufu demo --remove", () => {
  it("refuses a folder that no demo made, even with a copy of a demo's record in it", async () => {
    const made = join(place, "hufu-demo-made")
    const { makeDemoFolder } = await import("./demo-folder.ts")
    await makeDemoFolder(made)
    const mine = join(place, "hufu-demo-mine")
    await mkdir(mine, { mode: 0o700 })
    await writeFile(join(mine, "work.txt"), "my own work")
    const copy = join(place, "hufu-demo-copy")
    await cp(made, copy, { recursive: true })

    for (const folder of [mine, copy, place, join(place, "nowhere")]) {
      const { err, code } = await run("--remove", "--data", folder)
      expect([code, err]).toEqual([3, expect.stringMatching(/was not made by `[^`]*hufu(?:\.js)? demo`/)])
    }
    expect(JSON.parse((await run("--remove", "--json")).out)).toEqual({ removed: [made] })
    expect((await readdir(place)).sort()).toEqual(["hufu-demo-copy", "hufu-demo-mine"])
  }, 60_000)

  it("starts in no folder that exists already", async () => {
    const before = (await stat(place)).mtimeMs
    const { err, code } = await run("--data", place)
    expect([code, err]).toEqual([1, expect.stringContaining("name one that does not exist yet")])
    expect((await stat(place)).mtimeMs).toBe(before)
  }, 60_000)
})
