import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { Failure } from "@hufu/core/failure"
import { readFormerKeys } from "../ledger/ledger-verifiers.ts"
import { usedDataFolder } from "../store/data-folder.ts"
import { openReader } from "../store/sqlite-connection.ts"
import { asStoreError } from "../store/storage-error.ts"
import { checkTables, type CheckedTables, snapshot } from "./snapshot.ts"

/** What kept evidence consists of. */
export const evidenceFiles = { tables: "ledger.db", checkpoint: "checkpoint.txt", key: "ledger.pub" } as const

/** Tables that prove nothing: what is encrypted, and what only a running node needs. */
const dropped = ["vault", "vault_key", "record", "spent"]

/** Writes the ledger, its last checkpoint and its public keys into a new folder, without anything from the vault, and checks it. */
export async function keepEvidence(dataDir: string, target: string): Promise<CheckedTables> {
  if (existsSync(target))
    throw new Failure("already_exists", `\`${target}\` is there already: choose another folder`)
  mkdirSync(target, { recursive: true, mode: 0o700 })
  const tables = join(target, evidenceFiles.tables)
  await snapshot(usedDataFolder(dataDir), tables, async () => {
    throw new Failure("data_folder_in_use", "a node is running on this data folder: stop it first")
  })
  const db = new DatabaseSync(tables)
  try {
    db.exec("PRAGMA secure_delete = ON")
    for (const table of dropped) db.exec(`DROP TABLE IF EXISTS ${table}`)
    db.exec("VACUUM")
  } finally {
    db.close()
  }
  if (process.platform !== "win32") chmodSync(tables, 0o600)
  const checked = await checkTables(tables)
  const reader = openReader(tables)
  const keys = [...readFormerKeys(reader).map(({ vkey }) => vkey), checked.key]
  reader.close()
  writeFileSync(join(target, evidenceFiles.checkpoint), checked.checkpoint, { mode: 0o600 })
  writeFileSync(join(target, evidenceFiles.key), `${keys.join("\n")}\n`, { mode: 0o600 })
  return checked
}

/** Reads every byte of kept evidence again. UNTRUSTED. */
export async function checkEvidence(folder: string): Promise<CheckedTables> {
  try {
    const checked = await checkTables(join(folder, evidenceFiles.tables))
    const key = readFileSync(join(folder, evidenceFiles.key), "utf8").trim().split("\n").at(-1)
    const checkpoint = readFileSync(join(folder, evidenceFiles.checkpoint), "utf8")
    if (key === checked.key && checkpoint === checked.checkpoint) return checked
  } catch (error) {
    throw asStoreError(error)
  }
  throw new Failure(
    "ledger_ambiguous",
    "the checkpoint or the public key beside the ledger is of another one",
  )
}
