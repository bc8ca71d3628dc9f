import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, it, vi } from "vitest"
import { startNode } from "../testing/hufu-under-test.ts"

// Every step is a process of its own.
vi.setConfig({ testTimeout: 120_000 })

/** Writes one wrong byte into every place of a file that holds a text, and says how many there were. */
function alter(path: string, text: string): number {
  const bytes = readFileSync(path)
  const file = openSync(path, "r+")
  let count = 0
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1), count += 1)
    writeSync(file, "X", at + 10)
  closeSync(file)
  return count
}

it("names in status, log and doctor, in both languages, an entry in which a bit flips while the node runs", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hufu-scrub-"))
  const data = join(folder, "data")
  mkdirSync(data, { mode: 0o700 })
  const config = { scrub: { entriesPerSecond: 100_000, restSeconds: 1 } }
  writeFileSync(join(data, "config.json"), JSON.stringify(config))
  // A start folds what the one before had in its journal into the tables.
  await (await startNode(data)).signal("SIGTERM")
  const node = await startNode(data)
  try {
    // A page is read from the log beside the database while it is there, else from the database.
    const altered = ["hufu.db", "hufu.db-wal"].map((name) => alter(join(data, name), '"fact":"node.started"'))
    expect(altered.some((count) => count > 0)).toBe(true)
    const status = await vi.waitFor(async () => {
      const { scrub } = (await node.run(["status", "--json"])).json() as { scrub: { fault: object | null } }
      if (scrub.fault === null) throw new Error("nothing was found yet")
      return scrub
    }, 60_000)
    expect(status.fault).toMatchObject({ table: "entry", row: expect.stringMatching(/^\d+$/) as string })
    const doctor = await node.run(["doctor"])
    expect(doctor.code).toBe(1)
    expect(doctor.out).toMatch(/scrub: The background reading found that entry \d+ does not hash to its leaf/)
    expect((await node.run(["doctor", "--lang", "zh"])).out).toMatch(/后台校验发现：第 \d+ 条与其叶哈希不符/)
    const logs = readFileSync(join(data, "logs", "hufu.1.log"), "utf8")
    expect(logs).toMatch(/the ledger is not sound: entry \d+ does not hash/)
  } finally {
    await node.dispose()
    rmSync(folder, { recursive: true, force: true })
  }
})
