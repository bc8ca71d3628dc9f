import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { LogCopier } from "./log-copier.ts"
import { openWriter, type SqliteConnection } from "./sqlite-connection.ts"

const enough = 8 * 1024 * 1024
const marker = "marker-of-a-row"

let folder: string
let file: string
let db: SqliteConnection
let errors: unknown[]
let copied: PromiseWithResolvers<void>
let copier: LogCopier

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-copier-"))
  file = join(folder, "a.db")
  db = openWriter(file)
  db.exec("CREATE TABLE t (x TEXT) STRICT")
  errors = []
  copied = Promise.withResolvers<void>()
  copier = new LogCopier(file, { copied: copied.resolve, error: (error) => errors.push(error) })
})
afterEach(() => {
  copier.close()
  db.close()
  rmSync(folder, { recursive: true })
})

const isInDatabase = (): boolean => readFileSync(file).includes(marker)

test("what was gathered is in the database once it has settled, and before that only when it is much", async () => {
  db.run("INSERT INTO t VALUES (?)", marker)
  copier.gathered(enough - 1)
  copier.settle()
  expect(isInDatabase()).toBe(false)
  copier.gathered(1)
  copier.settle()
  expect(isInDatabase()).toBe(true)
  await copied.promise
  expect(errors).toEqual([])
})

test("the log can be truncated as soon as a copy has settled, and goes with the last connection", () => {
  for (let n = 0; n < 50; n += 1) {
    db.run("INSERT INTO t VALUES (?)", marker.repeat(10_000))
    copier.gathered(enough)
    copier.settle()
    expect(db.all("PRAGMA wal_checkpoint(TRUNCATE)")[0]?.["busy"]).toBe(0)
  }
  copier.close()
  db.close()
  expect(existsSync(`${file}-wal`)).toBe(false)
})

test("a database that cannot be opened costs nothing but the copy, and is told once", async () => {
  const told = Promise.withResolvers<unknown>()
  const broken = new LogCopier(join(folder, "missing", "b.db"), {
    copied: () => told.reject(new Error("nothing was copied")),
    error: told.resolve,
  })
  broken.gathered(enough)
  broken.settle()
  expect(await told.promise).toBeInstanceOf(Error)
  broken.gathered(enough)
  broken.close()
})
