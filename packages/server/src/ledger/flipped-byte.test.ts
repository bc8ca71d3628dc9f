import { closeSync, globSync, openSync, readFileSync, readSync, rmSync, statSync, writeSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { verifyLog } from "@hufu/core/evidence/verify-log"
import { parseVkey } from "@hufu/core/evidence/vkey"
import { afterAll, beforeAll, expect, test, vi } from "vitest"
import { seeded } from "../../../../e2e/seeded.ts"
import { intentOf, newAction, outcomeOf, type Scratch, scratch } from "../store/scratch-store.ts"
import { openReader } from "../store/sqlite-connection.ts"
import { openStore } from "../store/store.ts"
import { verifyMlDsa44 } from "./ml-dsa.ts"
import { nativeHash } from "./native-hash.ts"
import { exportLog } from "./publish/export-log.ts"
import { openLogFiles } from "./publish/log-files.ts"
import { readTables } from "./read-tables.ts"

// One bit of a random byte is flipped in the file itself. What the ledger says is read by SQLite before and after: a byte is one that
// carries something where that differs, or can be read no more; free room in a page, and what it counts of itself, carries nothing.

const isLong = process.env["HUFU_LONG"] === "1"
/** So many bytes that carry something, of the database and of the published files each. */
const flips = isLong ? 2_000 : 60
vi.setConfig({ testTimeout: isLong ? 1_800_000 : 120_000 })

const seed = Date.now() % 1_000_000
const random = seeded(seed)
const tables = ["entry", "tile", "checkpoint"] as const

let place: Scratch
let published = ""
let vkey = ""
let second = ""

beforeAll(async () => {
  place = scratch()
  published = join(place.dataDir, "..", "published")
  // Every close signs a checkpoint and folds all into the one file.
  for (let i = 0; i < 5; i++) {
    const store = await openStore({ ...place.options(), mlDsa: i > 1 })
    const actions = Array.from({ length: 30 }, newAction)
    await Promise.all(actions.map((action) => store.ledger.append(intentOf(action, { hold: "hld_a" }))))
    await Promise.all(actions.slice(1).map((action) => store.ledger.append(outcomeOf(action))))
    await store.close()
    vkey = store.ledger.vkey
    second = store.ledger.mlDsaKey ?? ""
  }
  await exportLog(databaseFile(), published, { logger: { warn: () => {} } })
  for (const each of ["-wal", "-shm"]) rmSync(`${databaseFile()}${each}`, { force: true })
})
afterAll(() => place.remove())

const databaseFile = () => join(place.dataDir, "hufu.db")

interface Page {
  readonly name: (typeof tables)[number]
  readonly pgoffset: number
  readonly pgsize: number
}

/** Every page of the ledger's three tables, overflow included. */
function ledgerPages(): Page[] {
  const db = new DatabaseSync(databaseFile(), { readOnly: true })
  const sql = "SELECT name, pgoffset, pgsize FROM dbstat WHERE name IN ('entry', 'tile', 'checkpoint')"
  // The columns are those of SQLite's own table.
  const pages = db.prepare(sql).all() as unknown as Page[]
  db.close()
  return pages
}

/** All that the three tables say, with its types; null where SQLite cannot read it. */
function said(): string | null {
  const db = new DatabaseSync(databaseFile(), { readOnly: true })
  try {
    const rows = tables.map((name) => db.prepare(`SELECT * FROM ${name}`).all())
    return JSON.stringify(rows, (_key, value: unknown) =>
      value instanceof Uint8Array ? `x${Buffer.from(value).toString("hex")}` : value,
    )
  } catch {
    return null
  } finally {
    db.close()
  }
}

/** What the background reading, which is that of `hufu log verify`, names. */
async function fault() {
  const db = openReader(databaseFile())
  try {
    const reading = readTables(db, 500)
    for (;;) {
      const step = await reading.next()
      if (step.done === true) return step.value
    }
  } finally {
    db.close()
  }
}

/** Flips one bit while something is looked at, and puts it back. */
async function flipped<T>(file: string, at: number, look: () => Promise<T>): Promise<T> {
  const fd = openSync(file, "r+")
  const byte = Buffer.alloc(1)
  readSync(fd, byte, 0, 1, at)
  const other = Buffer.from([(byte[0] ?? 0) ^ (1 << random.int(8))])
  writeSync(fd, other, 0, 1, at)
  try {
    return await look()
  } finally {
    writeSync(fd, byte, 0, 1, at)
    closeSync(fd)
  }
}

test(`of the database: ${flips} flips of bytes that carry something in the tables of entries, tiles and checkpoints are all named`, async () => {
  const pages = ledgerPages()
  const before = said()
  expect(await fault()).toBeNull()
  let carried = 0
  let nothing = 0
  const named: Record<string, number> = {}
  for (let i = 0; carried < flips; i++) {
    const name = tables[i % tables.length]
    const page = random.pick(pages.filter((each) => each.name === name))
    // As often where a page keeps its order as anywhere in it.
    const at = page.pgoffset + random.int(i % 2 === 0 ? page.pgsize : 64)
    const { isSame, found } = await flipped(databaseFile(), at, async () => ({
      isSame: said() === before,
      found: await fault(),
    }))
    if (isSame) {
      nothing += 1
      continue
    }
    expect([seed, name, at - page.pgoffset, found === null ? "not found" : "named"]).toEqual([
      seed,
      name,
      at - page.pgoffset,
      "named",
    ])
    carried += 1
    if (found) named[found.table] = (named[found.table] ?? 0) + 1
  }
  if (isLong) console.log({ seed, carried, nothing, named })
  expect(carried).toBe(flips)
  expect(said()).toBe(before)
  expect(await fault()).toBeNull()
})

test(`of the published log: ${flips} flips anywhere in its tiles, bundles and checkpoint are all named`, async () => {
  const files = globSync("**", { cwd: published }).filter(
    (path) => /^(?:checkpoint|tile\/.*)$/.test(path) && statSync(join(published, path)).isFile(),
  )
  const source = await openLogFiles(published)
  const read = () =>
    verifyLog(source, {
      key: parseVkey(vkey),
      second: { key: parseVkey(second), mlDsa44: verifyMlDsa44 },
      hash: nativeHash,
    })
  expect(await read()).toMatchObject({ ok: true })
  const ids: Record<string, number> = {}
  for (let i = 0; i < flips; i++) {
    const path = files[i % files.length] ?? "checkpoint"
    const file = join(published, path)
    const at = random.int(readFileSync(file).length)
    const verdict = await flipped(file, at, read)
    expect([seed, path, at, verdict.ok]).toEqual([seed, path, at, false])
    if (!verdict.ok) ids[verdict.fault.id] = (ids[verdict.fault.id] ?? 0) + 1
  }
  if (isLong) console.log({ seed, flips, ids })
  expect(await read()).toMatchObject({ ok: true })
})
