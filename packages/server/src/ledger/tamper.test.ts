import { DatabaseSync } from "node:sqlite"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { intentOf, newAction, outcomeOf, type Scratch, scratch } from "../store/scratch-store.ts"
import { openStore, type Store } from "../store/store.ts"

let place: Scratch
let store: Store

/** Changes the database behind the node's back, as somebody with the file could. */
function tamper(sql: string): void {
  const db = new DatabaseSync(store.folder.database)
  db.function("flipped", flipped)
  const triggers = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all()
  for (const trigger of triggers) db.exec(`DROP TRIGGER ${String(trigger["name"])}`)
  db.exec(`PRAGMA foreign_keys = OFF; ${sql}`)
  db.close()
}

/** The value with the lowest bit of its last byte flipped. */
function flipped(value: unknown): Uint8Array {
  const bytes = Buffer.from(value as Uint8Array) // the columns it is used on are blobs
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  return bytes
}

beforeEach(async () => {
  place = scratch()
  store = await openStore(place.options())
  const actions = Array.from({ length: 300 }, newAction)
  await Promise.all(actions.map((action) => store.ledger.append(intentOf(action, { hold: "hld_a" }))))
  await Promise.all(actions.slice(0, 290).map((action) => store.ledger.append(outcomeOf(action))))
  await store.commit((tx) => store.vault.put(tx, { id: "kept", subject: "tsk_a", value: "a secret" }))
  // Closing signs what is new.
  await store.close()
  store = await openStore(place.options())
})
afterEach(async () => {
  await store.close()
  place.remove()
})

/** Two entries change places, each with all that it has. */
const swapped = (a: number, b: number) =>
  `UPDATE entry SET idx = 10000 WHERE idx = ${a}; UPDATE entry SET idx = ${a} WHERE idx = ${b}; UPDATE entry SET idx = ${b} WHERE idx = 10000`

/** An entry without bytes, which its table would not take, and which one flipped bit in the head of its row makes. */
const emptied =
  "CREATE TABLE other AS SELECT * FROM entry; DROP TABLE entry; ALTER TABLE other RENAME TO entry; UPDATE entry SET bytes = NULL WHERE idx = 20"

const altered = [
  ["entry", "UPDATE entry SET bytes = flipped(bytes) WHERE idx = 20"],
  ["entry", emptied],
  ["entry", "UPDATE entry SET hash = flipped(hash) WHERE idx = 20"],
  ["entry", "UPDATE entry SET at = at - 1 WHERE idx = 20"],
  ["entry", "UPDATE entry SET action = 'act_other' WHERE idx = 20"],
  ["entry", "UPDATE entry SET hold = 'hld_b' WHERE idx = 20"],
  ["entry", "UPDATE entry SET performed = NULL WHERE idx = 20"],
  ["entry", "DELETE FROM entry WHERE idx = 20"],
  ["entry", "UPDATE entry SET idx = 10000 WHERE idx = 20"],
  ["tile", swapped(20, 21)],
  ["checkpoint", swapped(588, 589)],
  ["tile", "UPDATE tile SET bytes = flipped(bytes) WHERE n = 1"],
  ["tile", "DELETE FROM tile WHERE n = 1"],
  ["checkpoint", "UPDATE checkpoint SET note = replace(note, 'localhost', 'localhosu')"],
  ["checkpoint", "UPDATE checkpoint SET size = 589 WHERE size = 590"],
  ["open_intent", "DELETE FROM open_intent WHERE idx = 299"],
  ["open_intent", "INSERT INTO open_intent (action, idx) VALUES ('act_x', 3)"],
] as const

describe("reading everything again", () => {
  test("finds nothing in a ledger that nobody touched, and tells how far it is", async () => {
    const seen: number[] = []
    const verdict = await store.ledger.verify({ onProgress: (done) => seen.push(done) })
    expect(verdict).toMatchObject({ ok: true, entries: 590 })
    expect(seen).toEqual([500, 590])
  })

  test.each(altered)("finds a change in table %s: %s", async (table, sql) => {
    tamper(sql)
    expect(await store.ledger.verify()).toMatchObject({ ok: false, fault: { table } })
  })

  test("names the entry that a page of entries cannot show", () => {
    tamper("UPDATE entry SET bytes = flipped(bytes) WHERE idx = 20")
    expect(store.ledger.entries(0, 20)).toHaveLength(20)
    const told = { code: "ledger_ambiguous", message: expect.stringContaining("entry 20 ") as string }
    expect(() => store.ledger.entries(0, 21)).toThrow(expect.objectContaining(told))
  })

  test("finds a vault key and a vault value of which one bit differs", async () => {
    tamper("UPDATE vault SET body = flipped(body)")
    expect(() => store.vault.get("kept")).toThrow("restore a backup")
    tamper("UPDATE vault SET body = flipped(body)")
    expect(store.vault.get("kept")).toBe("a secret")
    await store.close()
    tamper("UPDATE vault_key SET wrapped = flipped(wrapped)")
    await expect(openStore(place.options())).rejects.toMatchObject({ code: "vault_damaged" })
  })
})

const refusedAtStart = [
  ["DELETE FROM entry WHERE idx >= 585", "covers 590"],
  ["DELETE FROM entry WHERE idx = 585", "missing"],
  ["UPDATE entry SET bytes = flipped(bytes) WHERE idx = 589", "altered"],
  ["UPDATE entry SET hash = flipped(hash) WHERE idx = 589", "root"],
  [swapped(588, 589), "root"],
  ["UPDATE tile SET bytes = flipped(bytes) WHERE n = 1", "root"],
  ["DELETE FROM tile WHERE n = 1", "tile"],
  ["UPDATE checkpoint SET note = replace(note, 'localhost', 'localhosu')", "not signed"],
  ["UPDATE checkpoint SET size = 589 WHERE size = 590", "not signed"],
  ["UPDATE meta SET value = replace(value, 'localhost', 'localhosu')", "not the key"],
] as const

describe("a start", () => {
  test.each(refusedAtStart)("is refused after %s", async (sql, said) => {
    await store.close()
    tamper(sql)
    await expect(openStore(place.options())).rejects.toMatchObject({
      code: "ledger_ambiguous",
      message: expect.stringContaining(said) as string,
    })
  })

  test("is refused on a schema that this Hufu does not know", async () => {
    await store.close()
    tamper("INSERT INTO migration (version, name) VALUES (99, 'later')")
    await expect(openStore(place.options())).rejects.toMatchObject({ code: "store_newer" })
  })
})

test("the node's own connections can neither change nor delete an entry", async () => {
  await expect(store.commit((tx) => tx.run("UPDATE entry SET at = 0"))).rejects.toThrow("only grows")
  await expect(store.commit((tx) => tx.run("DELETE FROM checkpoint"))).rejects.toThrow("only grows")
  expect(await store.ledger.verify()).toMatchObject({ ok: true })
})
