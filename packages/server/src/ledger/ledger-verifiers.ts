import { createHash } from "node:crypto"
import { type Checkpoint, verifyCheckpoint } from "@hufu/core/evidence/checkpoint"
import { decodeEntry } from "@hufu/core/evidence/encode-entry"
import { parseVkey, type VerifierKey } from "@hufu/core/evidence/vkey"
import { Failure } from "@hufu/core/failure"
import { parseStrict } from "@hufu/core/json/strict-parse"
import { z } from "zod"
import type { SqliteConnection } from "../store/sqlite-connection.ts"

/** A key that signed this ledger until it had so many entries; the last of them names the key that follows. */
const FormerKey = z.strictObject({ vkey: z.string().max(512), until: z.int().positive() })
export type FormerKey = z.infer<typeof FormerKey>

/** The keys that may have signed the checkpoint of a size. */
export type Verifiers = (size: number) => readonly VerifierKey[]

/** Where the database keeps the keys that were. */
export const formerKeysName = "ledger.formerKeys"

export function readFormerKeys(db: SqliteConnection): FormerKey[] {
  const text = db.get("SELECT value FROM meta WHERE key = ?", formerKeysName)?.["value"]
  if (typeof text !== "string") return []
  const parsed = z.array(FormerKey).safeParse(parseStrict(text))
  if (parsed.success) return parsed.data
  throw ambiguous("the list of the ledger's former keys is damaged")
}

/**
 * UNTRUSTED: the list of former keys stands in a table that no signature covers, so each change of key has to be an entry of the
 * ledger, which names both keys.
 */
export function readVerifiers(db: SqliteConnection): Verifiers {
  const current = db.get("SELECT value FROM meta WHERE key = 'ledger.key'")?.["value"]
  if (typeof current !== "string") throw ambiguous("the database does not name the ledger's key")
  const former = readFormerKeys(db)
  for (const [i, { vkey, until }] of former.entries()) {
    if (!isDeclared(db, until - 1, vkey, former[i + 1]?.vkey ?? current))
      throw ambiguous(`the ledger does not say that its key changed at ${until} entries`)
  }
  const spans = [
    ...former.map(({ vkey, until }) => ({ key: parseVkey(vkey), until })),
    { key: parseVkey(current) },
  ]
  return (size) =>
    spans.flatMap(({ key, ...span }, i) => {
      const from = former[i - 1]?.until ?? 0
      const until = "until" in span ? span.until : Infinity
      // At the size of the change either may have signed: the old one does, unless it was lost in that moment.
      return size >= from && size <= until ? [key] : []
    })
}

/** What a statement about a change of key says of a public key. */
export function digestOfKey(vkey: string): string {
  return createHash("sha256").update(vkey).digest("hex")
}

function isDeclared(db: SqliteConnection, index: number, from: string, to: string): boolean {
  const bytes = db.get("SELECT bytes FROM entry WHERE idx = ?", index)?.["bytes"]
  if (!(bytes instanceof Uint8Array)) return false
  const entry = decodeEntry(bytes)
  if (entry.kind !== "statement" || entry.fact !== "ledger.rekeyed") return false
  return entry.refs?.["former"] === digestOfKey(from) && entry.refs["next"] === digestOfKey(to)
}

/** The checkpoint that a stored note signs, if it is of that size and one of the keys of that size signed it. */
export async function verifyStored(
  note: string,
  size: number,
  verifiers: Verifiers,
): Promise<Checkpoint | null> {
  for (const key of verifiers(size)) {
    const verdict = await verifyCheckpoint(note, key)
    if (verdict.ok && verdict.checkpoint.size === size) return verdict.checkpoint
  }
  return null
}

function ambiguous(what: string): Failure {
  return new Failure("ledger_ambiguous", `${what}: restore the whole data folder from one backup`)
}
