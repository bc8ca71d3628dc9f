import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { openRollingLog, type RollingLog } from "./rolling-log.ts"

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-log-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const bytes = 1000
const line = (n: number) => `${String(n).padStart(99, "0")}\n`

/** Each line is on the disk before the next, as it is where a node has something to say now and then. */
async function writeLines(log: RollingLog, from: number, to: number): Promise<void> {
  for (let n = from; n < to; n++) {
    const drained = new Promise<void>((resolve) => log.once("drain", resolve))
    log.write(line(n))
    await drained
  }
}

async function end(log: RollingLog): Promise<void> {
  const closed = new Promise<void>((resolve) => log.once("close", resolve))
  log.end()
  await closed
}

const files = () => readdirSync(folder).toSorted()

test("files are begun at their size, and the oldest go, of earlier runs too", async () => {
  writeFileSync(join(folder, "other.log"), "")
  const log = openRollingLog(folder, { bytes, files: 2 })
  await writeLines(log, 0, 45)
  await end(log)
  expect(files()).toEqual(["hufu.3.log", "hufu.4.log", "hufu.5.log", "other.log"])
  const kept = [3, 4, 5].map((n) => readFileSync(join(folder, `hufu.${n}.log`), "utf8")).join("")
  expect(kept).toBe(Array.from({ length: 25 }, (_, n) => line(20 + n)).join(""))

  const next = openRollingLog(folder, { bytes, files: 1 })
  expect(files()).toEqual(["hufu.4.log", "hufu.5.log", "other.log"])
  await writeLines(next, 45, 55)
  await end(next)
  expect(files()).toEqual(["hufu.5.log", "hufu.6.log", "other.log"])
  expect(readFileSync(join(folder, "hufu.6.log"), "utf8")).toBe(
    Array.from({ length: 5 }, (_, n) => line(50 + n)).join(""),
  )
  if (process.platform !== "win32") expect(statSync(join(folder, "hufu.6.log")).mode & 0o777).toBe(0o600)
})

test("lines that come faster than the disk are all kept", async () => {
  const log = openRollingLog(folder, { bytes, files: 1000 })
  const drained = new Promise<void>((resolve) => log.once("drain", resolve))
  for (let n = 0; n < 500; n++) log.write(line(n))
  await drained
  await writeLines(log, 500, 510)
  await end(log)
  const kept = files()
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("")
  expect(kept).toBe(Array.from({ length: 510 }, (_, n) => line(n)).join(""))
})
