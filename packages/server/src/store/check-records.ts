import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto"
import { decodeEntry } from "@hufu/core/evidence/encode-entry"
import type { Entry } from "@hufu/core/evidence/entry"
import type { Query } from "../ledger/subject-keys.ts"
import { alteredRow, recordsAltered } from "./altered-records.ts"
import { derivedKey } from "./derived-key.ts"
import { addMany, type ManySum, noneOfMany, readMany } from "./many-records.ts"
import {
  isProof,
  modulus,
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
  /** Closes the sum over those of which there may be many. */
  readonly many: KeyObject
}

export function recordKeys(vaultKey: KeyObject): RecordKeys {
  return {
    row: derivedKey(vaultKey, "records"),
    seal: derivedKey(vaultKey, "records-seal"),
    many: derivedKey(vaultKey, "records-many"),
  }
}

/** Every row that counts, as it was found and found to be what this node wrote. */
export interface CheckedRecords {
  /** By kind, in the order of ids. */
  readonly rows: ReadonlyMap<string, readonly RecordRow[]>
  /** What each adds to the sum, by the row's name. */
  readonly weights: Map<string, bigint>
  readonly sum: bigint
  /** The sum over those of which there may be many, and how far they were looked at. */
  readonly many: bigint
  readonly seen: ManySum
}

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
/** More of those of which there may be many keep no start waiting. */
const manyAtStart = 10_000

/**
 * Reads every row that counts; undefined when there is no seal at all, as in what a version before seals left.
 *
 * UNTRUSTED: each row may be somebody else's, or as it once was with the proof of that time. Any doubt refuses all of them: a row that
 * is left out may be what forbids.
 *
 * @param size how many entries the ledger has
 * @param most how many are looked at, about, of those of which there may be many
 */
export function checkRecords(
  query: Query,
  keys: RecordKeys,
  { size, most = manyAtStart }: { size: number; most?: number | undefined },
): CheckedRecords | undefined {
  const [seal] = query<{ value: string }>("SELECT value FROM meta WHERE key = ?", [sealName])
  if (seal === undefined) return undefined
  const { wrong, ...found } = gather(query, keys)
  const [first] = wrong
  if (first !== undefined) throw alteredRow(first, wrong.length)
  const many = readMany(query, keys.many) ?? refuseSums()
  refuseOlder(seal.value, { query, keys, size, sum: found.sum, many })
  let seen = noneOfMany
  while (!seen.isAll && seen.count < most) seen = addMany(query, keys.row, seen)
  refuseMissing(seen, many)
  return { ...found, many, seen }
}

/** Throws Failure("records_altered") when all of those of which there may be many were looked at, and their sum is another. */
export function refuseMissing({ isAll, sum }: ManySum, many: bigint): void {
  if (isAll && sum !== many) refuseSums()
}

/** The same without refusing any, for what compares them with the ledger before anything else reads one. */
export function recordsAsFound(query: Query, keys: RecordKeys): CheckedRecords | undefined {
  const seals = query("SELECT value FROM meta WHERE key = ?", [sealName])
  if (seals.length === 0) return undefined
  let seen = noneOfMany
  while (!seen.isAll) seen = addMany(query, keys.row, seen, { asFound: true })
  return { ...gather(query, keys), many: seen.sum, seen }
}

function gather(
  query: Query,
  keys: RecordKeys,
): Pick<CheckedRecords, "rows" | "weights" | "sum"> & { readonly wrong: readonly RecordRow[] } {
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
  readonly many: bigint
}

function refuseOlder(seal: string, { query, keys, size, sum, many }: Found): void {
  const from = Number(seal.split(" ", 1)[0])
  const isSize = Number.isSafeInteger(from) && from >= 0 && from <= size
  if (!isSize || !isSame(seal, sealOf(keys, from, { sum, many }))) refuseSums()
  for (let at = from; at < size; at += pageRows)
    for (const entry of entriesFrom(query, at))
      if (!leavesRecords(entry))
        throw recordsAltered(
          `the tables are as they were at entry ${from} of the ledger, which has changed them since`,
        )
}

/** Says that the rows had these sums when the ledger had so many entries. */
export function sealOf(
  { seal }: Pick<RecordKeys, "seal">,
  size: number,
  { sum, many }: { readonly sum: bigint; readonly many: bigint },
): string {
  const said = `hufu-records/1\0${size}\0${sum.toString(16)}${many === 0n ? "" : `\0${many.toString(16)}`}`
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

function refuseSums(): never {
  throw recordsAltered("rows of the tables are missing, or are older than what this node wrote last")
}
