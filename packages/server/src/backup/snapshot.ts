import { chmodSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { frontierRoot } from "@hufu/core/evidence/frontier"
import { toHex } from "@hufu/core/evidence/hex"
import { Failure, isFailure } from "@hufu/core/failure"
import { readSize } from "../ledger/ledger-rows.ts"
import { findLedger } from "../ledger/ledger-start.ts"
import { nativeHash } from "../ledger/native-hash.ts"
import { verifyLedger } from "../ledger/verify-ledger.ts"
import { forgetJournal, replayJournal } from "../store/backlog.ts"
import type { DataFolder } from "../store/data-folder.ts"
import { lockDataFolder } from "../store/lock.ts"
import { refuseNewer } from "../store/migrate.ts"
import { openReader, openWriter } from "../store/sqlite-connection.ts"

/**
 * Copies the tables of a data folder into a new file, as they are at one moment, whether or not a node runs on it. All that was
 * acknowledged before is in the copy, nothing that was erased is, and it needs no journal.
 *
 * @param fold asks the running node to bring what it has journaled into the tables
 */
export async function snapshot(folder: DataFolder, file: string, fold: () => Promise<void>): Promise<void> {
  const lock = tryLock(folder)
  try {
    if (lock === null) await fold()
    else replay(folder)
    const db = new DatabaseSync(folder.database, { readOnly: true, timeout: 5_000 })
    try {
      db.prepare("VACUUM INTO ?").run(file)
    } finally {
      db.close()
    }
  } finally {
    lock?.release()
  }
  if (process.platform !== "win32") chmodSync(file, 0o600)
  const copy = new DatabaseSync(file)
  try {
    copy.exec("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL")
    forgetJournal(copy)
  } finally {
    copy.close()
  }
}

function tryLock(folder: DataFolder) {
  try {
    return lockDataFolder(folder)
  } catch (error) {
    if (isFailure(error, "data_folder_in_use")) return null
    throw error
  }
}

function replay(folder: DataFolder): void {
  refuseNewer(folder.database)
  const db = openWriter(folder.database)
  try {
    replayJournal(db, folder.journal)
  } finally {
    db.close()
  }
}

/** What a copy of the tables holds. */
export interface CheckedTables {
  readonly size: number
  /** Of the whole ledger, in hex. */
  readonly root: string
  readonly checkpoint: string
  readonly key: string
}

/** Reads every page of the tables and every byte of the ledger again; throws at the first fault. */
export async function checkTables(file: string): Promise<CheckedTables> {
  const db = openReader(file)
  try {
    const [found] = db.all("PRAGMA integrity_check(1)")
    if (found?.["integrity_check"] !== "ok")
      throw new Failure("store_unavailable", "the copied tables are damaged: check the disk, then try again")
    const { edge, latest } = await findLedger(db)
    const size = readSize(db)
    const verdict = await verifyLedger({ db, size })
    if (!verdict.ok) throw new Failure("ledger_ambiguous", `the ledger is not sound: ${verdict.fault.en}`)
    return {
      size,
      root: toHex(frontierRoot(edge.frontier, nativeHash)),
      checkpoint: latest?.note ?? "",
      key: String(db.get("SELECT value FROM meta WHERE key = 'ledger.key'")?.["value"]),
    }
  } finally {
    db.close()
  }
}
