import { setImmediate as nextTurn } from "node:timers/promises"
import { decodeEntry, readEntryHead } from "@hufu/core/evidence/encode-entry"
import type { Entry } from "@hufu/core/evidence/entry"
import { frontierRoot } from "@hufu/core/evidence/frontier"
import { equalBytes } from "@hufu/core/evidence/merkle"
import { isFailure } from "@hufu/core/failure"
import type { SqliteConnection } from "../store/sqlite-connection.ts"
import { type LedgerFault, ledgerFault } from "./ledger-fault.ts"
import { readVerifiers, type Verifiers, verifyStored } from "./ledger-verifiers.ts"
import { placeOf, readTile } from "./ledger-rows.ts"
import { digestOf, nativeHash, textLeaf } from "./native-hash.ts"
import { emptyEdge, growEdge, type TreeEdge } from "./tile-tree.ts"

const pageRows = 500

/** What re-reading every byte has shown. */
export type LedgerVerdict =
  | { readonly ok: true; readonly entries: number; readonly checkpoints: number }
  | {
      readonly ok: false
      readonly entries: number
      readonly checkpoints: number
      readonly fault: LedgerFault
    }

export interface VerifyParts {
  readonly db: SqliteConnection
  /** Up to where: what is appended meanwhile is for the next time. */
  readonly size: number
  readonly onProgress?: ((done: number, of: number) => void) | undefined
}

interface Run {
  readonly db: SqliteConnection
  readonly verifiers: Verifiers
  readonly size: number
  edge: TreeEdge
  lastAt: number
  checkpoints: number
  readonly open: Set<string>
  readonly onEntry: ((entry: Entry, index: number) => void) | undefined
}

/**
 * The columns of a row as they are read for this: its bytes as text and its hash in hex, which take less to read than blobs, with the
 * length in bytes that the text must have. It is -1 where a flipped bit made another type of one of them: SQLite looks at the
 * type only when it is written.
 */
type EntryColumns = readonly [
  index: number,
  at: number,
  text: string,
  length: number,
  hash: string,
  action: string | null,
  hold: string | null,
  performed: number | null,
]

// A flipped bit can leave a row without bytes, which its table would not take.
const entryColumns = `idx, at, ifnull(CAST(bytes AS TEXT), ''),
  iif(typeof(bytes) = 'blob' AND typeof(hash) = 'blob', length(bytes), -1), lower(hex(hash)), action, hold, performed`

/** Reads the whole ledger again, and yields to other work between pages. */
export async function verifyLedger({ db, size, onProgress }: VerifyParts): Promise<LedgerVerdict> {
  const reading = readLedger({ db, size, pageRows })
  for (;;) {
    const step = await reading.next()
    if (step.done === true) return step.value
    onProgress?.(step.value, size)
    await nextTurn()
  }
}

/**
 * Reads the whole ledger again, a page at a time: every entry's bytes, hash, order and columns, every tile, every checkpoint's root
 * and signature, and the fold of open intents. Stops at the first fault. Yields how many entries it has read.
 */
export async function* readLedger(parts: ReadParts): AsyncGenerator<number, LedgerVerdict> {
  const run = runOf(parts)
  const fault =
    (yield* walk(run, parts.pageRows)) ?? strayCheckpoint(run) ?? lostCheckpoint(run) ?? openIntentFault(run)
  return verdictOf(run, fault)
}

/**
 * The same over the first so many entries, without the fold of open intents. Each entry is handed on once it hashes to its leaf; what
 * comes of them counts when the verdict is good.
 */
export async function* walkLedger(
  parts: ReadParts & { readonly onEntry: (entry: Entry, index: number) => void },
): AsyncGenerator<number, LedgerVerdict> {
  const run = runOf(parts)
  return verdictOf(run, yield* walk(run, parts.pageRows))
}

interface ReadParts {
  readonly db: SqliteConnection
  readonly size: number
  readonly pageRows: number
}

function runOf({ db, size, onEntry }: ReadParts & { readonly onEntry?: Run["onEntry"] }): Run {
  const verifiers = readVerifiers(db)
  return { db, verifiers, size, edge: emptyEdge, lastAt: 0, checkpoints: 0, open: new Set(), onEntry }
}

async function* walk(run: Run, rowsAtOnce: number): AsyncGenerator<number, LedgerFault | null> {
  let fault = await checkpointFault(run, 0)
  while (fault === null && run.edge.frontier.size < run.size) {
    fault = await pageFault(run, rowsAtOnce)
    yield run.edge.frontier.size
  }
  return fault
}

function verdictOf(run: Run, fault: LedgerFault | null): LedgerVerdict {
  const seen = { entries: run.edge.frontier.size, checkpoints: run.checkpoints }
  return fault === null ? { ok: true, ...seen } : { ok: false, ...seen, fault }
}

