import { decodeEntry } from "@hufu/core/evidence/encode-entry"
import { Failure } from "@hufu/core/failure"
import type { KeyObject } from "node:crypto"
import { formOf, type Query, unwrap, wrap, type WrappedKey } from "../ledger/subject-keys.ts"
import type { RecordTable } from "./record-table.ts"
import type { Tx } from "./store.ts"

export interface ProveRecordsParts {
  readonly query: Query
  readonly commit: <T>(work: (tx: Tx) => T) => Promise<T>
  readonly records: Pick<RecordTable, "adopt">
  readonly vaultKey: KeyObject
  /** How many entries the ledger has. */
  readonly size: number
}

const pageRows = 1_000

/**
 * Takes the rows of a folder that has no seal as they stand, and proves them: once, for a folder that a version before proofs wrote.
 *
 * UNTRUSTED: a seal can be deleted, and proofs with it. A folder is of that time if every key of its vault is wrapped as it was then,
 * which only the vault's key can do, and its ledger does not say that rows were proven. Keys are wrapped anew in the same commit.
 */
export async function proveRecords(parts: ProveRecordsParts): Promise<void> {
  const { query, commit, records, vaultKey, size } = parts
  const keys = query<WrappedKey>("SELECT subject, wrapped FROM vault_key")
  const hasRows = query("SELECT 1 FROM record LIMIT 1").length > 0
  // What a first start makes.
  if (size === 0 && keys.length === 0 && !hasRows) return
  const isEarlier =
    keys.every((key) => formOf(vaultKey, key) === "unproven") && saysUnproven(query, keys.length > 0)
  if (!isEarlier)
    throw new Failure(
      "records_altered",
      "the tables have lost what proves that this node wrote them: find out who writes into the data folder, then restore a backup with `hufu restore`",
    )
  await commit((tx) => {
    for (const key of keys) {
      const wrapped = wrap(vaultKey, key.subject, unwrap(vaultKey, key, "unproven"))
      tx.run("UPDATE vault_key SET wrapped = ? WHERE subject = ?", [wrapped, key.subject])
    }
    const count = records.adopt(tx)
    tx.append({
      kind: "statement",
      fact: "records.proven",
      subject: "node",
      refs: { records: `count-${count}`, keys: `count-${keys.length}` },
    })
  })
}

/** Without a single key there was never anything to keep in the vault: then no entry may commit to any content either. */
function saysUnproven(query: Query, hasKeys: boolean): boolean {
  const sql = "SELECT bytes FROM entry WHERE idx >= ? ORDER BY idx LIMIT ?"
  for (let at = 0; ; at += pageRows) {
    const page = query<{ bytes: Uint8Array }>(sql, [at, pageRows])
    for (const { bytes } of page) {
      const entry = decodeEntry(bytes)
      if (!hasKeys && (entry.kind !== "statement" || entry.digest !== undefined)) return false
      if (entry.kind === "statement" && entry.fact === "records.proven") return false
    }
    if (page.length < pageRows) return true
  }
}
