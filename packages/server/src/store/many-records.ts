import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from "node:crypto"
import type { Query } from "../ledger/subject-keys.ts"
import { alteredRow } from "./altered-records.ts"
import { isProof, manyKind, modulus, proveRecord, recordColumns, type StoredRecord } from "./record-row.ts"

/** What those rows add up to that were looked at so far, in the order of their ids. */
export interface ManySum {
  readonly sum: bigint
  readonly count: number
  /** The id of the last one. */
  readonly last: string
  readonly isAll: boolean
}

export const noneOfMany: ManySum = { sum: 0n, count: 0, last: "", isAll: false }
export const manyName = "records.many"

const pageRows = 500
const nonceBytes = 12
const tagBytes = 16
const sumBytes = 16

/**
 * Looks at some more of them. Throws Failure("records_altered") at one that somebody else wrote.
 *
 * @param asFound whether such a one is taken too
 */
export function addMany(
  query: Query,
  key: KeyObject,
  { sum, count, last }: ManySum,
  { asFound }: { asFound: boolean } = { asFound: false },
): ManySum {
  const rows = query<StoredRecord>(
    `SELECT ${recordColumns} FROM record WHERE kind = ? AND id > ? ORDER BY id LIMIT ?`,
    [manyKind, last, pageRows],
  )
  let next = sum
  for (const row of rows) {
    const proven = proveRecord(key, row)
    if (!asFound && !isProof(row.proof, proven)) throw alteredRow(row, 1)
    next += proven.weight
  }
  return {
    sum: next % modulus,
    count: count + rows.length,
    last: rows.at(-1)?.id ?? last,
    isAll: rows.length < pageRows,
  }
}

/**
 * The sum as it is kept beside the seal, which covers it. It is closed: from sums that follow each other somebody could reckon what
 * each row adds, and seek others that add up to the same.
 */
export function closeMany(key: KeyObject, sum: bigint): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv("aes-256-gcm", key, nonce)
  const text = Buffer.from(sum.toString(16).padStart(sumBytes * 2, "0"), "hex")
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString(
    "base64url",
  )
}

/** The sum that is kept; 0 when none is, and undefined when it is not what this node wrote. */
export function readMany(query: Query, key: KeyObject): bigint | undefined {
  const [kept] = query<{ value: string }>("SELECT value FROM meta WHERE key = ?", [manyName])
  if (kept === undefined) return 0n
  const bytes = Buffer.from(kept.value, "base64url")
  if (bytes.length !== nonceBytes + sumBytes + tagBytes) return undefined
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes))
    decipher.setAuthTag(bytes.subarray(-tagBytes))
    const text = Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()])
    return BigInt(`0x${text.toString("hex")}`)
  } catch {
    return undefined
  }
}
