import type { SqliteConnection } from "../store/sqlite-connection.ts"
import { type LedgerFault, ledgerFault } from "./ledger-fault.ts"

interface Row {
  readonly name: string
  readonly sound: 0 | 1
}

const ofKeys = `SELECT subject AS name, typeof(subject) = 'text' AND typeof(wrapped) = 'blob' AND length(wrapped) = 92 AS sound
  FROM vault_key WHERE subject > ? ORDER BY subject LIMIT ?`
const ofValues = `SELECT id AS name, typeof(id) = 'text' AND typeof(nonce) = 'blob' AND length(nonce) = 12
    AND typeof(body) = 'blob' AND length(body) >= 16
    AND EXISTS (SELECT 1 FROM vault_key WHERE vault_key.subject = vault.subject) AS sound
  FROM vault WHERE id > ? ORDER BY id LIMIT ?`

/**
 * Looks at the form of every row of the vault, so many at a time: null for each slice that is sound, else the first fault. Whether a
 * value opens, its tag says when it is read.
 */
export function* readVault(db: SqliteConnection, rows: number): Generator<LedgerFault | null, void> {
  for (const [table, sql] of [
    ["vault_key", ofKeys],
    ["vault", ofValues],
  ] as const) {
    let last = ""
    for (;;) {
      // The columns are those that the statement computes.
      const page = db.all(sql, last, rows) as unknown as Row[]
      const wrong = page.find(({ sound }) => sound !== 1)
      yield wrong === undefined ? null : ledgerFault.malformedVault(table, wrong.name)
      if (page.length < rows) break
      last = page.at(-1)?.name ?? ""
    }
  }
}
