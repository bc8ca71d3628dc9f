import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { evidenceMigration } from "./evidence-migration.ts"
import { foldFrames, readNumber } from "./fold-rows.ts"
import { type FoldOrder, FoldThread } from "./fold-thread.ts"
import type { Frame } from "./journal.ts"
import { journaled } from "./journaled-statements.ts"
import { RowEncoder } from "./row-codec.ts"
import { openWriter, type SqliteConnection } from "./sqlite-connection.ts"

let folder: string
let file: string
let db: SqliteConnection
let errors: unknown[]
let thread: FoldThread

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-fold-"))
  file = join(folder, "a.db")
  db = openWriter(file)
  db.exec(evidenceMigration.up)
  errors = []
  thread = new FoldThread(file, (error) => errors.push(error))
})
afterEach(() => {
  thread.close()
  db.close()
  rmSync(folder, { recursive: true })
})

const frame = (number: number, action = `act_${number}`): Frame => ({
  number,
  payload: Buffer.from(new RowEncoder().encode([{ sql: journaled.openIntent, values: [action, number] }])),
})
const actions = (): unknown[] =>
  db.all("SELECT action FROM open_intent ORDER BY idx").map((row) => row["action"])

const order = (frames: readonly Frame[]): FoldOrder => ({
  frames,
  number: frames.at(-1)?.number ?? 0,
  isDurable: false,
})

/** Offers an order until the thread, which may still be on its way up, takes it. */
const taken = (of: FoldOrder) => vi.waitUntil(() => thread.take(of), { timeout: 20_000, interval: 5 })

test("what it took is in the tables once it has settled, with the number of the last", async () => {
  await taken(order([frame(1), frame(2)]))
  thread.settle()
  expect(actions()).toEqual(["act_1", "act_2"])
  expect(readNumber(db)).toBe(2)
  await taken(order([frame(3)]))
  thread.settle()
  expect(readNumber(db)).toBe(3)
  expect(errors).toEqual([])
})

test("it takes one order at a time, and what is in the tables already is not brought again", async () => {
  foldFrames(db, { frames: [frame(1)], number: 1 })
  db.exec("BEGIN IMMEDIATE")
  await taken(order([frame(1), frame(2)]))
  expect(thread.isBusy).toBe(true)
  expect(thread.take(order([frame(3)]))).toBe(false)
  db.exec("COMMIT")
  thread.settle()
  expect(actions()).toEqual(["act_1", "act_2"])
})

test("a durable order writes, also with nothing new, for only a commit that writes waits for the disk", async () => {
  const walBytes = (): number => statSync(`${file}-wal`).size
  await taken(order([frame(1), frame(2)]))
  thread.settle()
  let before = walBytes()
  await taken({ frames: [], number: 2, isDurable: false })
  thread.settle()
  expect(walBytes()).toBe(before)
  await taken({ frames: [], number: 2, isDurable: true })
  thread.settle()
  expect(walBytes()).toBeGreaterThan(before)
  // The thread that commits brings some itself, and does not wait.
  foldFrames(db, { frames: [frame(3)], number: 3 })
  before = walBytes()
  await taken({ frames: [frame(3)], number: 3, isDurable: true })
  thread.settle()
  expect(walBytes()).toBeGreaterThan(before)
  expect(readNumber(db)).toBe(3)
  expect(errors).toEqual([])
})

test("frames that it cannot bring are left to whoever offered them, and it takes nothing more", async () => {
  await taken(order([frame(1), { number: 2, payload: Buffer.from("no rows of ours") }]))
  thread.settle()
  expect(thread.hasFailed).toBe(true)
  expect(thread.take(order([frame(1)]))).toBe(false)
  expect(actions()).toEqual([])
  expect(readNumber(db)).toBe(0)
  await vi.waitFor(() => expect(errors).toHaveLength(1))
  foldFrames(db, { frames: [frame(1)], number: 1 })
  expect(actions()).toEqual(["act_1"])
})

test("it lets go of the database, also when it was closed on its way up", async () => {
  expect(thread.take(order([frame(1)]))).toBe(false)
  thread.close()
  thread = new FoldThread(file, (error) => errors.push(error))
  await taken(order([frame(1)]))
  thread.close()
  expect(thread.take(order([frame(2)]))).toBe(false)
  expect(actions()).toEqual(["act_1"])
  db.close()
  expect(existsSync(`${file}-wal`)).toBe(false)
})

test("a database that is not there fails it, and nothing waits for it", async () => {
  const other = new FoldThread(join(folder, "missing", "b.db"), (error) => errors.push(error))
  expect(other.take(order([frame(1)]))).toBe(false)
  await vi.waitFor(() => expect(other.hasFailed).toBe(true), { timeout: 20_000 })
  // Before it is ended: what it had still to say is lost then.
  await vi.waitFor(() => expect(errors).toHaveLength(1), { timeout: 20_000 })
  other.close()
})
