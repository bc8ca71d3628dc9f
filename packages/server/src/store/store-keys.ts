import { existsSync, renameSync, rmSync } from "node:fs"
import { dirname } from "node:path"
import { createSecretKey, type KeyObject, randomBytes } from "node:crypto"
import { createLedgerKey, type LedgerKey, parseLedgerKey } from "../ledger/ledger-key.ts"
import { formOf, unwrap, type WrappedKey } from "../ledger/subject-keys.ts"
import { type AskPassphrase, findVaultKey, settleNextVaultKey } from "../keys/vault-key.ts"
import { Failure } from "@hufu/core/failure"
import type { DataFolder } from "./data-folder.ts"
import { readSecret, syncFolder, writeSecret } from "./secret-file.ts"
import type { SqliteConnection } from "./sqlite-connection.ts"

const wrappingKeyBytes = 32
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8").trim()

/**
 * The key that signs this ledger.
 *
 * The database names its public key before the file exists, so a key file that an empty database does not know
 * means that the database was lost, and a fresh ledger would sign another history under the same name.
 */
export function openLedgerKey(db: SqliteConnection, folder: DataFolder): LedgerKey {
  const file = readSecret(folder.ledgerKey)
  const known = db.get("SELECT value FROM meta WHERE key = 'ledger.key'")?.["value"]
  if (file !== null) {
    const origin = readOrigin(db)
    const key = parseLedgerKey(textOf(file), origin)
    const next = parseLedgerKey(textOf(readSecret(nextLedgerKey(folder)) ?? Buffer.alloc(0)), origin)
    // A change of key was interrupted: the database says on which side of its one commit.
    const taken = next !== null && next.vkey === known
    settleNextLedgerKey(folder, taken)
    if (taken) return next
    if (key !== null && key.vkey === known) return key
    throw ambiguous(`\`${folder.ledgerKey}\` is not the key of the ledger in \`${folder.database}\``)
  }
  const isUsed = db.get("SELECT 1 FROM entry UNION ALL SELECT 1 FROM checkpoint LIMIT 1") !== undefined
  if (isUsed) throw ambiguous(`\`${folder.ledgerKey}\`, which signed this ledger, is missing`)
  const origin = `localhost/ledger/${randomBytes(8).toString("hex")}`
  const { key, text } = createLedgerKey(origin)
  db.run(
    "INSERT INTO meta (key, value) VALUES ('ledger.origin', ?1) ON CONFLICT DO UPDATE SET value = ?1",
    origin,
  )
  db.run(
    "INSERT INTO meta (key, value) VALUES ('ledger.key', ?1) ON CONFLICT DO UPDATE SET value = ?1",
    key.vkey,
  )
  writeSecret(folder.ledgerKey, text)
  return key
}

function nextLedgerKey(folder: DataFolder): string {
  return `${folder.ledgerKey}.next`
}

/** Ends a change of the ledger's key: the next one takes its place, or goes. */
export function settleNextLedgerKey(folder: DataFolder, taken: boolean): void {
  const next = nextLedgerKey(folder)
  if (!existsSync(next)) return
  if (taken) renameSync(next, folder.ledgerKey)
  else rmSync(next)
  syncFolder(dirname(next))
}

/** The key that wraps the vault's subject keys; it must be the one that wrapped those that are there. */
export async function openVaultKey(
  db: SqliteConnection,
  folder: DataFolder,
  ask: AskPassphrase | undefined,
): Promise<KeyObject> {
  const found = await findVaultKey(folder, ask)
  // STRICT columns: SQLite itself keeps these types.
  const wrapped = db.get("SELECT subject, wrapped FROM vault_key LIMIT 1") as WrappedKey | undefined
  if (found !== null) {
    const key = keyOf(found.text, folder)
    if (found.next === null) {
      if (wrapped !== undefined) needOpen(key, wrapped)
      return key
    }
    // A rotation was interrupted: all of the vault is under one key or the other, because it changed in one commit.
    const next = keyOf(found.next, folder)
    const taken = wrapped !== undefined && formOf(key, wrapped) === undefined
    if (taken) needOpen(next, wrapped)
    await settleNextVaultKey(folder, taken)
    return taken ? next : key
  }
  if (wrapped !== undefined) throw damaged(`\`${folder.vaultKey}\`, which opens this vault, is missing`)
  const key = randomBytes(wrappingKeyBytes)
  writeSecret(folder.vaultKey, `${key.toString("base64url")}\n`)
  return createSecretKey(key)
}

function keyOf(text: string, folder: DataFolder): KeyObject {
  const bytes = Buffer.from(text, "base64url")
  if (bytes.length !== wrappingKeyBytes) throw damaged(`\`${folder.vaultKey}\` is not a key`)
  return createSecretKey(bytes)
}

function needOpen(key: KeyObject, wrapped: WrappedKey): void {
  if (formOf(key, wrapped) === undefined) unwrap(key, wrapped)
}

function readOrigin(db: SqliteConnection): string {
  const origin = db.get("SELECT value FROM meta WHERE key = 'ledger.origin'")?.["value"]
  return typeof origin === "string" ? origin : ""
}

function ambiguous(what: string): Failure {
  return new Failure("ledger_ambiguous", `${what}: restore key and database together from one backup`)
}

function damaged(what: string): Failure {
  return new Failure("vault_damaged", `${what}: restore the key file from your backup`)
}
