import { closeSync, copyFileSync, openSync, readFileSync, readSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { checkStore } from "./contract.ts"
import { frameHeadBytes, Journal } from "./journal.ts"
import { journaled } from "./journaled-statements.ts"
import { type Row, RowEncoder } from "./row-codec.ts"
import { intentOf, newAction, note, outcomeOf, type Scratch, scratch } from "./scratch-store.ts"
import { openStore, type Store } from "./store.ts"

const places: Scratch[] = []
let place: Scratch
let store: Store
beforeEach(async () => {
  place = kept(scratch())
  store = await openStore(place.options())
  await store.commit((tx) => store.vault.enroll(tx, "tsk_a"))
})
afterEach(async () => {
  await store.close()
  for (const each of places.splice(0)) each.remove()
})

function kept(of: Scratch): Scratch {
  places.push(of)
  return of
}

const fileOf = (of: Scratch, name: string): string => join(of.dataDir, name)

/** An intent with its content, as the pipeline writes it: without reading anything. */
async function act(size = 10, subject = "tsk_a"): Promise<string> {
  const action = newAction()
  await store.commit(
    (tx) => {
      store.vault.keep(tx, { id: action, subject, text: JSON.stringify("x".repeat(size)) })
      tx.append(intentOf(action))
    },
    { blind: true },
  )
  return action
}

const look = (): number => store.query<{ n: number }>("SELECT count(*) AS n FROM entry")[0]?.n ?? 0
const walBytes = (): number => statSync(fileOf(place, "hufu.db-wal")).size

/** Everything that this turn of the loop brings has happened. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** How many entries the tables of a data folder have, before anything of its journal is replayed. */
function folded(of: Scratch): number {
  const db = new DatabaseSync(fileOf(of, "hufu.db"), { readOnly: true })
  const row = db.prepare("SELECT count(*) AS n FROM entry").get()
  db.close()
  return Number(row?.["n"])
}

/** How much of the database's log is on the disk at least: up to the last commit that waited for it to free the journal. */
function durableWalBytes(of: Scratch): number {
  const wal = readFileSync(fileOf(of, "hufu.db-wal"))
  const commits: number[] = []
  const frameBytes = 24 + 4096
  // The head of a frame says how large the database is then, if it is the last of its commit.
  for (let at = 32; at + frameBytes <= wal.length; at += frameBytes)
    if (wal.readUInt32BE(at + 4) > 0) commits.push(at + frameBytes)
  const durableAt = (bytes: number): unknown => {
    const cut = of.crashed(bytes)
    const db = new DatabaseSync(fileOf(cut, "hufu.db"))
    const row = db.prepare("SELECT value FROM meta WHERE key = 'journal.durable'").get()
    db.close()
    cut.remove()
    return row?.["value"]
  }
  const last = durableAt(wal.length)
  expect(last).toBeDefined()
  // It only grows: the first commit with that value is found by halving.
  let [low, high] = [0, commits.length - 1]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (durableAt(commits[middle] ?? 0) === last) high = middle
    else low = middle + 1
  }
  return commits[low] ?? 0
}

/** The number of the first frame in the file. */
function firstNumber(of: Scratch): number {
  const head = Buffer.alloc(8)
  const fd = openSync(fileOf(of, "hufu.journal"), "r")
  readSync(fd, head, 0, 8, 4096 + 8)
  closeSync(fd)
  return head.readDoubleLE(0)
}

async function expectAll(of: Scratch, actions: readonly string[]): Promise<void> {
  const after = await openStore(of.options())
  try {
    await checkStore(after, actions.length)
    for (const [i, action] of actions.entries()) {
      expect(after.ledger.entry(i).entry).toMatchObject({ kind: "intent", action })
      expect(after.vault.get(action)).toMatch(/^x+$/)
    }
  } finally {
    await after.close()
  }
}

async function expectRefused(of: Scratch, code: string, said = ""): Promise<void> {
  await expect(openStore(of.options())).rejects.toMatchObject({
    code,
    message: expect.stringContaining(said) as string,
  })
}

