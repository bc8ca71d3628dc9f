import { spawnSync } from "node:child_process"
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { pino } from "pino"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { systemClock } from "../clock.ts"
import { note } from "../store/scratch-store.ts"
import { usedDataFolder } from "../store/data-folder.ts"
import { openStore } from "../store/store.ts"
import { findKeychain } from "./keychain.ts"
import { rotateLedgerKey, rotateVaultKey } from "./rotate-keys.ts"
import { sealByPassphrase, unsealByPassphrase } from "./sealed-by-passphrase.ts"
import { writeStandIn } from "./testing/stand-in-keychain.ts"
import { keepVaultKey, readVaultKey, removeVaultKey, vaultKeyMode } from "./vault-key.ts"

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 })

const passphrase = "a passphrase of a test"
const ask = () => Promise.resolve(passphrase)
const logger = pino({ level: "silent" })
let folder = ""
let dataDir = ""

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "hufu-keys-"))
  dataDir = join(folder, "data")
  const store = await openStore({ dataDir, clock: systemClock, logger })
  await store.commit((tx) => {
    for (const subject of ["tsk_a", "tsk_b"])
      store.vault.put(tx, { id: `${subject}/x`, subject, value: { of: subject } })
    tx.append(note())
  })
  await store.close()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** The node starts, opens what is in the vault, and its ledger is sound in every byte. */
async function expectWhole(of = dataDir) {
  const store = await openStore({ dataDir: of, clock: systemClock, logger, passphrase: ask })
  try {
    expect(store.vault.get("tsk_a/x")).toEqual({ of: "tsk_a" })
    expect(store.vault.get("tsk_b/x")).toEqual({ of: "tsk_b" })
    expect(await store.ledger.verify()).toMatchObject({ ok: true })
    return { vkey: store.ledger.vkey, size: store.ledger.size() }
  } finally {
    await store.close()
  }
}

const keyFiles = (of = dataDir) => readdirSync(join(of, "keys")).toSorted()

describe("sealing by a passphrase", () => {
  it("gives the text back to the same passphrase and name, and to nothing else", async () => {
    const sealed = await sealByPassphrase("one", "secret text", passphrase)
    expect(sealed).not.toContain("secret text")
    expect(await unsealByPassphrase("one", sealed, passphrase)).toBe("secret text")
    await expect(unsealByPassphrase("two", sealed, passphrase)).rejects.toMatchObject({
      code: "wrong_secret",
    })
    await expect(unsealByPassphrase("one", sealed, `${passphrase}.`)).rejects.toMatchObject({
      code: "wrong_secret",
    })
    await expect(unsealByPassphrase("one", "{}", passphrase)).rejects.toMatchObject({ code: "invalid_input" })
    const costly = JSON.stringify({ ...(JSON.parse(sealed) as object), N: 2 ** 30 })
    await expect(unsealByPassphrase("one", costly, passphrase)).rejects.toMatchObject({
      code: "invalid_input",
    })
    await expect(sealByPassphrase("one", "x", "too short")).rejects.toMatchObject({ code: "invalid_input" })
  })

  it("leaves no plain key behind, is asked for at a start, and is refused where nobody can be asked", async () => {
    const used = usedDataFolder(dataDir)
    const text = await readVaultKey(used, ask)
    await keepVaultKey(used, text, { mode: "passphrase", passphrase })
    expect(keyFiles()).toEqual(["ledger.key", "vault.sealed"])
    expect(readFileSync(join(dataDir, "keys", "vault.sealed"), "utf8")).not.toContain(text)
    await expectWhole()
    await expect(openStore({ dataDir, clock: systemClock, logger })).rejects.toMatchObject({
      code: "vault_sealed",
    })
    const wrong = () => Promise.resolve("another passphrase")
    await expect(openStore({ dataDir, clock: systemClock, logger, passphrase: wrong })).rejects.toMatchObject(
      { code: "wrong_secret" },
    )
    await keepVaultKey(used, text, { mode: "file" })
    expect(keyFiles()).toEqual(["ledger.key", "vault.key"])
    await expectWhole()
  })
})

