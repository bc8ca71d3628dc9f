import { spawn } from "node:child_process"
import { once } from "node:events"
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { prepareDataFolder } from "./data-folder.ts"
import { migrate } from "./migrate.ts"
import { note, type Scratch, scratch } from "./scratch-store.ts"
import { openWriter } from "./sqlite-connection.ts"
import { openStore } from "./store.ts"

const writerFile = fileURLToPath(new URL("crash-writer.ts", import.meta.url))
const isWindows = process.platform === "win32"
const isRoot = process.getuid?.() === 0

let place: Scratch
beforeEach(() => {
  place = scratch()
})
afterEach(() => place.remove())

describe("the lock of a data folder", () => {
  test("refuses a second node in the same process, and lets the next one in after a close", async () => {
    const first = await openStore(place.options())
    await expect(openStore(place.options())).rejects.toMatchObject({
      code: "data_folder_in_use",
      message: expect.stringContaining(`process ${process.pid}`) as string,
    })
    await first.ledger.append(note())
    await first.close()
    const second = await openStore(place.options())
    expect(second.ledger.size()).toBe(1)
    await second.close()
  })

  test("names the process that has it, and ends with that process however it dies", async () => {
    const child = spawn(process.execPath, [writerFile, place.dataDir], {
      stdio: ["ignore", "pipe", "inherit"],
    })
    const exited = once(child, "exit")
    await once(child.stdout, "data")
    child.stdout.resume()
    await expect(openStore(place.options())).rejects.toThrow(`process ${child.pid}`)
    child.kill("SIGKILL")
    await exited
    // The other process had the real time; this one has to be past it.
    place.clock.set(Date.now() + 1_000)
    const store = await openStore(place.options())
    await store.ledger.append(note())
    await store.close()
  })
})

describe.skipIf(isWindows)("the data folder", () => {
  test("is closed to other accounts, with everything in it", async () => {
    const store = await openStore(place.options())
    await store.ledger.append(note())
    const modes = ["", "keys", "keys/ledger.key", "keys/vault.key", "hufu.db", "hufu.db-wal"].map(
      (name) => statSync(join(place.dataDir, name)).mode & 0o777,
    )
    await store.close()
    expect(modes).toEqual([0o700, 0o700, 0o600, 0o600, 0o600, 0o600])
  })

  test("is tightened when it is new, and refused when it was opened to others later", async () => {
    mkdirSync(place.dataDir, { mode: 0o755 })
    await (await openStore(place.options())).close()
    expect(statSync(place.dataDir).mode & 0o777).toBe(0o700)
    chmodSync(place.dataDir, 0o750)
    await expect(openStore(place.options())).rejects.toMatchObject({ code: "unsafe_permissions" })
  })

  test("with a key that others may read, or that is only a link, is refused", async () => {
    await (await openStore(place.options())).close()
    const key = join(place.dataDir, "keys", "ledger.key")
    chmodSync(key, 0o640)
    await expect(openStore(place.options())).rejects.toMatchObject({ code: "unsafe_permissions" })
    chmodSync(key, 0o600)
    await (await openStore(place.options())).close()
    const moved = join(place.dataDir, "elsewhere")
    writeFileSync(moved, readFileSync(key), { mode: 0o600 })
    rmSync(key)
    symlinkSync(moved, key)
    await expect(openStore(place.options())).rejects.toMatchObject({ code: "unsafe_permissions" })
  })

  test.skipIf(!isRoot)("with a key of another account is refused", async () => {
    await (await openStore(place.options())).close()
    chownSync(join(place.dataDir, "keys", "vault.key"), 65_534, 65_534)
    await expect(openStore(place.options())).rejects.toMatchObject({ code: "unsafe_permissions" })
  })
})

describe("the keys of a data folder", () => {
  test("belong to its database: neither goes without the other", async () => {
    const store = await openStore(place.options())
    await store.commit((tx) => store.vault.enroll(tx, "tsk_a"))
    await store.close()
    const keys = ["ledger.key", "vault.key"].map((name) => join(place.dataDir, "keys", name))
    for (const [i, code] of ["ledger_ambiguous", "vault_damaged"].entries()) {
      const path = keys[i] ?? ""
      const kept = readFileSync(path)
      rmSync(path)
      await expect(openStore(place.options())).rejects.toMatchObject({ code })
      writeFileSync(path, Buffer.from("A".repeat(43)), { mode: 0o600 })
      await expect(openStore(place.options())).rejects.toMatchObject({ code })
      writeFileSync(path, kept, { mode: 0o600 })
    }
    await (await openStore(place.options())).close()
    rmSync(join(place.dataDir, "hufu.db"))
    await expect(openStore(place.options())).rejects.toMatchObject({ code: "ledger_ambiguous" })
  })

  test("are made anew when the very first start was cut short", async () => {
    const writer = openWriter(prepareDataFolder(place.dataDir).database)
    migrate(writer)
    writer.run("INSERT INTO meta (key, value) VALUES ('ledger.origin', 'localhost/a'), ('ledger.key', 'b')")
    writer.close()
    const store = await openStore(place.options())
    await store.ledger.append(note())
    await store.close()
    await (await openStore(place.options())).close()
  })
})
