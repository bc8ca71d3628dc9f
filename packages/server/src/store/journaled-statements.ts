/**
 * The statements whose rows may stand in the journal before they are in the tables, each under the number that the
 * journal writes for it.
 *
 * INVARIANT: a number never gets another meaning, and its statement fits every schema since it was released: what a
 * crashed node left in its journal is replayed by the node that comes after it, before the schema is brought up to date.
 */
export const journaled = {
  entry: "INSERT INTO entry (idx, at, bytes, hash, action, hold, performed) VALUES (?, ?, ?, ?, ?, ?, ?)",
  openIntent: "INSERT INTO open_intent (action, idx) VALUES (?, ?)",
  closeIntent: "DELETE FROM open_intent WHERE action = ?",
  tile: "INSERT INTO tile (level, n, bytes) VALUES (?, ?, ?)",
  vault: "INSERT INTO vault (id, subject, nonce, body) VALUES (?, ?, ?, ?)",
  spent:
    "INSERT INTO spent (mandate, grant_index, count, amount) VALUES (?, ?, ?, ?) ON CONFLICT (mandate, grant_index) DO UPDATE SET count = excluded.count, amount = excluded.amount",
} as const

const numbers: ReadonlyMap<string, number> = new Map([
  [journaled.entry, 1],
  [journaled.openIntent, 2],
  [journaled.closeIntent, 3],
  [journaled.tile, 4],
  [journaled.vault, 5],
  [journaled.spent, 6],
])

const statements: ReadonlyMap<number, string> = new Map([...numbers].map(([sql, number]) => [number, sql]))

/** The number of a statement; throws when it may not be journaled. */
export function numberOf(sql: string): number {
  const number = numbers.get(sql)
  if (number === undefined) throw new Error(`this statement has no place in the journal: ${sql}`)
  return number
}

/** The statement of a number; undefined for a number of a newer Hufu. */
export function statementOf(number: number): string | undefined {
  return statements.get(number)
}
