import { Failure } from "@hufu/core/failure"
import type { KeyObject } from "node:crypto"
import type { Query } from "../ledger/subject-keys.ts"
import { alteredRow } from "./altered-records.ts"
import {
  checkRecords,
  recordsAsFound,
  type RecordKeys,
  recordKeys,
  refuseMissing,
  sealName,
  sealOf,
} from "./check-records.ts"
import { addMany, closeMany, manyName, type ManySum } from "./many-records.ts"
import type { Participant } from "./group-commit.ts"
import { setMeta } from "./meta.ts"
import {
  counts,
  countsWhole,
  isMany,
  isProof,
  modulus,
  nameOf,
  proveRecord,
  type RecordProof,
  recordColumns,
  type RecordRow,
  type StoredRecord,
} from "./record-row.ts"
import type { RowTarget } from "./row-target.ts"
import type { SqlValue } from "./sqlite-connection.ts"
import type { Tx } from "./store.ts"

/**
 * The rows of the governed state: agents, mandates, credentials, the person, holds and all others.
 *
 * INVARIANT: a row counts because this node wrote it. Each carries a proof by a key that is drawn from the vault's, and one sum over
 * all rows that can still let something happen stands under such a proof too, with the size of the ledger at that commit: so that a
 * row which was changed, added, taken away or put back as it once was is found before anything reads it.
 */
export interface RecordTable {
  /** Writes one row, in the place of the one that has its id. */
  put(tx: Tx, row: RecordRow): void
  remove(tx: Tx, row: Pick<RecordRow, "kind" | "id">): void
  /** Takes away what is sealed in the rows of a subject. */
  blank(tx: Tx, subject: string): void
  /** The rows of a kind as they were at the start, of these states alone if any are named. */
  initial(kind: string, states?: readonly string[]): readonly RecordRow[]
  /** Reads rows. Throws Failure("records_altered") where one is not what this node wrote. */
  read(kind: string, where?: string, values?: readonly SqlValue[]): RecordRow[]
  /** Whether this node wrote a row, by the row's own proof. */
  isOurs(row: StoredRecord): boolean
  /** Proves every row anew under what is drawn from another key of the vault; the seal follows in the same commit. */
  rekey(tx: Tx, vaultKey: KeyObject): void
  /** Gives every row a proof as it stands; returns how many there are. */
  adopt(tx: Tx): number
}

export interface RecordTableParts {
  /** Reads what is committed. */
  readonly query: Query
  /** Where the seal goes; while it collects for the journal nothing here changes. */
  readonly rows: Pick<RowTarget, "isCollecting" | "run">
  readonly vaultKey: KeyObject
  /** How many entries the ledger has after the batch that is being assembled. */
  readonly size: () => number
}

const columns = `SELECT ${recordColumns} FROM record WHERE`
const upsert = `INSERT INTO record (${recordColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET
  state = excluded.state, at = excluded.at, subject = excluded.subject, body = excluded.body, sealed = excluded.sealed, proof = excluded.proof`
const pageRows = 1_000

/** One of those of which there may be many says by how much it changes their sum; any other, what it adds to its own. */
type Change =
  | { readonly many: string; readonly by: bigint }
  /** Undefined: it counts no more. */
  | { readonly name: string; readonly weight: bigint | undefined }

export class ProvenRecords implements RecordTable, Participant {
  readonly #parts: RecordTableParts
  #keys: RecordKeys
  /** Of the batch that is being assembled, when it changes them. */
  #next: RecordKeys | null = null
  #weights = new Map<string, bigint>()
  #sum = 0n
  #many = 0n
  #changes: Change[] = []
  #after = { sum: 0n, many: 0n }
  /** How far those of which there may be many were looked at since the start; null when they all were. */
  #seen: ManySum | null = null
  /** Why none of them is read any more. */
  #doubt: Failure | null = null
  #asFound = false
  /** What was checked at the start and nobody has asked for yet; a kind that was written since is not in it. */
  #held: Map<string, readonly RecordRow[]> | null = null
  readonly #gone = new Set<string>()

  constructor(parts: RecordTableParts) {
    this.#parts = parts
    this.#keys = recordKeys(parts.vaultKey)
  }

