import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto"
import { decodeEntry } from "@hufu/core/evidence/encode-entry"
import type { Entry } from "@hufu/core/evidence/entry"
import { Failure } from "@hufu/core/failure"
import type { Query } from "../ledger/subject-keys.ts"
import { derivedKey } from "./derived-key.ts"
import {
  isProof,
  nameOf,
  proveRecord,
  recordColumns,
  type RecordRow,
  type StoredRecord,
} from "./record-row.ts"

/** What is drawn from the vault's key for rows, and for the seal over all of them. */
export interface RecordKeys {
  readonly row: KeyObject
  readonly seal: KeyObject
}

export function recordKeys(vaultKey: KeyObject): RecordKeys {
  return { row: derivedKey(vaultKey, "records"), seal: derivedKey(vaultKey, "records-seal") }
}

/** Every row that counts, as it was found and found to be what this node wrote. */
export interface CheckedRecords {
  /** By kind, in the order of ids. */
  readonly rows: ReadonlyMap<string, readonly RecordRow[]>
  /** What each adds to the sum, by the row's name. */
  readonly weights: Map<string, bigint>
  readonly sum: bigint
}

/** Sums are counted around at this. */
export const modulus = 1n << 128n
export const sealName = "records.seal"

const columns = `SELECT ${recordColumns} FROM record WHERE`
/** Every row that counts; in parts, because each finds its rows by an index. */
const counted = [
  "kind < 'certificate'",
  "kind = 'certificate' AND state < 'issued'",
  "kind = 'certificate' AND state > 'issued'",
  "kind > 'certificate' AND kind < 'hold'",
  "kind = 'hold' AND state IN ('waiting', 'approved')",
  "kind > 'hold' AND kind < 'registration'",
  "kind > 'registration' AND kind < 'task'",
  "kind = 'task' AND state < 'ended'",
  "kind = 'task' AND state > 'ended'",
  "kind > 'task' AND kind < 'words'",
  "kind > 'words'",
].map((where) => `${columns} ${where}`)
const pageRows = 1_000

/**
 * Reads every row that counts; undefined when there is no seal at all, as in what a version before seals left.
 *
 * UNTRUSTED: each row may be somebody else's, or as it once was with the proof of that time. Any doubt refuses all of them: a row that
 * is left out may be what forbids.
 *
 * @param size how many entries the ledger has
 */
export function checkRecords(query: Query, keys: RecordKeys, size: number): CheckedRecords | undefined {
  const [seal] = query<{ value: string }>("SELECT value FROM meta WHERE key = ?", [sealName])
  if (seal === undefined) return undefined
  const { wrong, ...found } = gather(query, keys)
  const [first] = wrong
  if (first !== undefined) throw altered(first, wrong.length)
  refuseOlder(seal.value, { query, keys, size, sum: found.sum })
  return found
}

/** The same without refusing any, for what compares them with the ledger before anything else reads one. */
export function recordsAsFound(query: Query, keys: RecordKeys): CheckedRecords | undefined {
  const seals = query("SELECT value FROM meta WHERE key = ?", [sealName])
  return seals.length === 0 ? undefined : gather(query, keys)
}

function gather(query: Query, keys: RecordKeys): CheckedRecords & { readonly wrong: readonly RecordRow[] } {
  const wrong: RecordRow[] = []
  const rows = new Map<string, RecordRow[]>()
  const weights = new Map<string, bigint>()
  let sum = 0n
  for (const sql of counted)
    for (const row of query<StoredRecord>(sql)) {
      const proven = proveRecord(keys.row, row)
      if (!isProof(row.proof, proven)) wrong.push(row)
      weights.set(nameOf(row), proven.weight)
      sum += proven.weight
      const same = rows.get(row.kind)
      if (same === undefined) rows.set(row.kind, [row])
      else same.push(row)
    }
  return { rows, weights, sum: sum % modulus, wrong }
}

interface Found {
  readonly query: Query
  readonly keys: RecordKeys
  readonly size: number
  readonly sum: bigint
}

function refuseOlder(seal: string, { query, keys, size, sum }: Found): void {
  const from = Number(seal.split(" ", 1)[0])
  const isSize = Number.isSafeInteger(from) && from >= 0 && from <= size
  if (!isSize || !isSame(seal, sealOf(keys, from, sum)))
    throw failed("rows of the tables are missing, or are older than what this node wrote last")
  for (let at = from; at < size; at += pageRows)
    for (const entry of entriesFrom(query, at))
      if (!leavesRecords(entry))
        throw failed(
          `the tables are as they were at entry ${from} of the ledger, which has changed them since`,
        )
}

/** Says that the rows had this sum when the ledger had so many entries. */
export function sealOf({ seal }: RecordKeys, size: number, sum: bigint): string {
  const said = `hufu-records/1\0${size}\0${sum.toString(16)}`
  return `${size} ${createHmac("sha256", seal).update(said).digest("hex")}`
}

/** What can be journaled alone, so that it may follow the last seal. */
function leavesRecords(entry: Entry): boolean {
  if (entry.kind === "statement") return entry.fact === "agent.refused" || entry.fact === "note"
  if (entry.kind === "intent") return entry.verdict !== "allow" || entry.hold === undefined
  return entry.kind === "outcome"
}

function entriesFrom(query: Query, index: number): Entry[] {
  const sql = "SELECT bytes FROM entry WHERE idx >= ? ORDER BY idx LIMIT ?"
  return query<{ bytes: Uint8Array }>(sql, [index, pageRows]).map(({ bytes }) => decodeEntry(bytes))
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Names the first of so many rows that somebody else wrote. */
export function altered({ kind, id }: RecordRow, count: number): Failure {
  const others = count > 1 ? ` (and ${count - 1} more)` : ""
  return failed(`the row of ${kind} \`${id.slice(0, 80)}\`${others} is not what this node wrote`)
}

function failed(what: string): Failure {
  return new Failure(
    "records_altered",
    `${what}: find out who writes into the data folder, then run \`hufu state rebuild --write\`, which brings the tables to what the ledger says, or \`hufu restore\` a backup`,
  )
}
