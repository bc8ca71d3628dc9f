import { existsSync } from "node:fs"
import { join } from "node:path"
import { Failure } from "@hufu/core/failure"
import { findLedger } from "../ledger/ledger-start.ts"
import { readSize } from "../ledger/ledger-rows.ts"
import { recentGrowth, type RecentGrowth, sizeOf } from "./room.ts"
import { openReader, type SqliteConnection } from "./sqlite-connection.ts"
import { asStoreError } from "./storage-error.ts"

/** What the tables of a data folder say, read beside the node that may be running on it. */
export interface StoreInspection {
  readonly entries: number
  /** Time of the last entry; 0 when there is none. */
  readonly lastAt: number
  /** How many entries the last signed checkpoint covers. */
  readonly checkpoint: number
  /** Actions that left and have no outcome. */
  readonly openIntents: number
  /** The public key of the ledger. */
  readonly vkey: string
  /** Bytes of database and journal. */
  readonly bytes: number
  /** How much the last days have added. */
  readonly recent: RecentGrowth
}

/**
 * Checks the end of the ledger as a start does and counts what there is; `null` when the folder has no database. Changes nothing.
 * Throws Failure("ledger_ambiguous") when the ledger is not what its last checkpoint says.
 */
export async function inspectStore(dataDir: string, now: number): Promise<StoreInspection | null> {
  const file = join(dataDir, "hufu.db")
  if (!existsSync(file)) return null
  try {
    const db = openReader(file)
    try {
      // One moment for all that is read: a node may be writing.
      db.exec("BEGIN")
      return await inspect(db, dataDir, now)
    } finally {
      db.close()
    }
  } catch (error) {
    throw asStoreError(error)
  }
}

async function inspect(db: SqliteConnection, dataDir: string, now: number): Promise<StoreInspection> {
  const vkey = db.get("SELECT value FROM meta WHERE key = 'ledger.key'")?.["value"]
  if (typeof vkey !== "string")
    throw new Failure("ledger_ambiguous", "the database does not name the ledger's key: restore a backup")
  const { lastAt, latest } = await findLedger(db)
  const entries = readSize(db)
  return {
    entries,
    lastAt,
    checkpoint: latest?.size ?? 0,
    openIntents: Number(db.get("SELECT count(*) AS n FROM open_intent")?.["n"] ?? 0),
    vkey,
    bytes: sizeOf(dataDir),
    recent: recentOf(db, entries, now),
  }
}

function recentOf(db: SqliteConnection, entries: number, now: number): RecentGrowth {
  const at = (index: number): number =>
    Number(db.get("SELECT at FROM entry WHERE idx = ?", index)?.["at"] ?? now)
  return recentGrowth(at, entries, now)
}