describe("what only the journal has", () => {
  test("is there after a crash, once, and after a crash while it is brought in", async () => {
    const actions: string[] = []
    for (let i = 0; i < 10; i += 1) actions.push(await act())
    const crashed = kept(place.crashed())
    expect(folded(crashed)).toBeLessThan(10)
    await expectAll(crashed.crashed(), actions)
    await expectAll(crashed, actions)
    await expectAll(crashed, actions)
  })

  test("is seen by whoever asks, at once", async () => {
    for (let i = 1; i <= 20; i += 1) {
      await act()
      expect(look()).toBe(i)
      expect(store.ledger.size()).toBe(i)
    }
  })

  test("goes on in later laps, over crashes and clean ends", async () => {
    const actions: string[] = []
    let here = place
    for (let round = 0; round < 6; round += 1) {
      for (let i = 0; i < 5; i += 1) actions.push(await act())
      if (round % 2 === 0) await store.commit((tx) => store.vault.enroll(tx, `tsk_${round}`))
      const next = kept(here.crashed())
      await store.close()
      here = round % 3 === 2 ? here : next
      place = here
      store = await openStore(here.options())
      store.vault.salt("tsk_a", "any", "any")
      await checkStore(store, actions.length)
    }
    const end = kept(here.crashed())
    await expectAll(end, actions)
  })
})

describe("when the power fails", () => {
  test("nothing acknowledged is lost, whatever of the database's log did not reach the disk", async () => {
    const actions: string[] = []
    let durable = walBytes()
    let signed = store.ledger.checkpoint().size
    for (let i = 0; i < 60; i += 1) {
      actions.push(await act())
      // Brings the rows into the tables, without waiting for the disk.
      if (i % 3 === 0) look()
      if (i % 13 === 5) {
        await store.commit((tx) => store.vault.enroll(tx, `tsk_${i}`))
        durable = walBytes()
      }
      if (i % 7 !== 0 && i % 13 !== 5) continue
      await turn()
      // A checkpoint was signed meanwhile, with a commit that waited for the disk.
      if (store.ledger.checkpoint().size !== signed) durable = walBytes()
      signed = store.ledger.checkpoint().size
      const crashed = kept(place.crashed(durable))
      await expectAll(crashed, actions)
    }
  })

  test("a commit that changes nothing is on the disk before the journal forgets", async () => {
    const actions = [await act(), await act()]
    look()
    const before = walBytes()
    await store.commit((tx) => void tx.query("SELECT 1"))
    // Only a commit that writes waits for the disk.
    expect(walBytes()).toBeGreaterThan(before)
    actions.push(await act())
    await expectAll(kept(place.crashed(walBytes())), actions)
  })

  test("what the journal has written over is on the disk", async () => {
    const before = firstNumber(place)
    // Without an entry no checkpoint is due, whose commit would begin anew.
    const keep = (id: string): Promise<void> =>
      store.commit(
        (tx) => store.vault.keep(tx, { id, subject: "tsk_a", text: JSON.stringify("x".repeat(250_000)) }),
        {
          blind: true,
        },
      )
    await keep("kept 1")
    const first = firstNumber(place)
    expect(first).toBeGreaterThan(before)
    let count = 1
    for (let over = 0; over < 15; over += firstNumber(place) === first ? 0 : 1) {
      // Brings the rows into the tables, without waiting for the disk.
      if (count % 4 === 0) look()
      await keep(`kept ${(count += 1)}`)
    }
    expect(count).toBeGreaterThan(40)
    const crashed = kept(place.crashed(durableWalBytes(kept(place.crashed()))))
    const after = await openStore(crashed.options())
    expect(after.query("SELECT count(*) AS n FROM vault")).toMatchObject([{ n: count }])
    await after.close()
  })
})

test("a batch larger than the journal is durable all the same, and what follows it too", async () => {
  const actions = [await act()]
  actions.push(...(await Promise.all(Array.from({ length: 90 }, () => act(100_000)))))
  await expectAll(kept(place.crashed()), actions)
  actions.push(await act())
  await expectAll(kept(place.crashed()), actions)
})

