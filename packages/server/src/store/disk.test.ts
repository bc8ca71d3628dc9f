import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, chownSync, readdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { checkStore } from "./contract.ts"
import { note, type Scratch, scratch } from "./scratch-store.ts"
import { openStore } from "./store.ts"

const tablesLimit = 2 * 1024 * 1024
/** The journal has its full size from the start: what grows beyond it is the database's log. */
const journalLimit = 9 * 1024 * 1024
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

interface FullDisk {
  /** What the writer says next. */
  report(): Promise<Record<string, unknown>>
  /** Takes the limit away. */
  makeRoom(): void
  kill(): Promise<void>
  /** Resolves with its exit code. */
  ended(): Promise<unknown>
}

/** A writer whose files cannot grow beyond a limit, until there is room. */
function onFullDisk(limitBytes: number, ...args: string[]): FullDisk {
  const limit = [`--fsize=${limitBytes}:unlimited`, process.execPath, fullDiskWriter, place.dataDir, ...args]
  const child = spawn("prlimit", limit, { stdio: ["pipe", "pipe", "inherit"] })
  const exited = once(child, "exit")
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    report: async () => JSON.parse((await lines.next()).value ?? "{}"),
    makeRoom() {
      execFileSync("prlimit", ["--pid", String(child.pid), "--fsize=unlimited:unlimited"])
      child.stdin.end("there is room\n")
    },
    async kill() {
      child.kill("SIGKILL")
      await exited
    },
    ended: async () => (await exited)[0],
  }
}

async function expectEntries(size: number): Promise<void> {
  place.clock.set(Date.now() + 1_000)
  const store = await openStore(place.options())
  await checkStore(store, size)
  await store.close()
}

test("a disk that is full refuses writes, loses nothing, and serves again when there is room", async (context) => {
  context.skip(!hasPrlimit(), "needs prlimit, which limits how far a file may grow")
  await (await openStore(place.options())).close()
  const disk = onFullDisk(tablesLimit)
  const full = await disk.report()
  expect(full).toMatchObject({
    first: "store_unavailable",
    again: "store_unavailable",
    size: full["written"],
    read: full["written"],
  })
  disk.makeRoom()
  const later = await disk.report()
  expect(later).toMatchObject({ later: "none", size: later["written"], verdict: { ok: true } })
  expect(await disk.ended()).toBe(0)
  await expectEntries(Number(later["written"]))
})

describe("a disk that is full under what is journaled", () => {
  test("takes what the journal holds, shows nothing that lacks it, and serves again when there is room", async (context) => {
    context.skip(!hasPrlimit(), "needs prlimit, which limits how far a file may grow")
    await (await openStore(place.options())).close()
    const disk = onFullDisk(journalLimit, "journal")
    const full = await disk.report()
    expect(full).toMatchObject({
      first: "store_unavailable",
      again: "store_unavailable",
      size: full["written"],
      // A reader would miss what is acknowledged.
      read: "store_unavailable",
    })
    // Once, not for every batch.
    expect(full["told"]).toBe(1)
    disk.makeRoom()
    const later = await disk.report()
    expect(later).toMatchObject({
      later: "none",
      size: later["written"],
      read: later["written"],
      verdict: { ok: true },
    })
    expect(await disk.ended()).toBe(0)
    await expectEntries(Number(later["written"]))
  }, 30_000)

  test("has all that was acknowledged when the node is killed meanwhile", async (context) => {
    context.skip(!hasPrlimit(), "needs prlimit, which limits how far a file may grow")
    await (await openStore(place.options())).close()
    const disk = onFullDisk(journalLimit, "journal")
    const full = await disk.report()
    await disk.kill()
    await expectEntries(Number(full["written"]))
  }, 30_000)
})

test("a store that closes on a full disk leaves all in the journal, and lets the data folder go", async (context) => {
  context.skip(!hasPrlimit(), "needs prlimit, which limits how far a file may grow")
  await (await openStore(place.options())).close()
  const disk = onFullDisk(journalLimit, "close")
  const full = await disk.report()
  // The next start brings it into the tables or has no room for that either; nobody else has the folder.
  expect(await disk.report()).toEqual({
    closed: "store_unavailable",
    reopened: expect.stringMatching(/^(none|store_unavailable)$/) as string,
  })
  disk.makeRoom()
  expect(await disk.report()).toEqual({ reopened: "none" })
  expect(await disk.ended()).toBe(0)
  await expectEntries(Number(full["written"]))
}, 30_000)

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
