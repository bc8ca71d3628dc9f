import { closeSync, openSync, readFileSync, readSync, writeSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { intentOf, newAction, outcomeOf, type Scratch, scratch } from "../store/scratch-store.ts"
import { openStore, type Store } from "../store/store.ts"
import { exportLog } from "./publish/export-log.ts"
import { type Scrub, startScrub } from "./scrub.ts"

let place: Scratch
let store: Store
let scrub: Scrub | undefined
let logged: string[]

beforeEach(async () => {
  place = scratch()
  logged = []
  store = await openStore(place.options())
  const actions = Array.from({ length: 300 }, newAction)
  await Promise.all(actions.map((action) => store.ledger.append(intentOf(action))))
  await Promise.all(actions.slice(0, 290).map((action) => store.ledger.append(outcomeOf(action))))
  await store.commit((tx) => store.vault.put(tx, { id: "kept", subject: "tsk_a", value: "a secret" }))
  // Everything is in the database's one file then, and the node runs again.
  await store.close()
  store = await openStore(place.options())
})
afterEach(async () => {
  await scrub?.close()
  scrub = undefined
  await store.close()
  place.remove()
})

function start(published?: string): Scrub {
  const folder = published === undefined ? undefined : { folder: published, vkey: store.ledger.vkey }
  scrub = startScrub({
    database: store.folder.database,
    published: folder,
    entriesPerSecond: 100_000,
    restMs: 10,
    clock: place.clock,
    logger: { error: (_of: unknown, text?: string) => void logged.push(text ?? ""), warn: () => {} },
  })
  return scrub
}

const found = (each: Scrub) =>
  vi.waitFor(() => {
    const { fault } = each.state()
    if (fault === null) throw new Error("nothing was found yet")
    return fault
  }, 20_000)

const sound = (each: Scrub) =>
  vi.waitFor(() => {
    if (each.state().soundAt === null) throw new Error("it has not read everything yet")
  }, 20_000)

/** Flips one bit of the file itself, while the node has it open. */
function flip(at: number): void {
  const file = openSync(store.folder.database, "r+")
  const byte = Buffer.alloc(1)
  readSync(file, byte, 0, 1, at)
  byte[0] = (byte[0] ?? 0) ^ 1
  writeSync(file, byte, 0, 1, at)
  closeSync(file)
}

function placeOf(bytes: Uint8Array): number {
  const at = readFileSync(store.folder.database).indexOf(bytes)
  expect(at).toBeGreaterThan(0)
  return at
}

test("a sound ledger is read to its end, with what comes meanwhile, and nothing is said", async () => {
  const each = start()
  await store.ledger.append(intentOf(newAction()))
  await sound(each)
  expect(each.state()).toMatchObject({ soundAt: place.clock.now(), fault: null })
  expect(logged).toEqual([])
})

test("a bit that flips in an entry of a running node is named, logged once, stays named and is not repaired", async () => {
  const each = start()
  await sound(each)
  const at = placeOf(store.ledger.entry(20).bytes) + 30
  flip(at)
  const flipped = readFileSync(store.folder.database)[at]
  expect(await found(each)).toMatchObject({ table: "entry", row: "20", zh: "第 20 条与其叶哈希不符" })
  expect(logged).toEqual(["the ledger is not sound: entry 20 does not hash to its leaf"])
  expect(readFileSync(store.folder.database)[at]).toBe(flipped)
  // Whoever puts the bit back does not undo that it was seen.
  flip(at)
  place.clock.set(place.clock.now() + 1000)
  await vi.waitFor(() => expect(each.state().soundAt).toBe(place.clock.now()), 20_000)
  expect(each.state().fault).toMatchObject({ row: "20" })
  expect(logged).toHaveLength(1)
})

test("a bit that flips in a leaf hash, a tile or a checkpoint is named", async () => {
  const { hash } = store.ledger.entry(30)
  const note = Buffer.from(store.ledger.checkpoint().note)
  const tiles = new DatabaseSync(store.folder.database, { readOnly: true })
  const tile = tiles.prepare("SELECT bytes FROM tile WHERE level = 0 AND n = 1").get()?.[
    "bytes"
  ] as Uint8Array
  tiles.close()
  for (const [bytes, offset, fault] of [
    [note, 90, { table: "checkpoint", row: "590" }],
    // The entry's own copy of the hash is in another place: a tile's begins with that of entry 256.
    [tile.subarray(0, 128), 40, { table: "tile", row: "0/1" }],
    [hash, 3, { table: expect.stringMatching(/^(?:entry|tile)$/) as string }],
  ] as const) {
    const at = placeOf(bytes) + offset
    flip(at)
    expect(await found(start())).toMatchObject(fault)
    await scrub?.close()
    flip(at)
  }
})

test("a page that SQLite cannot read is named as damage of the database", async () => {
  // The root page of the table of entries says what kind of page it is in its first byte.
  const db = new DatabaseSync(store.folder.database, { readOnly: true })
  const root = Number(
    db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'entry'").get()?.["rootpage"],
  )
  const size = Number(db.prepare("PRAGMA page_size").get()?.["page_size"])
  db.close()
  flip((root - 1) * size)
  expect(await found(start())).toMatchObject({ table: "database" })
  flip((root - 1) * size)
})

test("a row of the vault that lost its form is named", async () => {
  const db = new DatabaseSync(store.folder.database)
  db.exec("PRAGMA ignore_check_constraints = ON; UPDATE vault SET nonce = x'00'")
  db.close()
  expect(await found(start())).toMatchObject({ table: "vault", row: "kept" })
})

test("a published file that was altered is named", async () => {
  const folder = join(place.dataDir, "..", "published")
  await exportLog(store.folder.database, folder, { logger: { warn: () => {} } })
  const each = start(folder)
  await sound(each)
  const file = openSync(join(folder, "tile/entries/001"), "r+")
  writeSync(file, "x", 500)
  closeSync(file)
  expect(await found(each)).toMatchObject({ table: "published", row: "tile/0/001" })
})