describe("database and journal of different moments", () => {
  let before: Scratch
  let actions: string[]
  beforeEach(async () => {
    actions = [await act(), await act()]
    before = kept(place.crashed())
    actions.push(await act())
  })
  const mixed = (database: Scratch, journal: Scratch): Scratch => {
    const copy = kept(database.crashed())
    copyFileSync(fileOf(journal, "hufu.journal"), fileOf(copy, "hufu.journal"))
    return copy
  }

  test("an older database that the journal goes on from loses nothing", async () => {
    await expectAll(mixed(before, place), actions)
  })

  test("an older database is refused once the journal goes on from something else", async () => {
    // It adds nothing to the ledger, so that the entries would fit.
    await store.commit((tx) => store.vault.enroll(tx, "tsk_b"))
    const between = kept(place.crashed())
    await store.commit((tx) => store.vault.enroll(tx, "tsk_c"))
    await act()
    for (const older of [before, between]) {
      await expectRefused(mixed(older, place), "ledger_ambiguous", "goes on from batch")
    }
  })

  test("an older journal of the same lap brings nothing twice", async () => {
    look()
    await expectAll(mixed(place, before), actions)
  })

  test("a closed database is refused beside a journal that went on", async () => {
    await store.close()
    const closed = kept(place.crashed())
    store = await openStore(place.options())
    store.vault.salt("tsk_a", "any", "any")
    await act()
    const copy = mixed(closed, place)
    await expectRefused(copy, "ledger_ambiguous", "goes on from batch")
    // Nothing was changed: with what belongs to it it opens.
    copyFileSync(fileOf(closed, "hufu.journal"), fileOf(copy, "hufu.journal"))
    await expectAll(copy, actions)
  })

  test("the journal of another data folder is refused, and stays as it is", async () => {
    const other = kept(scratch())
    const open = await openStore(other.options())
    await open.ledger.append(note())
    const crashed = kept(other.crashed())
    await open.close()
    const copy = mixed(place, crashed)
    await expectRefused(copy, "ledger_ambiguous", "not the journal")
    await store.close()
    const closed = mixed(place, crashed)
    await expectRefused(closed, "ledger_ambiguous", "does not know")
    expect(firstNumber(closed)).toBe(firstNumber(crashed))
    store = await openStore(place.options())
  })

  test("a lost database leaves the journal as it is, for whoever finds the database again", async () => {
    const crashed = kept(place.crashed())
    const whole = kept(crashed.crashed())
    for (const name of ["hufu.db", "hufu.db-wal"]) rmSync(fileOf(crashed, name))
    await expectRefused(crashed, "ledger_ambiguous")
    rmSync(fileOf(crashed, "hufu.db-wal"), { force: true })
    for (const name of ["hufu.db", "hufu.db-wal"]) {
      copyFileSync(fileOf(whole, name), fileOf(crashed, name))
    }
    await expectAll(crashed, actions)
  })

  test("without its journal a crashed folder is refused, and a closed one is not", async () => {
    const crashed = kept(place.crashed())
    rmSync(fileOf(crashed, "hufu.journal"))
    await expectRefused(crashed, "ledger_ambiguous", "missing")
    await store.close()
    rmSync(fileOf(place, "hufu.journal"))
    store = await openStore(place.options())
    await checkStore(store, actions.length)
  })
})

/** Puts rows into the journal of a crashed folder as its next batch. */
async function forge(of: Scratch, payload: Uint8Array): Promise<void> {
  const journal = Journal.open(fileOf(of, "hufu.journal"))
  const db = new DatabaseSync(fileOf(of, "hufu.db"), { readOnly: true })
  const row = db.prepare("SELECT value FROM meta WHERE key = 'journal.folded'").get()
  db.close()
  await journal.write(
    Number(row?.["value"]) + 1,
    Buffer.concat([Buffer.alloc(frameHeadBytes), Buffer.from(payload)]),
  )
  journal.close()
}

describe("a journal that this database cannot take", () => {
  const encoded = (...rows: Row[]): Uint8Array => Uint8Array.from(new RowEncoder().encode(rows))

  test("is left alone when it is a newer Hufu's", async () => {
    const crashed = kept(place.crashed())
    await forge(crashed, Buffer.of(77, 0))
    await expectRefused(crashed, "store_newer", "newer Hufu")
  })

  test("is refused as a whole when one row does not fit", async () => {
    const actions = [await act()]
    look()
    const crashed = kept(place.crashed())
    await forge(
      crashed,
      encoded(
        { sql: journaled.spent, values: ["mnd_a", -1, 1, 1] },
        { sql: journaled.openIntent, values: [actions[0] ?? "", 0] },
      ),
    )
    await expectRefused(crashed, "ledger_ambiguous", "does not fit")
    copyFileSync(fileOf(place, "hufu.journal"), fileOf(crashed, "hufu.journal"))
    await expectAll(crashed, actions)
    const db = new DatabaseSync(fileOf(crashed, "hufu.db"), { readOnly: true })
    expect(db.prepare("SELECT count(*) AS n FROM spent").get()).toMatchObject({ n: 0 })
    db.close()
  })

  test("is not touched by an older Hufu than the database's", async () => {
    await act()
    const crashed = kept(place.crashed())
    const db = new DatabaseSync(fileOf(crashed, "hufu.db"))
    db.exec("INSERT INTO migration (version, name) VALUES (99, 'later')")
    db.close()
    await expectRefused(crashed, "store_newer")
    expect(folded(crashed)).toBe(0)
  })
})

