import { createSecretKey, randomBytes } from "node:crypto"
import { Failure } from "@hufu/core/failure"
import { pino } from "pino"
import { systemClock } from "../clock.ts"
import { createLedgerKey } from "../ledger/ledger-key.ts"
import { digestOfKey, formerKeysName, type FormerKey } from "../ledger/ledger-verifiers.ts"
import { unwrap, wrap, type WrappedKey } from "../ledger/subject-keys.ts"
import { type DataFolder, usedDataFolder } from "../store/data-folder.ts"
import { settleNextLedgerKey } from "../store/store-keys.ts"
import { writeSecret } from "../store/secret-file.ts"
import { openStore, type Store } from "../store/store.ts"
import {
  type AskPassphrase,
  type Keeping,
  prepareNextVaultKey,
  readVaultKey,
  settleNextVaultKey,
  vaultKeyMode,
} from "./vault-key.ts"

const keyBytes = 32

/**
 * Puts the vault under a new key, kept as the one before. The next key is durable before one commit wraps every subject's key with it,
 * proves every row under it and says so in the ledger, so that a crash leaves the vault under one of two keys that are both there.
 */
export async function rotateVaultKey(dataDir: string, ask: AskPassphrase): Promise<{ subjects: number }> {
  const folder = usedDataFolder(dataDir)
  const askOnce = once(ask)
  const subjects = await withStore(folder, askOnce, async (store) => {
    const mode = vaultKeyMode(folder)
    if (mode === null) throw new Failure("vault_damaged", "the vault has no key: restore it from your backup")
    const keeping: Keeping = mode === "passphrase" ? { mode, passphrase: await askOnce() } : { mode }
    const before = createSecretKey(Buffer.from(await readVaultKey(folder, askOnce), "base64url"))
    const text = randomBytes(keyBytes).toString("base64url")
    await prepareNextVaultKey(folder, text, keeping)
    const after = createSecretKey(Buffer.from(text, "base64url"))
    return store.commit((tx) => {
      const rows = tx.query<WrappedKey>("SELECT subject, wrapped FROM vault_key")
      for (const row of rows) {
        const wrapped = wrap(after, row.subject, unwrap(before, row))
        tx.run("UPDATE vault_key SET wrapped = ? WHERE subject = ?", [wrapped, row.subject])
      }
      store.records.rekey(tx, after)
      tx.append({ kind: "statement", fact: "vault.rekeyed", subject: "node" })
      return rows.length
    })
  })
  await settleNextVaultKey(folder, true)
  return { subjects }
}

/**
 * Gives the ledger a new key under the same origin. The entry that names both keys is the last which the old one signs; it and the list
 * of former keys are one commit.
 */
export async function rotateLedgerKey(
  dataDir: string,
  ask: AskPassphrase,
): Promise<{ key: string; former: FormerKey }> {
  const folder = usedDataFolder(dataDir)
  const changed = await withStore(folder, once(ask), (store) => {
    const { origin, vkey } = store.ledger
    const { key, text } = createLedgerKey(origin)
    writeSecret(`${folder.ledgerKey}.next`, text)
    return store.commit((tx) => {
      const refs = { former: digestOfKey(vkey), next: digestOfKey(key.vkey) }
      const index = tx.append({ kind: "statement", fact: "ledger.rekeyed", subject: "ledger", refs })
      const former = { vkey, until: index + 1 }
      const [kept] = tx.query<{ value: string }>("SELECT value FROM meta WHERE key = ?", [formerKeysName])
      // We wrote it, and the start has checked it.
      const list = [...(JSON.parse(kept?.value ?? "[]") as FormerKey[]), former]
      const set = "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = ?2"
      tx.run(set, [formerKeysName, JSON.stringify(list)])
      tx.run(set, ["ledger.key", key.vkey])
      return { key: key.vkey, former }
    })
  })
  settleNextLedgerKey(folder, true)
  return changed
}

async function withStore<T>(
  folder: DataFolder,
  ask: AskPassphrase,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const logger = pino({ level: "silent" })
  const store = await openStore({ dataDir: folder.path, clock: systemClock, logger, passphrase: ask })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

function once(ask: AskPassphrase): AskPassphrase {
  let asked: Promise<string> | undefined
  return () => (asked ??= ask())
}
