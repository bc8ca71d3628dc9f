import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto"

/** A row of the governed state, as the database keeps it. `subject` is null in what an earlier version wrote, which sealed nothing. */
export interface RecordRow {
  readonly kind: string
  readonly id: string
  readonly state: string
  readonly at: number
  readonly subject: string | null
  readonly body: string
  readonly sealed: Uint8Array | null
}

/** The same with what proves who wrote it; null in what a version before proofs wrote. */
export interface StoredRecord extends RecordRow {
  readonly proof: Uint8Array | null
}

export const recordColumns = "kind, id, state, at, subject, body, sealed, proof"

/** What stands in the row, and what it adds to the sum of all: that is nowhere on the disk, so that no other rows can be sought that give the same. */
export interface RecordProof {
  readonly proof: Uint8Array
  readonly weight: bigint
}

/** What of a kind can let nothing happen any more, however many there are; a row in such a state has its own proof alone. */
const over: Readonly<Record<string, (state: string) => boolean>> = {
  hold: (state) => state !== "waiting" && state !== "approved",
  task: (state) => state === "ended",
  words: () => true,
  certificate: (state) => state === "issued",
  registration: () => true,
}

/** There may be a million of them: the sum over all of them is known, and not what each of them adds to it. */
export function isMany({ kind }: Pick<RecordRow, "kind">): boolean {
  return kind === manyKind
}
export const manyKind = "registration"

/** Whether a row belongs to the sum over all rows that can still let something happen. */
export function counts({ kind, state }: Pick<RecordRow, "kind" | "state">): boolean {
  return over[kind]?.(state) !== true
}

/** Whether every row of a kind does. */
export function countsWhole(kind: string): boolean {
  return over[kind] === undefined
}

const proofBytes = 16
/** Sums are counted around at this. */
export const modulus = 1n << 128n

/** Over every column, each in its place: the lengths of the last two stand before them. Both halves are of 128 bits, as one call gives them. */
export function proveRecord(key: KeyObject, row: RecordRow): RecordProof {
  const { kind, id, state, at, subject, body, sealed } = row
  const head = JSON.stringify([kind, id, state, at, subject, body.length, sealed?.length ?? null])
  const hmac = createHmac("sha256", key).update(`hufu-record/1\0${head}\0${body}`)
  const mac = (sealed === null ? hmac : hmac.update(sealed)).digest()
  const weight = (mac.readBigUInt64BE(proofBytes) << 64n) | mac.readBigUInt64BE(proofBytes + 8)
  return { proof: mac.subarray(0, proofBytes), weight }
}

export function isProof(stored: Uint8Array | null, { proof }: RecordProof): boolean {
  return stored?.length === proofBytes && timingSafeEqual(stored, proof)
}

/** How a row is called in what is said of it. */
export function nameOf({ kind, id }: Pick<RecordRow, "kind" | "id">): string {
  return `${kind}/${id}`
}
