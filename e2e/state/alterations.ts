import { DatabaseSync } from "node:sqlite"
import type { Seeded } from "../seeded.ts"

/** What somebody did to `hufu.db` while no node ran. */
export interface Alteration {
  readonly kind: string
  readonly what: string
  /** Answers whether anything was changed by it. */
  readonly apply: (db: DatabaseSync) => boolean
}

interface Row {
  readonly kind: string
  readonly id: string
  readonly state: string
  readonly body: string
  readonly subject: string | null
  readonly sealed: Uint8Array | null
}

const word = {
  live: "revoked",
  revoked: "live",
  removed: "live",
  ended: "live",
  used: "approved",
  refused: "approved",
}

/**
 * One alteration of each way for every row that the folds have.
 *
 * @param counted the mandates of which all that was spent is known: of others, at least as much has to be
 */
export function alterationsOf(
  file: string,
  { random, counted }: { random: Seeded; counted: ReadonlySet<string> },
): Alteration[] {
  const db = new DatabaseSync(file, { readOnly: true })
  const rows = db
    .prepare("SELECT kind, id, state, body, subject, sealed FROM record")
    .all() as unknown as Row[]
  const spent = db.prepare("SELECT mandate, grant_index FROM spent").all()
  db.close()
  return [
    ...rows.flatMap((row) => ofRow(row, rows, random)),
    ...spent.filter(({ mandate }) => counted.has(String(mandate))).flatMap(ofSpent),
    ofOpenIntent(rows),
  ]
}

function ofRow(row: Row, rows: readonly Row[], random: Seeded): Alteration[] {
  const where = "WHERE kind = ? AND id = ?"
  const run =
    (sql: string, ...values: (string | number | Uint8Array | null)[]) =>
    (db: DatabaseSync) =>
      db.prepare(`${sql} ${where}`).run(...values, row.kind, row.id).changes === 1
  const say = (what: string, apply: Alteration["apply"]): Alteration => ({
    kind: row.kind,
    what: `${row.id}: ${what}`,
    apply,
  })
  const states: Readonly<Record<string, string>> = word
  const other = rows.find(({ kind, id, sealed }) => kind === row.kind && id !== row.id && sealed !== null)
  return [
    say("deleted", run("DELETE FROM record")),
    say("another state", run("UPDATE record SET state = ?", states[row.state] ?? "live?")),
    say("another time", run("UPDATE record SET at = at + 1")),
    say("another subject", run("UPDATE record SET subject = ?", "agt_another000")),
    say("an unknown member", run("UPDATE record SET body = json_set(body, '$.extra', 1)")),
    say("no form", run("UPDATE record SET body = '{'")),
    ...membersOf(row, random).map(({ name, body }) =>
      say(`member ${name}`, run("UPDATE record SET body = ?", body)),
    ),
    ...(row.sealed === null
      ? []
      : [
          say("sealed emptied", run("UPDATE record SET sealed = NULL")),
          say("sealed flipped", run("UPDATE record SET sealed = ?", flipped(row.sealed, random))),
          ...(other?.sealed
            ? [say("sealed of another", run("UPDATE record SET sealed = ?", other.sealed))]
            : []),
        ]),
    say("copied", (db) => {
      const sql =
        "INSERT INTO record SELECT kind, id || '0', state, at, replace(body, id, id || '0'), subject, sealed, proof FROM record"
      return db.prepare(`${sql} ${where}`).run(row.kind, row.id).changes === 1
    }),
  ]
}

/** One open member with another value. */
function membersOf(row: Row, random: Seeded): { name: string; body: string }[] {
  const body = JSON.parse(row.body) as Record<string, unknown>
  const names = Object.keys(body)
  if (names.length === 0) return []
  const name = random.pick(names)
  return [{ name, body: JSON.stringify({ ...body, [name]: another(body[name]) }) }]
}

function another(value: unknown): unknown {
  if (typeof value === "number") return value + 1
  if (typeof value === "boolean") return !value
  if (value === null) return "something"
  return typeof value === "string" ? `${value}0` : null
}

function flipped(bytes: Uint8Array, random: Seeded): Uint8Array {
  const copy = Uint8Array.from(bytes)
  const at = random.int(copy.length)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

function ofSpent({ mandate, grant_index: grant }: Record<string, unknown>): Alteration[] {
  const where = "WHERE mandate = ? AND grant_index = ?"
  const values = [String(mandate), Number(grant)] as const
  const run = (sql: string) => (db: DatabaseSync) =>
    db.prepare(`${sql} ${where}`).run(...values).changes === 1
  return ["count = count + 1", "count = count - 1", "amount = amount - 1"].map((set) => ({
    kind: "spent",
    what: `${values.join("/")}: ${set}`,
    apply: run(`UPDATE spent SET ${set}`),
  }))
}

function ofOpenIntent(rows: readonly Row[]): Alteration {
  return {
    kind: "open_intent",
    what: `one beside ${rows.length} records`,
    apply: (db) =>
      db.prepare("INSERT INTO open_intent (action, idx) VALUES ('act_none0000', 1)").run().changes === 1,
  }
}
