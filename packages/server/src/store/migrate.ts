import { existsSync } from "node:fs"
import { Failure } from "@hufu/core/failure"
import { authorityMigration } from "../authority/authority-migration.ts"
import { sealedRecordsMigration } from "../authority/sealed-records-migration.ts"
import { proofsMigration } from "../registry/sync/proofs-migration.ts"
import { syncMigration } from "../registry/sync/sync-migration.ts"
import { oauthItemsMigration } from "../identity/oauth/oauth-items-migration.ts"
import { seenProofsMigration } from "../identity/seen-proofs-migration.ts"
import { useMigration } from "../authority/use-migration.ts"
import { checkpointDigestMigration } from "../ledger/checkpoint-digest-migration.ts"
import { evidenceMigration } from "./evidence-migration.ts"
import { lastSeenMigration } from "../registry/alive/last-seen-migration.ts"
import { registrationIndexMigration } from "../registry/registration-index-migration.ts"
import { groupMigration } from "../gateway/aip/group/group-migration.ts"
import { delegationMigration, traceMigration } from "../gateway/delegation/delegation-migration.ts"
import { registrationReviewMigration } from "../registry/registration-review-migration.ts"
import { openReader, type SqliteConnection } from "./sqlite-connection.ts"
import { recordProofMigration } from "./record-proof-migration.ts"
import { witnessMigration } from "../witness/witness-migration.ts"

/** One step of the schema. INVARIANT: a step that was released never changes; a new need is a new step. */
export interface Migration {
  readonly name: string
  readonly up: string
}

/** Every step in order; the version of a data folder is how many of them it has taken. */
export const migrations: readonly Migration[] = [
  evidenceMigration,
  authorityMigration,
  witnessMigration,
  sealedRecordsMigration,
  recordProofMigration,
  checkpointDigestMigration,
  seenProofsMigration,
  useMigration,
  registrationIndexMigration,
  oauthItemsMigration,
  syncMigration,
  lastSeenMigration,
  registrationReviewMigration,
  delegationMigration,
  proofsMigration,
  groupMigration,
  traceMigration,
]

/** Brings the schema up to date, each step in its own transaction but all of a new database in one, and returns the number of steps taken. */
export function migrate(db: SqliteConnection, steps: readonly Migration[] = migrations): number {
  db.exec("CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT")
  const taken = db.all("SELECT version, name FROM migration ORDER BY version")
  refuseForeign(taken, steps)
  const pending = steps.map((step, i) => ({ step, version: i + 1 })).slice(taken.length)
  // A new database holds nothing that a step could take long over: it waits for the disk once.
  if (taken.length === 0) take(db, pending)
  else for (const each of pending) take(db, [each])
  return steps.length - taken.length
}

/**
 * Refuses a database of a newer Hufu before anything in it changes: also what a crash left in the log beside it stays there,
 * which the first connection that may write would fold in.
 */
export function refuseNewer(file: string): void {
  if (!existsSync(file)) return
  const db = openReader(file)
  try {
    if (db.get("SELECT 1 FROM sqlite_schema WHERE name = 'migration'") === undefined) return
    refuseForeign(db.all("SELECT version, name FROM migration ORDER BY version"), migrations)
  } finally {
    db.close()
  }
}

function refuseForeign(taken: readonly Record<string, unknown>[], steps: readonly Migration[]): void {
  if (taken.length > steps.length) {
    throw new Failure(
      "store_newer",
      `the data folder has schema ${taken.length} and this Hufu knows ${steps.length}: start the newer Hufu again`,
    )
  }
  for (const [i, row] of taken.entries()) {
    if (row["version"] === i + 1 && row["name"] === steps[i]?.name) continue
    throw new Failure(
      "store_newer",
      `the data folder has another schema at step ${i + 1}: start the Hufu that wrote it`,
    )
  }
}

interface Pending {
  readonly step: Migration
  readonly version: number
}

function take(db: SqliteConnection, pending: readonly Pending[]): void {
  db.exec("BEGIN IMMEDIATE")
  try {
    for (const { step, version } of pending) {
      db.exec(step.up)
      db.run("INSERT INTO migration (version, name) VALUES (?, ?)", version, step.name)
    }
    db.exec("COMMIT")
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK")
    throw error
  }
}
