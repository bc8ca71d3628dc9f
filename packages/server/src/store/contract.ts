import { verifyInclusion } from "@hufu/core/evidence/inclusion"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { journaled } from "./journaled-statements.ts"
import { intentOf, newAction, note, outcomeOf, type Scratch, scratch, scratchStart } from "./scratch-store.ts"
import type { Store, StoreOptions, Tx } from "./store.ts"

/** The oracle: the whole store is what it claims to be. */
export async function checkStore(store: Store, size: number): Promise<void> {
  expect(store.ledger.size()).toBe(size)
  expect(await store.ledger.verify()).toMatchObject({ ok: true, entries: size })
  expect(store.query<{ n: number }>("SELECT count(*) AS n FROM entry")[0]?.n).toBe(size)
}

/** What every storage behind the store must do; run for each of them. */
export function storeContract(name: string, open: (options: StoreOptions) => Promise<Store>): void {
  describe(`the store on ${name}`, () => {
    let place: Scratch
    let store: Store
    beforeEach(async () => {
      place = scratch()
      store = await open(place.options({ maxQueued: 500, unitTimeoutMs: 200 }))
    })
    afterEach(async () => {
      await store.close()
      place.remove()
    })
    const kept = (): string[] =>
      store.query<{ id: string }>("SELECT id FROM vault ORDER BY id").map((row) => row.id)
    const keep = (tx: Tx, id: string): string => store.vault.put(tx, { id, subject: "tsk_a", value: { id } })

    test("everything of a unit is there together, and after a restart too", async () => {
      const index = await store.commit((tx) => {
        keep(tx, "one")
        return tx.append(note())
      })
      expect(index).toBe(0)
      await store.close()
      store = await open(place.options())
      expect(kept()).toEqual(["one"])
      expect(store.ledger.entry(0).entry).toMatchObject({ kind: "statement", fact: "note" })
      await checkStore(store, 1)
    })

    test("a unit that throws leaves nothing, and its neighbours in the batch stay", async () => {
      const results = await Promise.allSettled([
        store.commit((tx) => [keep(tx, "a"), tx.append(note())]),
        store.commit((tx) => {
          keep(tx, "b")
          tx.append(note())
          throw new Error("changed my mind")
        }),
        store.commit((tx) => [keep(tx, "c"), tx.append(note())]),
      ])
      expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"])
      expect(kept()).toEqual(["a", "c"])
      await checkStore(store, 2)
    })

    test("a unit that awaits sees its own rows, nobody else does, and it is undone when it fails", async () => {
      const done = store.commit(async (tx) => {
        keep(tx, "a")
        await Promise.resolve()
        expect(tx.query<{ id: string }>("SELECT id FROM vault").map((row) => row.id)).toEqual(["a"])
        expect(kept()).toEqual([])
        tx.append(note())
      })
      const failed = store.commit(async (tx) => {
        tx.append(note())
        await Promise.resolve()
        tx.run("DELETE FROM vault")
        throw new Error("no")
      })
      const after = store.ledger.append(note())
      await expect(failed).rejects.toThrow("no")
      await done
      expect(await after).toEqual({ index: 1 })
      expect(kept()).toEqual(["a"])
      await checkStore(store, 2)
    })

    test("a unit can be used no more once it has ended", async () => {
      let leaked: Tx | null = null
      await store.commit((tx) => {
        leaked = tx
      })
      const after = leaked as unknown as Tx // assigned in the unit, which the compiler does not follow
      expect(() => after.append(note())).toThrow("has ended")
      expect(() => after.run("DELETE FROM vault")).toThrow("has ended")
      expect(() => after.query("SELECT 1")).toThrow("has ended")
    })

    test("a unit that never ends is undone, and does not stop the others", async () => {
      const stuck = store.commit(async (tx) => {
        tx.append(note())
        await new Promise(() => {})
      })
      const next = store.ledger.append(note())
      await expect(stuck).rejects.toMatchObject({ code: "store_unavailable" })
      expect(await next).toEqual({ index: 0 })
      await checkStore(store, 1)
    })

    test("nobody but a unit of work writes", () => {
      expect(() => store.query("DELETE FROM vault")).toThrow("readonly")
    })

    test("64 writers at once get every index once, in the order of their time", async () => {
      const indices: number[] = []
      async function write(rounds: number): Promise<void> {
        for (let i = 0; i < rounds; i += 1) indices.push((await store.ledger.append(note())).index)
      }
      await Promise.all(Array.from({ length: 64 }, () => write(10)))
      expect(indices.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 640 }, (_, i) => i))
      await checkStore(store, 640)
    })

    test("more than may wait is refused at once, and what waited is served", async () => {
      const results = await Promise.allSettled(Array.from({ length: 600 }, () => store.ledger.append(note())))
      const refused = results.filter((result) => result.status === "rejected")
      expect(refused).toHaveLength(100)
      expect(refused[0]).toMatchObject({ reason: { code: "overloaded", status: 503 } })
      await checkStore(store, 500)
    })

    test("blind units and others at once: every index once, in the order of their time, and seen at once", async () => {
      await store.commit((tx) => store.vault.enroll(tx, "tsk_a"))
      const seen: number[] = []
      const write = (tx: Tx, writer: number): number => {
        // The clock steps within a batch.
        place.clock.set(scratchStart + Math.floor(Math.random() * 50))
        if (writer % 5 === 0) tx.append(note())
        return tx.append(intentOf(newAction()))
      }
      async function writer(number: number): Promise<void> {
        for (let i = 0; i < 6; i += 1) {
          const options = { blind: number % 4 !== 0, lazy: number % 7 === 0 }
          const index = await store.commit(
            number % 8 === 0 ? async (tx) => write(tx, number) : (tx) => write(tx, number),
            options,
          )
          seen.push(index)
          expect(store.ledger.size()).toBeGreaterThan(index)
          const [row] = store.query<{ n: number }>("SELECT max(idx) AS n FROM entry")
          expect(row?.n).toBeGreaterThanOrEqual(index)
        }
      }
      await Promise.all(Array.from({ length: 64 }, (_, number) => writer(number)))
      expect(new Set(seen).size).toBe(64 * 6)
      // Writers 0, 5, 10 … 60 append a note each time.
      await checkStore(store, 64 * 6 + 13 * 6)
      const times = store.ledger.entries(0, 1_000).map(({ entry }) => entry.at)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
    })

    test("a blind unit that throws, reads, waits or writes elsewhere leaves nothing, and its neighbours stay", async () => {
      await store.commit((tx) => store.vault.enroll(tx, "tsk_a"))
      const blind = <T>(work: (tx: Tx) => T | Promise<T>, lazy = false): Promise<T> =>
        store.commit(work, { blind: true, lazy })
      const bad: ((tx: Tx) => unknown)[] = [
        () => {
          throw new Error("changed my mind")
        },
        (tx) => tx.query("SELECT 1"),
        (tx) => tx.run("DELETE FROM vault"),
        (tx) => tx.run(journaled.spent, ["mnd_a", -1, 0.5, 0]),
        (tx) => tx.run(journaled.closeIntent, [7n]),
        (tx) => keepBlindly(tx, "b", "tsk_unknown"),
        async () => {
          await Promise.resolve()
          throw new Error("too late")
        },
      ]
      const keepBlindly = (tx: Tx, id: string, subject = "tsk_a"): void =>
        store.vault.keep(tx, { id, subject, text: "1" })
      for (const lazy of [true, false]) {
        const results = await Promise.allSettled(
          bad.flatMap((work, i) => [
            blind((tx) => [keepBlindly(tx, `${lazy}-${i}`), tx.append(note())], lazy),
            blind((tx) => {
              keepBlindly(tx, `bad-${lazy}-${i}`)
              tx.append(note())
              return work(tx)
            }, lazy),
          ]),
        )
        expect(results.map(({ status }) => status)).toEqual(bad.flatMap(() => ["fulfilled", "rejected"]))
      }
      expect(kept()).toEqual(bad.flatMap((_, i) => [`false-${i}`, `true-${i}`]).toSorted())
      expect(await store.ledger.append(note())).toEqual({ index: 2 * bad.length })
      await checkStore(store, 2 * bad.length + 1)
    })

    test("units that wait, between blind ones, keep the order in which they came", async () => {
      await store.commit((tx) => store.vault.enroll(tx, "tsk_a"))
      const order: number[] = []
      const units = Array.from({ length: 30 }, (_, i) =>
        store
          .commit(
            i % 3 === 1
              ? async (tx) => {
                  await new Promise((resolve) => setImmediate(resolve))
                  return tx.append(note())
                }
              : (tx) => tx.append(note()),
            { blind: i % 3 !== 1 },
          )
          .then((index) => order.push(index)),
      )
      await Promise.all(units)
      expect(order).toEqual(Array.from({ length: 30 }, (_, i) => i))
      await checkStore(store, 30)
    })

    test("a lazy outcome shares the commit of the next intent, and comes by itself when there is none", async () => {
      const [one, two] = [newAction(), newAction()]
      await store.ledger.append(intentOf(one))
      const order: string[] = []
      const outcome = store.ledger.append(outcomeOf(one), { lazy: true }).then(() => order.push("outcome"))
      await store.ledger.append(intentOf(two)).then(() => order.push("intent"))
      await outcome
      expect(order).toEqual(["outcome", "intent"])
      expect(await store.ledger.append(outcomeOf(two), { lazy: true })).toEqual({ index: 3 })
      await checkStore(store, 4)
    })

    test("an action leaves once; what has no outcome is known after a restart", async () => {
      const [one, two, three] = [newAction(), newAction(), newAction()]
      await store.ledger.append(intentOf(one))
      await store.ledger.append(intentOf(two))
      await store.ledger.append(intentOf(three, { verdict: "deny" }))
      await store.ledger.append(outcomeOf(one))
      await expect(store.ledger.append(intentOf(two))).rejects.toMatchObject({ code: "already_exists" })
      await store.close()
      store = await open(place.options())
      expect(store.ledger.openIntents().map((open) => open.index)).toEqual([1])
      expect(store.ledger.entriesOf(one).map((row) => row.entry.kind)).toEqual(["intent", "outcome"])
      await checkStore(store, 4)
    })

    test("time never runs backwards, and a step back of more than a minute refuses", async () => {
      await store.ledger.append(note())
      place.clock.set(scratchStart - 60_000)
      await store.ledger.append(note())
      expect(store.ledger.entry(1).entry.at).toBe(scratchStart)
      place.clock.set(scratchStart - 60_001)
      await expect(store.ledger.append(note())).rejects.toMatchObject({ code: "clock_stepped_back" })
      await store.close()
      store = await open(place.options())
      await expect(store.ledger.append(note())).rejects.toMatchObject({ code: "clock_stepped_back" })
      place.clock.set(scratchStart + 5)
      await store.ledger.append(note())
      expect(store.ledger.entry(2).entry.at).toBe(scratchStart + 5)
      await checkStore(store, 3)
    })

    test("a checkpoint covers a new entry, every entry is proved in it, and it outlives a restart", async () => {
      const actions = Array.from({ length: 300 }, newAction)
      await Promise.all(actions.map((action) => store.ledger.append(intentOf(action))))
      const checkpoint = await store.ledger.awaitCheckpoint(299)
      expect(checkpoint.size).toBe(300)
      for (const index of [0, 1, 255, 256, 299]) {
        const { hash } = store.ledger.entry(index)
        const proof = store.ledger.proof(index, 300)
        expect(verifyInclusion({ index, size: 300, leaf: hash, proof, root: checkpoint.root })).toBe(true)
      }
      expect(() => store.ledger.proof(300, 300)).toThrow("no entry 300")
      await expect(store.ledger.awaitCheckpoint(300)).rejects.toMatchObject({ code: "not_found" })
      await store.close()
      store = await open(place.options())
      expect(store.ledger.checkpoint()).toEqual(checkpoint)
      await checkStore(store, 300)
    })

    test("what closes the store settles what waits and refuses what comes later", async () => {
      const waiting = [store.ledger.append(note()), store.ledger.append(note(), { lazy: true })]
      await store.close()
      expect(await Promise.all(waiting)).toEqual([{ index: 0 }, { index: 1 }])
      await expect(store.ledger.append(note())).rejects.toMatchObject({ code: "store_unavailable" })
      store = await open(place.options())
      expect(store.ledger.checkpoint().size).toBe(2)
    })
  })
}
