import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { signCheckpoint } from "@hufu/core/evidence/checkpoint"
import { expect, test } from "vitest"
import { note, scratch } from "../../packages/server/src/store/scratch-store.ts"
import { parseLedgerKey } from "../../packages/server/src/ledger/ledger-key.ts"
import { openStore } from "../../packages/server/src/store/store.ts"
import { startProcess } from "../process/start-process.ts"
import { killLedgerRounds } from "./ledger-rounds.ts"
import type { Said } from "./ledger-writer.ts"

test(
  "a process that appends and publishes loses nothing by being killed, and never forks",
  { timeout: 120_000 },
  async () => {
    const report = await killLedgerRounds({ rounds: 4, entries: 0, seed: 20 })
    expect(report.problems).toEqual([])
    expect(report.acknowledged).toBeGreaterThan(0)
    expect(report.entries).toBeGreaterThanOrEqual(report.acknowledged)
  },
)

test("what was said and is not so is found", { timeout: 60_000 }, async () => {
  const place = scratch()
  const published = mkdtempSync(join(tmpdir(), "hufu-published-"))
  try {
    const store = await openStore(place.options())
    await store.ledger.append(note())
    await store.close()
    const { origin } = store.ledger
    const key = parseLedgerKey(readFileSync(join(place.dataDir, "keys", "ledger.key"), "utf8"), origin)
    if (key === null) throw new Error("the data folder has no key")
    const other = signCheckpoint({ origin, size: 1, root: new Uint8Array(32).fill(1) }, key.signer)
    const said: Said = {
      acknowledged: [[0, "act_01jq8x4m6e5cz9b2k7v3n1r0wd"]],
      checkpoints: [Buffer.from(other).toString("base64")],
      published: 1,
    }
    const program = fileURLToPath(new URL("./ledger-writer.ts", import.meta.url))
    const writer = await startProcess(process.execPath, [program, place.dataDir, published])
    writer.stdin.write(`${JSON.stringify(said)}\n`)
    const problems = JSON.parse(await writer.nextLine()) as string[]
    await writer.kill9()
    expect(problems).toHaveLength(3)
  } finally {
    rmSync(published, { recursive: true })
    place.remove()
  }
})
