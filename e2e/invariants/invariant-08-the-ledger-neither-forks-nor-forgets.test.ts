import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { expect, test } from "vitest"
import { verifyReceipt } from "@hufu/core/evidence/verify-receipt"
import { Config } from "@hufu/server/config"
import { loggerTo } from "@hufu/server/log"
import { startNode } from "@hufu/server/node"
import { doorKinds } from "./agent-door.ts"
import { createWorld, type World } from "./world.ts"

/** The one SQLite file of a data folder. */
function databaseIn(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  const paths = files.map(({ parentPath, name }) => join(parentPath, name))
  const found = paths.find((path) => readFileSync(path).subarray(0, 15).toString() === "SQLite format 3")
  if (found === undefined) throw new Error("the data folder has no database")
  return found
}

async function doThings(world: World): Promise<string> {
  const agent = await world.agent("doer")
  await world.grant(agent, { grants: [{ effects: ["write"], tools: ["*"], limits: [], mode: "auto" }] })
  for (const kind of doorKinds) {
    const door = await world.door(kind, agent)
    await Promise.all(Array.from({ length: 5 }, (_, n) => door.call("add_note", { id: `${kind}-${n}` })))
    const { hold = "" } = await door.call("send_note", { id: kind })
    await world.approve(hold)
    await door.call("send_note", { id: kind })
  }
  const { items } = await world.local.action.list({ agent: agent.id })
  return items[0]?.id ?? ""
}

test("after everything it verifies, and what was acknowledged is still there after a restart", async () => {
  await using world = await createWorld()
  await doThings(world)
  const before = await world.entries()
  expect(await world.local.log.verify()).toMatchObject({ ok: true, fault: null })
  await world.restart()
  const after = await world.entries()
  expect(after.slice(0, before.length)).toEqual(before)
  expect(after.map(({ index }) => index)).toEqual(after.map((_, index) => index))
  expect(await world.local.log.verify()).toMatchObject({ ok: true, fault: null })
})

test("a second node on the same folder is refused, and the first goes on", async () => {
  await using world = await createWorld()
  const second = startNode({
    dataDir: world.dataFolder,
    config: Config.parse({ port: 0 }),
    expose: false,
    logger: loggerTo({ write: () => {} }, "fatal"),
  })
  await expect(second).rejects.toMatchObject({ code: "data_folder_in_use" })
  await doThings(world)
  expect(await world.local.log.verify()).toMatchObject({ ok: true })
})

test("any changed character of a receipt is noticed", async () => {
  await using world = await createWorld()
  const action = await doThings(world)
  const receipt = JSON.stringify(await world.local.action.receipt({ action, open: "arguments,tool,facts" }))
  const { key } = await world.local.log.checkpoint()
  const isGood = async (text: string) => (await verifyReceipt(text, { trustedKeys: [key] })).ok
  expect(await isGood(receipt)).toBe(true)
  const step = Math.max(1, Math.floor(receipt.length / 120))
  for (let at = 0; at < receipt.length; at += step) {
    const was = receipt.charAt(at)
    const changed = receipt.slice(0, at) + (was === "1" ? "2" : "1") + receipt.slice(at + 1)
    expect(await isGood(changed), `${at}: ${receipt.slice(Math.max(0, at - 20), at + 20)}`).toBe(false)
  }
})

test("a flipped bit in any entry in the database is found, by verification or at the start", async () => {
  await using world = await createWorld()
  await doThings(world)
  const size = (await world.entries()).length
  const file = databaseIn(world.dataFolder)
  const database = new DatabaseSync(file)
  try {
    // Whoever can write the file can also take away what guards its tables.
    const triggers = database.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").all()
    expect(triggers.length).toBeGreaterThan(0)
    for (const { name } of triggers) database.exec(`DROP TRIGGER "${String(name)}"`)
    for (const index of [0, Math.floor(size / 2), size - 1]) {
      const row = database.prepare("SELECT bytes FROM entry WHERE idx = ?").get(index)
      const bytes = Buffer.from(row?.["bytes"] as Uint8Array) // the column is a blob
      const flipped = Buffer.from(bytes)
      flipped[Math.floor(bytes.length / 2)] = (flipped[Math.floor(bytes.length / 2)] ?? 0) ^ 1
      const set = database.prepare("UPDATE entry SET bytes = ? WHERE idx = ?")
      set.run(flipped, index)
      const report = await world.local.log.verify()
      expect(report.ok).toBe(false)
      expect(report.fault?.en).toContain(String(index))
      set.run(bytes, index)
    }
    expect((await world.local.log.verify()).ok).toBe(true)
    // Forgetting the end is found as well.
    const last = database.prepare("SELECT * FROM entry WHERE idx = ?").get(size - 1)
    database.prepare("DELETE FROM entry WHERE idx = ?").run(size - 1)
    expect((await world.local.log.verify()).ok).toBe(false)
    expect(last).toBeDefined()
  } finally {
    database.close()
  }
  await expect(world.restart()).rejects.toMatchObject({ code: "ledger_ambiguous" })
})
