import { DatabaseSync } from "node:sqlite"
import { afterAll, beforeAll, expect, test } from "vitest"
import * as fc from "fast-check"
import { journaled } from "./journaled-statements.ts"
import { migrations } from "./migrate.ts"
import { decodeRows, type Row, RowEncoder } from "./row-codec.ts"
import { RowTarget } from "./row-target.ts"
import { SqliteConnection, type SqlValue } from "./sqlite-connection.ts"

const value = fc.oneof(
  fc.constant(null),
  fc.double({ noNaN: true }),
  fc.maxSafeInteger(),
  fc.string({ unit: "grapheme" }),
  fc.uint8Array({ maxLength: 300 }),
)
const statement = fc.constantFrom(...Object.values(journaled))
const row: fc.Arbitrary<Row> = fc.record({ sql: statement, values: fc.array(value, { maxLength: 8 }) })

test("rows come back as they were, at any head and however often the encoder was used", () => {
  const encoder = new RowEncoder()
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), fc.nat(40), (rows, head) => {
      expect(decodeRows(encoder.encode(rows, head).subarray(head))).toEqual(rows)
    }),
  )
})

test("a long value and many rows make the encoder grow without losing what it holds", () => {
  const rows = Array.from({ length: 3_000 }, (_, i) => ({
    sql: journaled.vault,
    values: [`id ${i}`, "老虎".repeat(i % 50), new Uint8Array(i % 700).fill(i), null],
  }))
  expect(decodeRows(new RowEncoder().encode(rows))).toEqual(rows)
})

test("rows that are cut anywhere but between two are refused", () => {
  const rows = [
    { sql: journaled.closeIntent, values: ["act_a"] },
    { sql: journaled.spent, values: ["mnd_a", -1, 3, 400] },
  ]
  const bytes = Buffer.from(new RowEncoder().encode(rows))
  const between = new RowEncoder().encode(rows.slice(0, 1)).length
  for (let length = 0; length < bytes.length; length += 1) {
    const read = (): Row[] => decodeRows(bytes.subarray(0, length))
    if (length === 0 || length === between) expect(read()).toEqual(rows.slice(0, length === 0 ? 0 : 1))
    else expect(read).toThrow(expect.objectContaining({ code: "ledger_ambiguous" }) as Error)
  }
})

test("a statement of a newer Hufu says so, instead of advising a backup", () => {
  expect(() => decodeRows(Buffer.of(99, 0))).toThrow(
    expect.objectContaining({ code: "store_newer" }) as Error,
  )
})

// What these make is often just what the tables take, and often just not.
const near: fc.Arbitrary<SqlValue> = fc.oneof(
  fc.constantFrom<SqlValue>(null, 0, 1, -1, 0.5, 2 ** 53, Number.NaN, Infinity, 7n, "", "act_a"),
  fc.nat(),
  fc.constantFrom(0, 1, 11, 12, 13, 31, 32, 33, 8_191, 8_192, 16_384, 16_385).map((n) => new Uint8Array(n)),
)
const nearRow = statement.chain((sql) =>
  fc.record({
    sql: fc.constant(sql),
    values: fc.array(near, { minLength: columns(sql) - 1, maxLength: columns(sql) + 1 }),
  }),
)

function columns(sql: string): number {
  return sql.split("?").length - 1
}

/** Rows of which each is right but for one value. */
const right: Record<keyof typeof journaled, SqlValue[]> = {
  entry: [0, 1, new Uint8Array(10), new Uint8Array(32), "act_a", null, 1],
  openIntent: ["act_a", 0],
  closeIntent: ["act_a"],
  tile: [0, 0, new Uint8Array(8_192)],
  vault: ["a", "tsk_a", new Uint8Array(12), new Uint8Array(16)],
  spent: ["mnd_a", -1, 1, 2],
  spend: ["mnd_a", -1, -1, -2],
  seenProof: ["a", 1],
  use: ["prt_a", "{}"],
}
const nearlyRight = fc.constantFrom(...Object.entries(right)).chain(([name, values]) =>
  fc.tuple(fc.nat(values.length - 1), near).map(([at, other]) => ({
    sql: journaled[name as keyof typeof journaled], // the names of one are those of the other
    values: values.with(at, other),
  })),
)

let db: DatabaseSync
beforeAll(() => {
  db = new DatabaseSync(":memory:", { enableForeignKeyConstraints: false })
  for (const { up } of migrations) db.exec(up)
})
afterAll(() => db.close())

test("every row that is let into the journal can be brought into the tables", () => {
  const target = new RowTarget(new SqliteConnection(db))
  let letIn = 0
  fc.assert(
    fc.property(fc.oneof(nearRow, nearlyRight), ({ sql, values }) => {
      const rows: Row[] = []
      try {
        target.collect(rows, () => target.run(sql, ...values))
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError)
        return
      }
      letIn += 1
      db.exec("SAVEPOINT row")
      db.prepare(sql).run(...values)
      db.exec("ROLLBACK TO row; RELEASE row")
    }),
    { numRuns: 3_000 },
  )
  for (const [name, values] of Object.entries(right)) {
    target.collect([], () => target.run(journaled[name as keyof typeof journaled], ...values)) // as above
  }
  expect(letIn).toBeGreaterThan(100)
})

test("a statement that is not journaled is refused in the unit that runs it", () => {
  const target = new RowTarget(new SqliteConnection(db))
  expect(() => target.collect([], () => target.run("DELETE FROM vault WHERE id = ?", "a"))).toThrow(
    "no place in the journal",
  )
})
