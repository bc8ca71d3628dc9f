import { createSecretKey } from "node:crypto"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { findVaultKey, vaultKeyMode } from "../keys/vault-key.ts"
import { formOf, type Query, type WrappedKey } from "../ledger/subject-keys.ts"
import { readSize } from "../ledger/ledger-rows.ts"
import { checkRecords, recordKeys } from "./check-records.ts"
import { openReader } from "./sqlite-connection.ts"
import { asStoreError } from "./storage-error.ts"

/**
 * Checks every row of the governed state as a start does, beside the node that may be running, and returns how many there are; `null`
 * where that takes more than files: a passphrase, a keychain, or a first start of this version. Changes nothing. Throws
 * Failure("records_altered").
 */
export async function inspectRecords(dataDir: string): Promise<number | null> {
  const file = join(dataDir, "hufu.db")
  const folder = { vaultKey: join(dataDir, "keys", "vault.key") }
  if (!existsSync(file) || vaultKeyMode(folder) !== "file") return null
  const found = await findVaultKey(folder, undefined)
  if (found === null || found.next !== null) return null
  const key = createSecretKey(Buffer.from(found.text, "base64url"))
  try {
    const db = openReader(file)
    try {
      // One moment for all that is read: a node may be writing.
      db.exec("BEGIN")
      // The caller names the columns in its statement and their types beside it.
      const query: Query = (sql, params = []) => db.all(sql, ...params) as never[]
      const [wrapped] = query<WrappedKey>("SELECT subject, wrapped FROM vault_key LIMIT 1")
      if (wrapped !== undefined && formOf(key, wrapped) !== "proven") return null
      const found = checkRecords(query, recordKeys(key), { size: readSize(db), most: Infinity })
      return found === undefined ? null : found.weights.size + found.seen.count
    } finally {
      db.close()
    }
  } catch (error) {
    throw asStoreError(error)
  }
}
