import { equalBytes, leafHash, rootAt } from "@hufu/core/evidence/merkle"
import { Failure } from "@hufu/core/failure"
import type { SqliteConnection } from "../../store/sqlite-connection.ts"
import type { SignedCheckpoint } from "../checkpointer.ts"
import { findLedger } from "../ledger-start.ts"
import { readLeaves, readSize, readTile } from "../ledger-rows.ts"
import { readVerifiers, type Verifiers, verifyStored } from "../ledger-verifiers.ts"
import { nativeHash } from "../native-hash.ts"
import { loadEdge, nodeReader, type TileReader, type TreeEdge } from "../tile-tree.ts"

/** The stored ledger, as what is published of it is read. */
export interface LogSource {
  /** The public key of the ledger at this moment. */
  readonly vkey: string
  readonly origin: string
  readonly verifiers: Verifiers
  /** How many entries are stored. */
  size(): number
  /** The checkpoint that was the last when this was first asked, found to be that of the stored tree; null before the first. */
  latest(): Promise<SignedCheckpoint | null>
  /** The first stored checkpoint of a size in [from, before); null when there is none. */
  checkpoint(from: number, before: number): Promise<SignedCheckpoint | null>
  /** The entries of [from, to), all of them, each as it was hashed. */
  entries(from: number, to: number): Uint8Array[]
  edgeAt(size: number): TreeEdge
  rootAt(size: number): Uint8Array
  readonly readTile: TileReader
}

/** Reads a ledger's tables through a connection that the caller closes. */
export function openLogSource(db: SqliteConnection): LogSource {
  const tile: TileReader = (level, n) => readTile(db, level, n)
  const edgeAt = (size: number): TreeEdge =>
    loadEdge(size, { readTile: tile, readLeaves: (from, to) => readLeaves(db, from, to) })
  const { verifiers, vkey } = keysOf(db)
  let latest: Promise<SignedCheckpoint | null> | undefined
  return {
    vkey,
    origin: vkey.split("+")[0] ?? "",
    verifiers,
    size: () => readSize(db),
    latest: () => (latest ??= findLatest(db)),
    checkpoint: (from, before) => findCheckpoint(db, from, before),
    entries: (from, to) => readEntries(db, from, to),
    edgeAt,
    rootAt: (size) => rootAt(size, nodeReader(edgeAt(size), tile), nativeHash),
    readTile: tile,
  }
}

// One moment for all that is compared: a node may be writing. What is read afterwards never changes.
async function findLatest(db: SqliteConnection): Promise<SignedCheckpoint | null> {
  db.exec("BEGIN")
  try {
    return (await findLedger(db)).latest
  } finally {
    db.exec("COMMIT")
  }
}

async function findCheckpoint(
  db: SqliteConnection,
  from: number,
  before: number,
): Promise<SignedCheckpoint | null> {
  const row = db.get(
    "SELECT size, note FROM checkpoint WHERE size >= ? AND size < ? ORDER BY size LIMIT 1",
    from,
    before,
  )
  if (row === undefined) return null
  // STRICT columns: SQLite itself keeps these types.
  const { size, note } = row as { size: number; note: string }
  // Read anew: a key may have changed since.
  const checkpoint = await verifyStored(note, size, readVerifiers(db))
  if (checkpoint === null)
    throw ambiguous(`the checkpoint of size ${size} was not signed by this ledger's key`)
  return { size, root: checkpoint.root, note }
}

function keysOf(db: SqliteConnection) {
  const verifiers = readVerifiers(db)
  // It was just found to be there, and to be a key.
  const { value } = db.get("SELECT value FROM meta WHERE key = 'ledger.key'") as { value: string }
  return { verifiers, vkey: value }
}

function readEntries(db: SqliteConnection, from: number, to: number): Uint8Array[] {
  const sql = "SELECT idx, bytes, hash FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx"
  // STRICT columns: SQLite itself keeps these types.
  const rows = db.all(sql, from, to) as { idx: number; bytes: Uint8Array; hash: Uint8Array }[]
  for (let index = from; index < to; index += 1) {
    const row = rows[index - from]
    if (row?.idx !== index) throw ambiguous(`entry ${index} is missing`)
    if (!equalBytes(leafHash(row.bytes, nativeHash), row.hash)) throw ambiguous(`entry ${index} was altered`)
  }
  return rows.map((row) => row.bytes)
}

function ambiguous(what: string): Failure {
  return new Failure("ledger_ambiguous", `${what}: nothing more is published; run \`hufu log verify\``)
}
