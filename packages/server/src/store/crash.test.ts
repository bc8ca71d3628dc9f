import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { systemClock } from "../clock.ts"
import { checkStore } from "./contract.ts"
import { scratch } from "./scratch-store.ts"
import { openStore, type Store } from "./store.ts"

const rounds = 12
const writer = fileURLToPath(new URL("crash-writer.ts", import.meta.url))

interface Acknowledged {
  readonly kind: string
  readonly index: number
  readonly action: string
}

/** Lets a writer run until it has acknowledged so many entries, kills it, and returns all that it acknowledged. */
async function killedAfter(dataDir: string, count: number): Promise<Acknowledged[]> {
  const child = spawn(process.execPath, [writer, dataDir], { stdio: ["ignore", "pipe", "inherit"] })
  const exited = once(child, "exit")
  const seen: Acknowledged[] = []
  // A line that the kill cut short was not acknowledged; readline gives it at the end all the same.
  for await (const line of createInterface({ input: child.stdout })) {
    const match = /^(intent|outcome) (\d+) (act_[0-9a-z]{26})$/.exec(line)
    if (match) seen.push({ kind: match[1] ?? "", index: Number(match[2]), action: match[3] ?? "" })
    if (seen.length >= count) child.kill("SIGKILL")
  }
  expect(await exited).toEqual([null, "SIGKILL"])
  return seen
}

/** What the database has before its journal is replayed. */
function entriesInTables(dataDir: string): number {
  const db = new DatabaseSync(join(dataDir, "hufu.db"), { readOnly: true })
  const isMade = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'entry'").get() !== undefined
  const row = isMade ? db.prepare("SELECT count(*) AS n FROM entry").get() : undefined
  db.close()
  return Number(row?.["n"] ?? 0)
}

function expectKept(store: Store, acknowledged: readonly Acknowledged[]): void {
  for (const { kind, index, action } of acknowledged) {
    expect(store.ledger.entry(index).entry).toMatchObject({ kind, action })
    if (kind === "intent") expect(store.vault.get(action)).toEqual({ action })
  }
}

test("a writer killed at any moment loses nothing that it acknowledged", { timeout: 180_000 }, async () => {
  const place = scratch()
  try {
    const all: Acknowledged[] = []
    let replayed = 0
    for (let round = 0; round < rounds; round += 1) {
      all.push(...(await killedAfter(place.dataDir, Math.floor(Math.random() * 400))))
      const inTables = entriesInTables(place.dataDir)
      const store = await openStore(place.options({ clock: systemClock }))
      expectKept(store, all)
      await checkStore(store, store.ledger.size())
      if (store.ledger.size() > inTables) replayed += 1
      // Content and entry were one unit: neither is there without the other.
      const [row] = store.query<{ intents: number; kept: number }>(
        "SELECT (SELECT count(*) FROM entry WHERE performed = 1) AS intents, (SELECT count(*) FROM vault) AS kept",
      )
      expect(row?.kept).toBe(row?.intents)
      await store.close()
    }
    // Most kills come between a frame of the journal and its rows; without one this test would show nothing.
    expect(replayed).toBeGreaterThan(0)
  } finally {
    place.remove()
  }
})
