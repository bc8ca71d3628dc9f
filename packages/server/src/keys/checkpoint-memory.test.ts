import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pino } from "pino"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { createBackup } from "../backup/create-backup.ts"
import { restoreBackup } from "../backup/restore-backup.ts"
import { systemClock } from "../clock.ts"
import { Config } from "../config.ts"
import { startNode } from "../node.ts"
import { usedDataFolder } from "../store/data-folder.ts"
import { note } from "../store/scratch-store.ts"
import { openStore, type Store } from "../store/store.ts"
import { forgetCheckpoint, openCheckpointMemory } from "./checkpoint-memory.ts"
import { writeStandIn } from "./testing/stand-in-keychain.ts"
import { keepVaultKey, readVaultKey } from "./vault-key.ts"

// The keychain's command is a stand-in here; whatever reads and writes it is the node's own.

vi.setConfig({ testTimeout: 120_000 })
const silent = pino({ level: "silent" })
let folder = ""
let dataDir = ""
let warnings: string[]
const logger = { warn: (...of: unknown[]) => void warnings.push(String(of.at(-1))) }

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "hufu-memory-"))
  dataDir = join(folder, "data")
  warnings = []
  writeStandIn(join(folder, "secret-tool"))
  vi.stubEnv("PATH", folder)
  await grow(1)
  await seal(dataDir)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

const nobody = () => Promise.reject(new Error("nobody is asked"))

async function seal(of: string): Promise<void> {
  const used = usedDataFolder(of)
  await keepVaultKey(used, await readVaultKey(used, nobody), { mode: "keychain" })
}

const open = (of = dataDir): Promise<Store> => openStore({ dataDir: of, clock: systemClock, logger: silent })

/** A ledger that goes on by so many entries while nothing remembers it. */
async function grow(count: number, of = dataDir): Promise<void> {
  const store = await open(of)
  for (let i = 0; i < count; i++) await store.ledger.append(note())
  await store.close()
}

/** What a node does with its memory, from its start to its stop, with so many entries between. */
async function live(count: number, { of = dataDir, withinMs = 60_000 } = {}): Promise<number> {
  const store = await open(of)
  try {
    const memory = await openCheckpointMemory({ store, ledger: store.ledger, logger, withinMs })
    for (let i = 0; i < count; i++) await store.ledger.append(note())
    await store.close()
    await memory?.close()
    return store.ledger.size()
  } finally {
    await store.close()
  }
}

// With its modes, as whoever puts a copy back does.
function copyTo(to: string, from: string): string {
  rmSync(to, { recursive: true, force: true })
  execFileSync("/bin/cp", ["-a", from, to])
  return to
}
const copyOf = (name: string): string => copyTo(join(folder, name), dataDir)
const swapIn = (copy: string): string => copyTo(dataDir, copy)

describe.skipIf(process.platform !== "linux")("the keychain's memory of the ledger", () => {
  it("refuses a node on an older copy of its data folder, and lets the newest one start", async () => {
    const start = () =>
      startNode({ dataDir, config: Config.parse({ port: 0 }), expose: false, logger: silent })
    await (await start()).close()
    const older = copyOf("older")
    await (await start()).close()
    const newest = copyOf("newest")
    swapIn(older)
    await expect(start()).rejects.toMatchObject({
      code: "ledger_rolled_back",
      message: expect.stringMatching(
        /keychain remembers \d+ entries of this ledger, and here are \d+.*bring back the newest one/,
      ) as string,
    })
    swapIn(newest)
    await (await start()).close()
  })

  it("refuses an older copy that went on unnoticed, until a restore states the gap", async () => {
    await live(5)
    const older = copyOf("older")
    await live(5)
    swapIn(older)
    await grow(9)
    await expect(live(0)).rejects.toMatchObject({
      code: "ledger_forked",
      message: expect.stringContaining("remembers another history") as string,
    })
    swapIn(older)
    await expect(live(0)).rejects.toMatchObject({ code: "ledger_rolled_back" })
    const file = join(folder, "older.hufu")
    const passphrase = "a passphrase of a test"
    await createBackup({
      dataDir,
      file,
      passphrase,
      vaultKey: () => readVaultKey(usedDataFolder(dataDir), nobody),
      fold: async () => (await open()).close(),
      files: [],
      now: Date.now(),
      version: "test",
    })
    rmSync(dataDir, { recursive: true })
    const { epoch } = await restoreBackup({
      file,
      dataDir,
      passphrase: () => Promise.resolve(passphrase),
      keysFrom: null,
      held: null,
    })
    await seal(dataDir)
    const size = await live(3)
    expect(size).toBeGreaterThan(epoch)
    // The history before the restore is what the keychain would not take any more.
    expect(await live(1)).toBe(size + 1)
  })

  it("keeps it while the node runs, whenever it is new", async () => {
    const store = await open()
    const memory = await openCheckpointMemory({ store, ledger: store.ledger, logger, everyMs: 20 })
    const { index } = await store.ledger.append(note())
    await store.ledger.awaitCheckpoint(index)
    const kept = () =>
      readdirSync(folder)
        .filter((name) => name.startsWith("kept-"))
        .map((name) => readFileSync(join(folder, name), "utf8"))
    await vi.waitFor(() => expect(kept()).toContainEqual(expect.stringMatching(`^1-${index + 1}-`)), 20_000)
    await store.close()
    await memory?.close()
    await forgetCheckpoint(store.folder, store.ledger.origin)
    expect(kept().filter((text) => text.startsWith("1-"))).toEqual([])
  })

  it("holds nobody up where the keychain fails or does not answer, and says so", async () => {
    const vaultOnly = (otherwise: string) => {
      const pointer = readFileSync(join(dataDir, "keys", "vault.keychain"), "utf8")
      const { account } = JSON.parse(pointer) as { account: string }
      writeStandIn(join(folder, "all"))
      writeFileSync(
        join(folder, "secret-tool"),
        `#!/bin/sh\ncase "$*" in *${account}) exec ${folder}/all "$@";; *) ${otherwise};; esac\n`,
        { mode: 0o755 },
      )
    }
    vaultOnly("exit 1")
    expect(await live(2)).toBe(3)
    expect(warnings).toEqual([
      expect.stringContaining("gives no checkpoint"),
      expect.stringContaining("could not be kept"),
      expect.stringContaining("could not be kept"),
    ])
    vaultOnly("exec /bin/sleep 60")
    expect(await live(2, { withinMs: 100 })).toBe(5)
  })

  it("is not asked where the vault's key is not there", async () => {
    const used = usedDataFolder(dataDir)
    await keepVaultKey(used, await readVaultKey(used, nobody), { mode: "file" })
    const store = await open()
    expect(await openCheckpointMemory({ store, ledger: store.ledger, logger })).toBeUndefined()
    await store.close()
  })
})
