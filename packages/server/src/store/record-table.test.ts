import { copyFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { setImmediate as turn } from "node:timers/promises"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { systemClock } from "../clock.ts"
import { rotateVaultKey } from "../keys/rotate-keys.ts"
import type { RecordRow } from "./record-row.ts"
import { intentOf, newAction, note, outcomeOf, type Scratch, scratch } from "./scratch-store.ts"
import { openStore, type Store } from "./store.ts"

let place: Scratch
let store: Store
/** A rotation has the system's clock. */
const options = (of = place) => of.options({ clock: systemClock })
beforeEach(async () => {
  place = scratch()
  store = await openStore(options())
})
afterEach(async () => {
  await store.close()
  place.remove()
})

const rowOf = (id: string, more: Partial<RecordRow> = {}): RecordRow => ({
  kind: "mandate",
  id,
  state: "live",
  at: 1,
  subject: null,
  body: JSON.stringify({ id, words: "keep my notes" }),
  sealed: null,
  ...more,
})
/** As every authority writes: the rows, and the statement of it. */
const put = (...rows: RecordRow[]) =>
  store.commit((tx) => {
    for (const row of rows) store.records.put(tx, row)
    tx.append({ kind: "statement", fact: "mandate.granted", subject: "mnd_a" })
  })

const databaseOf = (of: Pick<Scratch, "dataDir"> = place) => join(of.dataDir, "hufu.db")
function write(sql: string, ...values: (string | number | Uint8Array | null)[]): number {
  const db = new DatabaseSync(databaseOf())
  try {
    return Number(db.prepare(sql).run(...values).changes)
  } finally {
    db.close()
  }
}

async function reopen(): Promise<void> {
  await store.close()
  store = await openStore(options())
}

/** Writes into the file of a stopped node, and expects the next start to refuse it. */
async function expectRefused(attack: () => number, says: string | RegExp): Promise<void> {
  await store.close()
  expect(attack()).toBeGreaterThan(0)
  await expect(openStore(options())).rejects.toMatchObject({
    code: "records_altered",
    message: expect.stringMatching(says),
  })
}

const idsOf = (kind: string, ...states: string[]) =>
  store.records.initial(kind, states.length === 0 ? undefined : states).map(({ id }) => id)

describe("rows that this node wrote", () => {
  it("are there after a restart and after a kill, whatever came between", async () => {
    await put(rowOf("mnd_a"), rowOf("mnd_b"), rowOf("hld_a", { kind: "hold", state: "waiting" }))
    await put(rowOf("mnd_b", { state: "revoked" }), rowOf("hld_a", { kind: "hold", state: "used" }))
    await store.commit((tx) => store.records.remove(tx, rowOf("mnd_a")))
    await put(rowOf("mnd_c", { body: "{}" }), rowOf("mnd_c", { sealed: Buffer.from("sealed") }))
    await Promise.allSettled([
      put(rowOf("mnd_d")),
      store.commit((tx) => {
        store.records.put(tx, rowOf("mnd_d", { state: "never" }))
        store.records.put(tx, rowOf("mnd_e"))
        throw new Error("changed my mind")
      }),
      put(rowOf("mnd_d", { state: "last" })),
    ])
    const action = newAction()
    // What the journal alone holds follows the last seal.
    await store.commit((tx) => store.vault.enroll(tx, "tsk_a"))
    await store.commit((tx) => tx.append(intentOf(action)), { blind: true })
    await store.commit((tx) => tx.append(outcomeOf(action)), { blind: true })
    const killed = place.crashed()
    const after = await openStore(options(killed))
    expect(after.ledger.size()).toBe(store.ledger.size())
    expect(after.records.initial("mandate").map(({ id, state }) => `${id} ${state}`)).toEqual([
      "mnd_b revoked",
      "mnd_c live",
      "mnd_d last",
    ])
    await after.close()
    killed.remove()
    await reopen()
    expect(idsOf("mandate", "live")).toEqual(["mnd_c"])
    expect(store.records.read("hold").map(({ state }) => state)).toEqual(["used"])
  })

  it("are read as they are now, also when they were written after the start", async () => {
    await put(rowOf("mnd_a"))
    await reopen()
    await put(rowOf("mnd_b"))
    expect(idsOf("mandate")).toEqual(["mnd_a", "mnd_b"])
    expect(idsOf("mandate", "live")).toEqual(["mnd_a", "mnd_b"])
    expect(idsOf("mandate", "revoked")).toEqual([])
  })

  it("lose what is sealed when their subject is erased, and stay proven", async () => {
    await store.commit((tx) => {
      for (const id of ["mnd_a", "mnd_b"])
        store.records.put(
          tx,
          rowOf(id, { subject: id, sealed: store.vault.sealRow(tx, { subject: id, name: id, text: "{}" }) }),
        )
    })
    await store.vault.erase("mnd_a")
    await reopen()
    expect(store.records.read("mandate").map(({ sealed }) => sealed === null)).toEqual([true, false])
  })

  it("stand under the new key after a rotation, and nothing of before is taken any more", async () => {
    await put(rowOf("mnd_a"), rowOf("hld_a", { kind: "hold", state: "used" }))
    await store.commit((tx) => store.vault.enroll(tx, "tsk_a"))
    await store.close()
    const before = join(place.dataDir, "before.db")
    copyFileSync(databaseOf(), before)
    await rotateVaultKey(place.dataDir, () => Promise.resolve(""))
    store = await openStore(options())
    expect(idsOf("mandate")).toEqual(["mnd_a"])
    expect(store.records.read("hold")).toHaveLength(1)
    await expectRefused(() => restoreRow(before, "mnd_a"), "the row of mandate `mnd_a`")
  })
})

/** Puts a row back as an older copy of the file has it. */
function restoreRow(copy: string, id: string): number {
  const db = new DatabaseSync(databaseOf())
  try {
    db.prepare("ATTACH ? AS old").run(copy)
    return Number(
      db.prepare("INSERT OR REPLACE INTO record SELECT * FROM old.record WHERE id = ?").run(id).changes,
    )
  } finally {
    db.close()
  }
}

describe("rows that somebody else wrote while no node ran", () => {
  beforeEach(() =>
    put(
      rowOf("mnd_a"),
      rowOf("mnd_b", { state: "revoked" }),
      rowOf("crd_a", { kind: "credential", sealed: Buffer.from("sealed"), subject: "agt_a" }),
      rowOf("hld_a", { kind: "hold", state: "waiting" }),
      rowOf("tsk_a", { kind: "task" }),
    ),
  )

  it.each([
    ["state", "state = 'live'", "mnd_b"],
    ["state of a hold", "state = 'approved'", "hld_a"],
    ["time", "at = 2", "mnd_a"],
    ["subject", "subject = 'agt_b'", "crd_a"],
    ["body", "body = '{}'", "mnd_a"],
    ["sealed part", "sealed = x'00'", "crd_a"],
    ["sealed part, gone", "sealed = NULL", "crd_a"],
    ["sealed part, moved into the body", "body = body || 'sealed', sealed = x''", "crd_a"],
    ["proof", "proof = zeroblob(16)", "mnd_a"],
    ["proof, too long", "proof = CAST(proof || x'00' AS BLOB)", "mnd_a"],
    ["proof, gone", "proof = NULL", "mnd_a"],
    ["id", "id = 'xxx_a'", "mnd_a"],
    ["kind", "kind = 'person'", "mnd_a"],
  ])("are refused by name: another %s", (_, change, id) =>
    expectRefused(
      () => write(`UPDATE record SET ${change} WHERE id = ?`, id),
      new RegExp(`the row of \\w+ \`(?:${id}|xxx_a)\` is not what this node wrote`),
    ),
  )

  it("are refused when they are new, with no proof or another row's", async () => {
    await expectRefused(
      () =>
        write("INSERT INTO record (kind, id, state, at, body) VALUES ('passkey', 'pky_x', 'live', 1, '{}')"),
      "the row of passkey `pky_x` is not what this node wrote",
    )
    write("DELETE FROM record WHERE id = 'pky_x'")
    await expectRefused(
      () =>
        write(
          "INSERT INTO record SELECT kind, 'mnd_x', state, at, body, subject, sealed, proof FROM record WHERE id = 'mnd_a'",
        ),
      "the row of mandate `mnd_x` is not what this node wrote",
    )
  })

  it.each(["mnd_a", "mnd_b", "hld_a", "tsk_a"])("are missed when they are gone: %s", (id) =>
    expectRefused(
      () => write("DELETE FROM record WHERE id = ?", id),
      "rows of the tables are missing, or are older",
    ),
  )

  it("are refused when two have changed places", () =>
    expectRefused(() => {
      const moved = write("UPDATE record SET id = 'between' WHERE id = 'mnd_a'")
      write("UPDATE record SET id = 'mnd_a' WHERE id = 'mnd_b'")
      return moved + write("UPDATE record SET id = 'mnd_b' WHERE id = 'between'")
    }, "`mnd_a` \\(and 1 more\\) is not what this node wrote"))

  it("are refused when there is no seal, with or without proofs, keys and rows", async () => {
    // What the first start of a node keeps.
    await store.commit((tx) => {
      const kept = store.vault.put(tx, { id: "rules/a", subject: "rules", value: "a rule" })
      tx.append({ kind: "statement", fact: "rules.loaded", subject: "rules", digest: kept })
    })
    await expectRefused(() => write("DELETE FROM meta WHERE key = 'records.seal'"), "have lost what proves")
    await expectRefused(() => write("UPDATE record SET proof = NULL"), "have lost what proves")
    write("DELETE FROM vault")
    write("DELETE FROM vault_key")
    await expect(openStore(options())).rejects.toMatchObject({ code: "records_altered" })
    await expectRefused(() => write("DELETE FROM record"), "have lost what proves")
  })

  it.each(["", "5", "5 00", "-1 00", "99999 00", "x"])("are refused under a made-up seal: `%s`", (seal) =>
    expectRefused(
      () => write("UPDATE meta SET value = ? WHERE key = 'records.seal'", seal),
      "rows of the tables are missing, or are older",
    ),
  )
})

describe("rows of which there may be many", () => {
  const some = Array.from({ length: 1200 }, (_, n) => `reg_${String(n).padStart(5, "0")}`)
  const registration = (id: string, state = "draft") => rowOf(id, { kind: "registration", state })
  const copy = () => join(place.dataDir, "copy.db")
  beforeEach(async () => {
    await put(...some.map((id) => registration(id)))
    await store.close()
    copyFileSync(databaseOf(), copy())
    store = await openStore(options())
    await put(registration("reg_00007", "retired"), registration("reg_01100", "approved"))
    await Promise.allSettled([
      put(registration("reg_00008", "never"), rowOf("mnd_a")).then(() => put(registration("reg_00008"))),
      store.commit((tx) => {
        store.records.put(tx, registration("reg_00009", "never"))
        throw new Error("changed my mind")
      }),
    ])
    await store.commit((tx) => store.records.remove(tx, registration("reg_01199")))
  })

  it("are all there after a restart, a kill and a new key", async () => {
    const killed = place.crashed()
    const after = await openStore(options(killed))
    expect(after.records.read("registration")).toHaveLength(1199)
    await after.close()
    killed.remove()
    await store.close()
    await rotateVaultKey(place.dataDir, () => Promise.resolve(""))
    store = await openStore(options())
    expect(store.records.read("registration", "AND state <> 'draft'").map(({ id }) => id)).toEqual([
      "reg_00007",
      "reg_01100",
    ])
  })

  const missed = "rows of the tables are missing, or are older"
  it.each([
    ["gone", () => write("DELETE FROM record WHERE id = 'reg_00500'"), missed],
    ["all gone", () => write("DELETE FROM record WHERE kind = 'registration'"), missed],
    ["back", () => restoreRow(copy(), "reg_00007"), missed],
    ["back after it was removed", () => restoreRow(copy(), "reg_01199"), missed],
    [
      "altered",
      () => write("UPDATE record SET state = 'approved' WHERE id = 'reg_00007'"),
      "the row of registration `reg_00007` is not what this node wrote",
    ],
    ["without their sum", () => write("DELETE FROM meta WHERE key = 'records.many'"), missed],
    ["with another sum", () => write("UPDATE meta SET value = 'AAAA' WHERE key = 'records.many'"), missed],
  ])("are refused: %s", (_, attack, says) => expectRefused(attack, says))

  describe("when a start does not wait for all of them", () => {
    const partly = () => place.options({ clock: systemClock, manyAtStart: 1 })
    const turns = async (count: number) => {
      for (let n = 0; n < count; n++) await turn()
    }

    it("are looked at to the end while the node runs, also while they change", async () => {
      await store.close()
      store = await openStore(partly())
      await put(registration("reg_00001", "pending"), registration("reg_01000", "pending"))
      await turns(5)
      expect(store.records.read("registration", "AND state = 'pending'")).toHaveLength(2)
      await reopen()
      expect(store.records.read("registration")).toHaveLength(1199)
    })

    it.each([
      ["is gone", () => write("DELETE FROM record WHERE id = 'reg_01000'"), missed],
      ["was altered", () => write("UPDATE record SET at = 7 WHERE id = 'reg_01000'"), "`reg_01000`"],
    ])("none is read any more once one is found that %s", async (_, attack, says) => {
      await store.close()
      attack()
      store = await openStore(partly())
      await turns(5)
      for (const where of ["", "AND id = 'reg_00001'"])
        expect(() => store.records.read("registration", where)).toThrow(says)
      expect(() => store.records.read("mandate")).not.toThrow()
      await store.close()
      // A start that waits for all of them refuses.
      await expect(openStore(options())).rejects.toMatchObject({ code: "records_altered" })
    })
  })
})

describe("rows that were put back as they once were", () => {
  const copy = () => join(place.dataDir, "copy.db")
  beforeEach(async () => {
    await put(rowOf("mnd_a"), rowOf("mnd_b"), rowOf("hld_a", { kind: "hold", state: "approved" }))
    await store.close()
    copyFileSync(databaseOf(), copy())
    store = await openStore(options())
    await put(rowOf("mnd_a", { state: "revoked" }), rowOf("hld_a", { kind: "hold", state: "used" }))
  })

  it.each(["mnd_a", "hld_a"])("are refused: %s", (id) =>
    expectRefused(() => restoreRow(copy(), id), "rows of the tables are missing, or are older"),
  )

  it("are refused all together with their seal, for the ledger went on", () =>
    expectRefused(() => {
      for (const id of ["mnd_a", "hld_a"]) restoreRow(copy(), id)
      const old = new DatabaseSync(copy(), { readOnly: true })
      const seal = old.prepare("SELECT value FROM meta WHERE key = 'records.seal'").get()
      old.close()
      return write("UPDATE meta SET value = ? WHERE key = 'records.seal'", String(seal?.["value"]))
    }, /as they were at entry 1 of the ledger, which has changed them since/))
})

describe("what a second connection writes while the node runs", () => {
  beforeEach(() => put(rowOf("mnd_a"), rowOf("mnd_b"), rowOf("hld_a", { kind: "hold", state: "used" })))

  it("is not read, and the start after it refuses it", async () => {
    write("UPDATE record SET body = '{}' WHERE id = 'mnd_a'")
    write("UPDATE record SET body = '{}' WHERE id = 'hld_a'")
    const refused = expect.objectContaining({ code: "records_altered" })
    for (const kind of ["mandate", "hold"]) expect(() => store.records.read(kind)).toThrow(refused)
    expect(store.records.read("mandate", "AND id = ?", ["mnd_b"])).toHaveLength(1)
    await expectRefused(() => 1, "the row of mandate `mnd_a`")
  })

  it("is not read when it is how the row once was", async () => {
    const [old] = store.query<{ proof: Uint8Array }>("SELECT proof FROM record WHERE id = 'mnd_a'")
    await put(rowOf("mnd_a", { state: "revoked" }))
    write("UPDATE record SET state = 'live', proof = ? WHERE id = 'mnd_a'", old?.proof ?? null)
    expect(() => store.records.read("mandate", "AND id = ?", ["mnd_a"])).toThrow("not what this node wrote")
  })

  it("is gone where the node writes the row itself: no stop waits for it", async () => {
    write("UPDATE record SET body = '{}' WHERE id = 'mnd_a'")
    await put(rowOf("mnd_a", { state: "revoked" }))
    await reopen()
    expect(idsOf("mandate", "revoked")).toEqual(["mnd_a"])
  })

  it("gets no proof when the row is erased or the key rotated", async () => {
    await store.commit((tx) => {
      const sealed = store.vault.sealRow(tx, { subject: "tsk_a", name: "x", text: "{}" })
      store.records.put(tx, rowOf("mnd_b", { subject: "tsk_a", sealed }))
    })
    write("UPDATE record SET body = '{}' WHERE id IN ('mnd_b', 'hld_a')")
    await expect(store.vault.erase("tsk_a")).rejects.toMatchObject({ code: "records_altered" })
    await put(rowOf("mnd_b"))
    await store.close()
    await rotateVaultKey(place.dataDir, () => Promise.resolve(""))
    store = await openStore(options())
    expect(() => store.records.read("hold")).toThrow("the row of hold `hld_a` is not what this node wrote")
  })
})

it("takes a folder that was killed before its first entry for what it is", async () => {
  await store.close()
  write("DELETE FROM meta WHERE key = 'records.seal'")
  const killed = place.crashed()
  const after = await openStore(options(killed))
  await after.ledger.append(note())
  await after.close()
  killed.remove()
})
