import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, chownSync, readdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, expect, test } from "vitest"
import { checkStore } from "./contract.ts"
import { note, type Scratch, scratch } from "./scratch-store.ts"
import { openStore } from "./store.ts"

const limitBytes = 2 * 1024 * 1024
const nobody = 65_534
const fullDiskWriter = fileURLToPath(new URL("full-disk-writer.ts", import.meta.url))
const crashWriter = fileURLToPath(new URL("crash-writer.ts", import.meta.url))
const isRoot = process.getuid?.() === 0

let place: Scratch
beforeEach(() => {
  place = scratch()
})
afterEach(() => place.remove())

function hasPrlimit(): boolean {
  try {
    execFileSync("prlimit", ["--version"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

test("a disk that is full refuses writes, loses nothing, and serves again when there is room", async (context) => {
  context.skip(!hasPrlimit(), "needs prlimit, which limits how far a file may grow")
  await (await openStore(place.options())).close()
  const limit = ["--fsize=" + limitBytes + ":unlimited", process.execPath, fullDiskWriter, place.dataDir]
  const child = spawn("prlimit", limit, { stdio: ["pipe", "pipe", "inherit"] })
  const exited = once(child, "exit")
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const report = async (): Promise<Record<string, unknown>> => JSON.parse((await lines.next()).value ?? "{}")
  const full = await report()
  expect(full).toMatchObject({
    first: "store_unavailable",
    again: "store_unavailable",
    size: full["written"],
  })
  execFileSync("prlimit", ["--pid", String(child.pid), "--fsize=unlimited:unlimited"])
  child.stdin.end("there is room\n")
  const later = await report()
  expect(later).toMatchObject({ later: "none", size: later["written"], verdict: { ok: true } })
  expect(await exited).toEqual([0, null])
  place.clock.set(Date.now() + 1_000)
  const store = await openStore(place.options())
  await checkStore(store, Number(later["written"]))
  await store.close()
})

test("a data folder that cannot be written is refused with the reason", async () => {
  await (await openStore(place.options())).close()
  if (!isRoot) {
    chmodSync(place.dataDir, 0o500)
    await expect(openStore(place.options())).rejects.toMatchObject({ code: "store_unavailable" })
    chmodSync(place.dataDir, 0o700)
    return
  }
  // Modes do not bind the superuser, so another account tries.
  for (const name of ["", ...readdirSync(place.dataDir), "keys/ledger.key", "keys/vault.key"]) {
    chownSync(join(place.dataDir, name), nobody, nobody)
  }
  chmodSync(dirname(place.dataDir), 0o755)
  chmodSync(place.dataDir, 0o500)
  const child = spawn(process.execPath, [crashWriter, place.dataDir], {
    uid: nobody,
    gid: nobody,
    stdio: ["ignore", "ignore", "pipe"],
  })
  const exited = once(child, "exit")
  let said = ""
  for await (const chunk of child.stderr) said += String(chunk)
  expect(await exited).toEqual([1, null])
  expect(said).toContain("store_unavailable")
})

test("a failed commit leaves memory and database as they were", async () => {
  const store = await openStore(place.options())
  await store.ledger.append(note())
  // A deferred constraint fails in COMMIT itself, after every unit of the batch has run.
  const broken = store.commit((tx) => {
    tx.append(note())
    tx.run("PRAGMA defer_foreign_keys = ON")
    tx.run("INSERT INTO vault (id, subject, nonce, body) VALUES ('x', 'nobody', zeroblob(12), zeroblob(16))")
  })
  const neighbour = store.ledger.append(note())
  await expect(broken).rejects.toMatchObject({ code: "store_unavailable" })
  await expect(neighbour).rejects.toMatchObject({ code: "store_unavailable" })
  expect(await store.ledger.append(note())).toEqual({ index: 1 })
  await checkStore(store, 2)
  await store.close()
})
