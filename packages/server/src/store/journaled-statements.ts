import type { SqlValue } from "./sqlite-connection.ts"

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
  spend:
    "INSERT INTO spent (mandate, grant_index, count, amount) VALUES (?, ?, ?, ?) ON CONFLICT (mandate, grant_index) DO UPDATE SET count = spent.count + excluded.count, amount = spent.amount + excluded.amount",
  seenProof: "INSERT INTO seen_proof (id, until) VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
  use: "INSERT INTO person_use (person, body) VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET body = excluded.body",
} as const

type Check = (value: SqlValue | undefined) => boolean

const isText: Check = (value) => typeof value === "string"
const isTextOrNull: Check = (value) => value === null || typeof value === "string"
const isWhole: Check = (value) => Number.isSafeInteger(value)
const isIndex: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0
const isOneOrNull: Check = (value) => value === null || value === 1
const isBytes =
  (min: number, max: number): Check =>
  (value) =>
    value instanceof Uint8Array && value.length >= min && value.length <= max

interface Kind {
  readonly number: number
  readonly checks: readonly Check[]
}

const kinds: ReadonlyMap<string, Kind> = new Map([
  [
    journaled.entry,
    {
      number: 1,
      checks: [
        isIndex,
        isWhole,
        isBytes(1, 16_384),
        isBytes(32, 32),
        isTextOrNull,
        isTextOrNull,
        isOneOrNull,
      ],
    },
  ],
  [journaled.openIntent, { number: 2, checks: [isText, isWhole] }],
  [journaled.closeIntent, { number: 3, checks: [isText] }],
  [journaled.tile, { number: 4, checks: [isWhole, isWhole, isBytes(8_192, 8_192)] }],
  [journaled.vault, { number: 5, checks: [isText, isText, isBytes(12, 12), isBytes(0, 1024 * 1024)] }],
  [journaled.spent, { number: 6, checks: [isText, isWhole, isWhole, isWhole] }],
  [journaled.spend, { number: 7, checks: [isText, isWhole, isWhole, isWhole] }],
  [journaled.seenProof, { number: 8, checks: [isText, isWhole] }],
  [journaled.use, { number: 9, checks: [isText, isText] }],
])

const statements: ReadonlyMap<number, string> = new Map([...kinds].map(([sql, { number }]) => [number, sql]))

/** The number of a statement; throws when it may not be journaled. */
export function numberOf(sql: string): number {
  return kindOf(sql).number
}

/** The statement of a number; undefined for a number of a newer Hufu. */
export function statementOf(number: number): string | undefined {
  return statements.get(number)
}

/**
 * Throws when the tables would refuse a row for what it holds: once it is journaled it can be neither folded nor taken back, and
 * the store would stand still for ever.
 */
export function assertJournaled(sql: string, values: readonly SqlValue[]): void {
  const { checks } = kindOf(sql)
  if (values.length === checks.length && checks.every((check, i) => check(values[i]))) return
  throw new TypeError(`these values do not fit the journaled statement: ${sql}`)
}

function kindOf(sql: string): Kind {
  const kind = kinds.get(sql)
  if (kind === undefined) throw new Error(`this statement has no place in the journal: ${sql}`)
  return kind
}