describe("rotation", () => {
  it("puts the vault under another key, and the one before opens nothing any more", async () => {
    const before = readFileSync(join(dataDir, "keys", "vault.key"))
    expect(await rotateVaultKey(dataDir, ask)).toEqual({ subjects: 2 })
    expect(readFileSync(join(dataDir, "keys", "vault.key"))).not.toEqual(before)
    expect(keyFiles()).toEqual(["ledger.key", "vault.key"])
    await expectWhole()
    writeFileSync(join(dataDir, "keys", "vault.key"), before)
    await expect(openStore({ dataDir, clock: systemClock, logger })).rejects.toMatchObject({
      code: "vault_damaged",
    })
  })

  it("gives the ledger another key again and again, and what the former ones signed stays verifiable", async () => {
    const keys = new Set([(await expectWhole()).vkey])
    for (let i = 0; i < 3; i++) {
      keys.add((await rotateLedgerKey(dataDir, ask)).key)
      const store = await openStore({ dataDir, clock: systemClock, logger })
      await store.ledger.append(note())
      await store.close()
    }
    expect(keys.size).toBe(4)
    const { vkey, size } = await expectWhole()
    expect([...keys].at(-1)).toBe(vkey)
    expect(size).toBe(7)
  })

  it("refuses a former key that the ledger does not name", async () => {
    await rotateLedgerKey(dataDir, ask)
    const { DatabaseSync } = await import("node:sqlite")
    const db = new DatabaseSync(join(dataDir, "hufu.db"))
    const row = db.prepare("SELECT value FROM meta WHERE key = 'ledger.formerKeys'").get()
    const forged = String(row?.["value"]).replace(/"until":\d+/, '"until":1')
    db.prepare("UPDATE meta SET value = ? WHERE key = 'ledger.formerKeys'").run(forged)
    db.close()
    await expect(openStore({ dataDir, clock: systemClock, logger })).rejects.toMatchObject({
      code: "ledger_ambiguous",
    })
  })

  const program = fileURLToPath(new URL("./killed-at-step.ts", import.meta.url))
  it.each(["vault", "ledger", "seal"])(
    "of %s survives kill -9 before every step on the disk",
    async (work) => {
      let isDone = false
      let killed = 0
      for (let step = 1; !isDone; step++) {
        const copy = join(folder, `${work}-${step}`)
        cpSync(dataDir, copy, { recursive: true })
        for (const each of [copy, join(copy, "keys")]) chmodSync(each, 0o700)
        const ran = spawnSync(process.execPath, [program, copy, work, String(step)], { encoding: "utf8" })
        isDone = ran.stdout.includes("done")
        if (!isDone) {
          expect([step, ran.signal, ran.stderr]).toEqual([step, "SIGKILL", expect.any(String)])
          killed += 1
        }
        await expectWhole(copy)
        expect([step, keyFiles(copy).filter((name) => name.endsWith(".key.next"))]).toEqual([step, []])
        rmSync(copy, { recursive: true })
      }
      expect(killed).toBeGreaterThan(3)
    },
  )
})

describe("the keychain", () => {
  const platforms = [
    ["linux", "secret-tool", "secret-service"],
    ["darwin", "security", "macos"],
  ] as const

  it.each(platforms)(
    "of %s keeps, gives back and forgets, and never takes a secret as an argument",
    async (platform, command, name) => {
      writeStandIn(join(folder, command))
      const keychain = findKeychain(platform, { PATH: folder })
      expect(keychain?.name).toBe(name)
      await keychain?.keep("abc", "s3cret")
      expect(await keychain?.read("abc", "")).toBe("s3cret")
      await keychain?.remove("abc")
      await expect(keychain?.read("abc", "")).rejects.toMatchObject({ code: "vault_sealed" })
      expect(readFileSync(join(folder, "seen"), "utf8")).not.toContain("s3cret")
    },
  )

  it("is none where its command is not there", () => {
    expect(findKeychain("linux", { PATH: folder })).toBeNull()
  })

  it.skipIf(process.platform !== "linux")("holds the vault's key instead of the data folder", async () => {
    writeStandIn(join(folder, "secret-tool"))
    vi.stubEnv("PATH", folder)
    try {
      const used = usedDataFolder(dataDir)
      const text = await readVaultKey(used, ask)
      await keepVaultKey(used, text, { mode: "keychain" })
      expect(vaultKeyMode(used)).toBe("keychain")
      expect(keyFiles()).toEqual(["ledger.key", "vault.keychain"])
      expect(readFileSync(join(dataDir, "keys", "vault.keychain"), "utf8")).not.toContain(text)
      await expectWhole()
      expect(await rotateVaultKey(dataDir, ask)).toEqual({ subjects: 2 })
      await expectWhole()
      // The key before is forgotten.
      expect(readdirSync(folder).filter((name) => name.startsWith("kept-"))).toHaveLength(1)
      await removeVaultKey(used)
      expect(readdirSync(folder).filter((name) => name.startsWith("kept-"))).toEqual([])
      expect(existsSync(join(dataDir, "keys", "vault.keychain"))).toBe(false)
    } finally {
      vi.unstubAllEnvs()
    }
  })
})