  /**
   * Checks every row that counts; once, before anything reads one. False when there is no seal at all, as in what a version before
   * seals left.
   *
   * @param asFound whether rows that somebody else wrote are taken too: for what only compares and mends them
   * @param manyAtStart how many are looked at of those of which there may be many; the others by `lookOn`
   */
  load({ asFound, manyAtStart }: { asFound: boolean; manyAtStart: number | undefined }): boolean {
    const { query, size } = this.#parts
    const upTo = { size: size(), most: manyAtStart }
    const found = asFound ? recordsAsFound(query, this.#keys) : checkRecords(query, this.#keys, upTo)
    if (found === undefined) return false
    this.#asFound = asFound
    this.#weights = found.weights
    this.#sum = found.sum
    this.#many = found.many
    this.#seen = found.seen.isAll ? null : found.seen
    this.#held = new Map(found.rows)
    return true
  }

  /**
   * Looks at some more of those of which there may be many, as the start did not wait for all of them; false when there are no more.
   * Throws Failure("records_altered") when one of them was altered or is missing: none is read any more then.
   */
  lookOn(): boolean {
    if (this.#seen === null) return false
    try {
      this.#seen = addMany(this.#parts.query, this.#keys.row, this.#seen)
      refuseMissing(this.#seen, this.#many)
    } catch (error) {
      this.#seen = null
      if (error instanceof Failure && error.code === "records_altered") this.#doubt = error
      throw error
    }
    if (this.#seen.isAll) this.#seen = null
    return this.#seen !== null
  }

  put(tx: Tx, row: RecordRow): void {
    this.#touch(row.kind)
    const before = isMany(row) ? this.#weightOfMany(tx, row) : 0n
    const proven = proveRecord((this.#next ?? this.#keys).row, row)
    tx.run(upsert, [...valuesOf(row), proven.proof])
    this.#change(row, { before, after: proven.weight })
  }

  remove(tx: Tx, row: Pick<RecordRow, "kind" | "id">): void {
    this.#touch(row.kind)
    const before = isMany(row) ? this.#weightOfMany(tx, row) : 0n
    tx.run("DELETE FROM record WHERE kind = ? AND id = ?", [row.kind, row.id])
    if (isMany(row)) this.#changes.push({ many: row.id, by: -before })
    else this.#changes.push({ name: nameOf(row), weight: undefined })
  }

  /** What the row that stands there adds; 0 when there is none. */
  #weightOfMany(tx: Tx, { kind, id }: Pick<RecordRow, "kind" | "id">): bigint {
    const [row] = tx.query<StoredRecord>(`${columns} kind = ? AND id = ?`, [kind, id])
    if (row === undefined) return 0n
    const proven = proveRecord(this.#keys.row, row)
    if (!this.#asFound && !isProof(row.proof, proven)) throw alteredRow(row, 1)
    return proven.weight
  }

  blank(tx: Tx, subject: string): void {
    for (const row of tx.query<StoredRecord>(`${columns} subject = ? AND sealed IS NOT NULL`, [subject])) {
      // What somebody else wrote gets no proof in passing.
      if (!isProof(row.proof, proveRecord(this.#keys.row, row))) throw alteredRow(row, 1)
      this.put(tx, { ...row, sealed: null })
    }
  }

  initial(kind: string, states?: readonly string[]): readonly RecordRow[] {
    const isWhole = states !== undefined || countsWhole(kind)
    if (this.#held === null || this.#gone.has(kind) || !isWhole) {
      if (states === undefined) return this.read(kind)
      return this.read(kind, `AND state IN (${states.map(() => "?").join(",")})`, states)
    }
    const rows = this.#held.get(kind) ?? []
    this.#touch(kind)
    return states === undefined ? rows : rows.filter(({ state }) => states.includes(state))
  }

  read(kind: string, where = "", values: readonly SqlValue[] = []): RecordRow[] {
    if (this.#doubt !== null && isMany({ kind })) throw this.#doubt
    const rows = this.#parts.query<StoredRecord>(`${columns} kind = ? ${where}`, [kind, ...values])
    for (const row of rows) {
      const proven = proveRecord(this.#keys.row, row)
      const isKnown = this.#weights.get(nameOf(row)) === (counts(row) ? proven.weight : undefined)
      if (!isKnown || !isProof(row.proof, proven)) throw alteredRow(row, 1)
    }
    return rows
  }

  isOurs(row: StoredRecord): boolean {
    return isProof(row.proof, proveRecord(this.#keys.row, row))
  }

  rekey(tx: Tx, vaultKey: KeyObject): void {
    const next = recordKeys(vaultKey)
    for (const row of everyRow(tx)) {
      // A row that proves nothing under the old key proves nothing under the new one.
      if (!isProof(row.proof, proveRecord(this.#keys.row, row))) continue
      this.#write(tx, row, {
        before: proveRecord(this.#keys.row, row).weight,
        after: proveRecord(next.row, row),
      })
    }
    this.#next = next
  }

  adopt(tx: Tx): number {
    let count = 0
    for (const row of everyRow(tx)) {
      this.#write(tx, row, { before: 0n, after: proveRecord(this.#keys.row, row) })
      count += 1
    }
    return count
  }

  #write(tx: Tx, row: RecordRow, { before, after }: { before: bigint; after: RecordProof }): void {
    tx.run("UPDATE record SET proof = ? WHERE kind = ? AND id = ?", [after.proof, row.kind, row.id])
    this.#change(row, { before, after: after.weight })
  }

  #change(row: RecordRow, { before, after }: { before: bigint; after: bigint }): void {
    if (isMany(row)) this.#changes.push({ many: row.id, by: after - before })
    else this.#changes.push({ name: nameOf(row), weight: counts(row) ? after : undefined })
  }

  #touch(kind: string): void {
    this.#gone.add(kind)
    this.#held?.delete(kind)
  }

  mark(): number {
    return this.#changes.length
  }

  rewind(mark: number): void {
    this.#changes.length = mark
    if (mark === 0) this.#next = null
  }

  prepare(): void {
    const { rows, size } = this.#parts
    this.#after = { sum: this.#sum, many: this.#many }
    // Nothing that the journal takes touches these rows, so that the seal of before stays true.
    if (rows.isCollecting) return
    let { sum, many } = this.#after
    const latest = new Map<string, bigint | undefined>()
    for (const change of this.#changes)
      if ("many" in change) many += change.by
      else latest.set(change.name, change.weight)
    for (const [name, weight = 0n] of latest) sum += weight - (this.#weights.get(name) ?? 0n)
    this.#after = { sum: around(sum), many: around(many) }
    const keys = this.#next ?? this.#keys
    if (this.#after.many !== this.#many || this.#next !== null)
      rows.run(setMeta, manyName, closeMany(keys.many, this.#after.many))
    rows.run(setMeta, sealName, sealOf(keys, size(), this.#after))
  }

  committed(): void {
    for (const change of this.#changes)
      if ("many" in change) this.#follow(change)
      else if (change.weight === undefined) this.#weights.delete(change.name)
      else this.#weights.set(change.name, change.weight)
    this.#sum = this.#after.sum
    this.#many = this.#after.many
    this.#changes = []
    this.#keys = this.#next ?? this.#keys
    this.#next = null
  }

  /** What was looked at already is not looked at again. */
  #follow({ many, by }: { many: string; by: bigint }): void {
    if (this.#seen === null || many > this.#seen.last) return
    this.#seen = { ...this.#seen, sum: around(this.#seen.sum + by) }
  }

  aborted(): void {
    this.rewind(0)
  }
}

function around(sum: bigint): bigint {
  return ((sum % modulus) + modulus) % modulus
}

function valuesOf({ kind, id, state, at, subject, body, sealed }: RecordRow): SqlValue[] {
  return [kind, id, state, at, subject, body, sealed]
}

function* everyRow(tx: Tx): Generator<StoredRecord, void> {
  const sql = `${columns} (kind, id) > (?, ?) ORDER BY kind, id LIMIT ?`
  for (let kind = "", id = ""; ;) {
    const page = tx.query<StoredRecord>(sql, [kind, id, pageRows])
    yield* page
    const last = page.at(-1)
    if (last === undefined) return
    ;({ kind, id } = last)
  }
}