async function pageFault(run: Run, rowsAtOnce: number): Promise<LedgerFault | null> {
  const from = run.edge.frontier.size
  const to = Math.min(from + rowsAtOnce, run.size)
  const sql = `SELECT ${entryColumns} FROM entry WHERE idx >= ? AND idx < ? ORDER BY idx`
  const rows = run.db.columns(sql, from, to) as unknown as EntryColumns[] // as the columns say
  const signed = checkpointSizes(run.db, from, to)
  let leaves: Uint8Array[] = []
  for (let index = from; index < to; index += 1) {
    const row = rows[index - from]
    if (row === undefined || row[0] !== index) return ledgerFault.missingEntry(index)
    const leaf = textLeaf(row[2])
    const fault = entryFault(run, row, leaf.hex)
    if (fault !== null) return fault
    leaves.push(leaf.hash)
    const isSigned = signed.has(index + 1)
    if (!isSigned && index + 1 < to) continue
    const wrong = growFault(run, leaves) ?? (isSigned ? await checkpointFault(run, index + 1) : null)
    if (wrong !== null) return wrong
    leaves = []
  }
  return null
}

function entryFault(run: Run, row: EntryColumns, leaf: string): LedgerFault | null {
  const [index, at, text, length, hash, action, hold, performed] = row
  // A text that is as long as its bytes is them, or holds what is no UTF-8, which no entry does.
  if (text.length !== length || leaf !== hash) return ledgerFault.alteredEntry(index)
  const head = readEntryHead(text)
  const entry = head ?? tryDecode(Buffer.from(text))
  if (entry === null) return ledgerFault.unreadableEntry(index)
  const place = placeOf(entry)
  const isFiled = place.action === action && place.hold === hold && place.performed === performed
  if (!isFiled || entry.at !== at) return ledgerFault.misfiledEntry(index)
  if (entry.at < run.lastAt) return ledgerFault.backwardEntry(index)
  run.lastAt = entry.at
  if (place.performed === 1 && place.action !== null) run.open.add(place.action)
  if (entry.kind === "outcome") run.open.delete(entry.action)
  // What has a head is the canonical text of a valid entry.
  run.onEntry?.(head === undefined ? (entry as Entry) : (JSON.parse(text) as Entry), index)
  return null
}

function growFault(run: Run, leaves: readonly Uint8Array[]): LedgerFault | null {
  const { edge, tiles } = growEdge(run.edge, leaves)
  run.edge = edge
  for (const { level, n, bytes } of tiles) {
    const stored = tryRead(() => readTile(run.db, level, n))
    if (stored === null || !equalBytes(stored, bytes)) return ledgerFault.wrongTile(level, n)
  }
  return null
}

async function checkpointFault(run: Run, size: number): Promise<LedgerFault | null> {
  const row = run.db.get("SELECT note, digest FROM checkpoint WHERE size = ?", size)
  if (row === undefined) return null
  const { note, digest } = row
  const checkpoint = typeof note === "string" ? await verifyStored(note, size, run.verifiers) : null
  if (checkpoint === null) return ledgerFault.unsignedCheckpoint(size)
  if (!equalBytes(checkpoint.root, frontierRoot(run.edge.frontier, nativeHash)))
    return ledgerFault.wrongCheckpoint(size)
  if (!isKept(note, digest)) return ledgerFault.alteredCheckpoint(size)
  run.checkpoints += 1
  return null
}

/** Whether a note is what was kept: what stands behind the ledger's signature, such as a second one, is compared by its digest. */
function isKept(note: unknown, digest: unknown): boolean {
  if (typeof note !== "string" || !(digest instanceof Uint8Array)) return false
  // Those of an earlier version have a single byte in its place.
  return equalBytes(digest, beforeDigests) || equalBytes(digest, digestOf(note))
}

const beforeDigests = new Uint8Array(1)

// Checkpoints that were kept when the verification began cover no more than its entries.
function strayCheckpoint(run: Run): LedgerFault | null {
  const row = run.db.get("SELECT max(size) AS size FROM checkpoint")
  const size = Number(row?.["size"] ?? 0)
  const stored = Number(run.db.get("SELECT max(idx) + 1 AS size FROM entry")?.["size"] ?? 0)
  return size > stored ? ledgerFault.wrongCheckpoint(size) : null
}

// An entry that cannot be found is missing by its index. Which checkpoints there were, nothing says but the pages themselves.
function lostCheckpoint({ db }: Run): LedgerFault | null {
  const found = db.all("PRAGMA integrity_check(checkpoint)")
  return found.length === 1 && found[0]?.["integrity_check"] === "ok"
    ? null
    : ledgerFault.damagedCheckpoints()
}

function checkpointSizes(db: SqliteConnection, from: number, to: number): Set<number> {
  const rows = db.all("SELECT size FROM checkpoint WHERE size > ? AND size <= ?", from, to)
  return new Set((rows as { size: number }[]).map((row) => row.size))
}

// An outcome that came after `size` may have closed what was open at `size`, and nothing else may differ.
function openIntentFault(run: Run): LedgerFault | null {
  const rows = run.db.all("SELECT action FROM open_intent WHERE idx < ?", run.size) as { action: string }[]
  const listed = new Set(rows.map((row) => row.action))
  for (const action of listed) if (!run.open.has(action)) return ledgerFault.wrongOpenIntent(action)
  for (const action of run.open) {
    if (listed.has(action)) continue
    const later = run.db.get("SELECT 1 FROM entry WHERE action = ? AND idx >= ?", action, run.size)
    if (later === undefined) return ledgerFault.wrongOpenIntent(action)
  }
  return null
}

function tryDecode(bytes: Uint8Array): Entry | null {
  return tryRead(() => decodeEntry(bytes))
}

function tryRead<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (isFailure(error)) return null
    throw error
  }
}
