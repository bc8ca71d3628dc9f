import { decodeEntry } from "@hufu/core/evidence/encode-entry"
import { equalBytes, leafHash, rootAt } from "@hufu/core/evidence/merkle"
import { Failure } from "@hufu/core/failure"
import type { SqliteConnection } from "../store/sqlite-connection.ts"
import type { SignedCheckpoint } from "./checkpointer.ts"
import { readVerifiers, verifyStored } from "./ledger-verifiers.ts"
import { readLeaves, readSize, readTile } from "./ledger-rows.ts"
import { nativeHash } from "./native-hash.ts"
import { loadEdge, nodeReader, tileWidth, type TreeEdge } from "./tile-tree.ts"

const pageRows = 1_000

/** The ledger as it was found, and found to be what its last checkpoint says. */
export interface FoundLedger {
  readonly edge: TreeEdge
  readonly lastAt: number
  readonly latest: SignedCheckpoint | null
}

/**
 * Reads the right edge of the stored ledger and refuses any that its last checkpoint does not allow.
 *
 * UNTRUSTED: the database may have been cut, altered or mixed from two backups. What a signature covers is
 * compared with it; what is newer is hashed again.
 */
export async function findLedger(db: SqliteConnection): Promise<FoundLedger> {
  const size = readSize(db)
  const latest = await readLatest(db)
  if (latest !== null && latest.size > size) {
    throw ambiguous(`the ledger has ${size} entries, but its last checkpoint covers ${latest.size}`)
  }
  refuseOddTiles(db, size)
  const read = (level: number, n: number): Uint8Array => readTile(db, level, n)
  const edge = loadEdge(size, { readTile: read, readLeaves: (from, to) => allLeaves(db, from, to) })
  if (latest !== null && !equalBytes(rootAt(latest.size, nodeReader(edge, read), nativeHash), latest.root)) {
    throw ambiguous(`the stored hashes do not give the root of the last checkpoint, at size ${latest.size}`)
  }
  const lastAt = rehash(db, Math.min(latest?.size ?? 0, size - (size % tileWidth)), size)
  return { edge, lastAt, latest }
}

async function readLatest(db: SqliteConnection): Promise<SignedCheckpoint | null> {
  const row = db.get("SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1")
  if (row === undefined) return null
  // STRICT columns: SQLite itself keeps these types, here and below.
  const { size, note } = row as { size: number; note: string }
  const checkpoint = await verifyStored(note, size, readVerifiers(db))
  if (checkpoint !== null) return { size, root: checkpoint.root, note }
  throw ambiguous(`the last checkpoint, of size ${size}, was not signed by this ledger's key`)
}

function refuseOddTiles(db: SqliteConnection, size: number): void {
  const row = db.get("SELECT count(*) AS found, max(n) AS last FROM tile WHERE level = 0")
  const found = Number(row?.["found"] ?? 0)
  const wanted = Math.floor(size / tileWidth)
  if (found !== wanted)
    throw ambiguous(`the ledger has ${found} full tiles for ${size} entries, not ${wanted}`)
}

function allLeaves(db: SqliteConnection, from: number, to: number): Uint8Array[] {
  const leaves = readLeaves(db, from, to)
  if (leaves.length === to - from) return leaves
  throw ambiguous(`entries are missing between ${from} and ${to}`)
}

// What no signature covers yet, and the tile at the edge: the bytes must be those that were hashed.
function rehash(db: SqliteConnection, from: number, to: number): number {
  let last = 0
  for (let at = from; at < to; at += pageRows) {
    const sql = "SELECT idx, bytes, hash FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx"
    const rows = db.all(sql, at, Math.min(at + pageRows, to))
    for (const [i, row] of (rows as { idx: number; bytes: Uint8Array; hash: Uint8Array }[]).entries()) {
      if (row.idx !== at + i) throw ambiguous(`entry ${at + i} is missing`)
      if (!equalBytes(leafHash(row.bytes, nativeHash), row.hash))
        throw ambiguous(`entry ${row.idx} was altered`)
      if (row.idx === to - 1) last = decodeEntry(row.bytes).at
    }
  }
  return last === 0 && to > 0 ? lastTime(db, to - 1) : last
}

function lastTime(db: SqliteConnection, index: number): number {
  const row = db.get("SELECT bytes FROM entry WHERE idx = ?", index)
  return row === undefined ? 0 : decodeEntry((row as { bytes: Uint8Array }).bytes).at
}

function ambiguous(what: string): Failure {
  return new Failure("ledger_ambiguous", `${what}: restore the whole data folder from one backup`)
}