describe("an erased subject", () => {
  test("is not brought back by its rows in the journal, and nothing there can be read", async () => {
    await store.commit((tx) => store.vault.enroll(tx, "tsk_b"))
    const secret = "the quick brown tiger"
    await store.commit(
      (tx) => store.vault.keep(tx, { id: "kept", subject: "tsk_b", text: JSON.stringify(secret) }),
      { blind: true },
    )
    const rows = kept(place.crashed())
    const [row] = store.query<{ wrapped: Uint8Array; body: Uint8Array }>(
      "SELECT wrapped, body FROM vault JOIN vault_key USING (subject) WHERE id = 'kept'",
    )
    const [wrapped, body] = [row?.wrapped, row?.body].map((bytes) => Buffer.from(bytes ?? []))
    const onDisk = (of: Scratch): Buffer =>
      Buffer.concat(["hufu.db", "hufu.db-wal", "hufu.journal"].map((name) => readFileSync(fileOf(of, name))))
    expect(readFileSync(fileOf(rows, "hufu.journal")).includes(body ?? "")).toBe(true)
    await store.vault.erase("tsk_b")
    await act()
    const crashed = kept(place.crashed())
    for (const trace of [Buffer.from(secret), wrapped ?? Buffer.of()]) {
      expect(onDisk(crashed).includes(trace)).toBe(false)
    }
    const after = await openStore(crashed.options())
    expect(() => after.vault.get("kept")).toThrow("erased or never kept")
    expect(() => after.vault.salt("tsk_b", "kept", "content")).toThrow("erased")
    expect(after.query("SELECT 1 FROM vault WHERE subject = 'tsk_b'")).toEqual([])
    await after.close()
  })

  test("is gone also when its rows were only in the journal, and waited for the erasure's batch", async () => {
    await store.commit((tx) => store.vault.enroll(tx, "tsk_b"))
    await act(10, "tsk_b")
    const lazy = store.commit((tx) => store.vault.keep(tx, { id: "late", subject: "tsk_b", text: '"x"' }), {
      blind: true,
      lazy: true,
    })
    await turn()
    await Promise.all([store.vault.erase("tsk_b"), lazy])
    const crashed = kept(place.crashed())
    const after = await openStore(crashed.options())
    expect(after.query("SELECT 1 FROM vault WHERE subject = 'tsk_b'")).toEqual([])
    await checkStore(after, 1)
    await after.close()
  })

  test("whose traces could not be cut from the log is not called erased", async () => {
    await store.commit((tx) => store.vault.enroll(tx, "tsk_b"))
    const other = new DatabaseSync(fileOf(place, "hufu.db"), { readOnly: true })
    other.exec("BEGIN")
    other.prepare("SELECT count(*) FROM vault_key").get()
    await expect(store.vault.erase("tsk_b")).rejects.toMatchObject({ code: "store_unavailable" })
    other.exec("COMMIT")
    other.close()
    await store.vault.erase("tsk_b")
  }, 20_000)
})

test("what waits when the store closes is durable, also what was worked out early", async () => {
  const one = await act()
  const outcome = store.commit((tx) => tx.append(outcomeOf(one)), { lazy: true, blind: true })
  await turn()
  const late = store.commit((tx) => tx.append(note()), { lazy: true, blind: true })
  await store.close()
  expect(await Promise.all([outcome, late])).toEqual([1, 2])
  store = await openStore(place.options())
  expect(store.ledger.openIntents()).toEqual([])
  await checkStore(store, 3)
})

test.skipIf(process.platform === "win32")("the journal is closed to other accounts", () => {
  expect(statSync(fileOf(place, "hufu.journal")).mode & 0o777).toBe(0o600)
})
