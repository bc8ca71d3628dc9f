import { closeSync, copyFileSync, openSync, readdirSync, readlinkSync, renameSync } from "node:fs"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { checkStore } from "./contract.ts"
import { intentOf, newAction, note, type Scratch, scratch } from "./scratch-store.ts"
import { openStore, type Store } from "./store.ts"

let place: Scratch
let store: Store
beforeEach(async () => {
  place = scratch()
  store = await openStore(place.options())
})
afterEach(async () => {
  await store.close()
  place.remove()
})

/** Puts a device that is always full where the store has its open journal: the next write fails in the system. */
function breakJournal(): void {
  const path = join(place.dataDir, "hufu.journal")
  const fd = readdirSync("/proc/self/fd")
    .map(Number)
    .find((each) => isLinkTo(each, path))
  if (fd === undefined) throw new Error("the journal is not open")
  closeSync(fd)
  // The lowest number that is free; files that stand lower are closed again.
  const taken: number[] = []
  for (;;) {
    const full = openSync("/dev/full", "r+")
    if (full === fd) break
    taken.push(full)
  }
  for (const each of taken) closeSync(each)
}

function isLinkTo(fd: number, path: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`) === path
  } catch {
    return false
  }
}

const act = (): Promise<number> => store.commit((tx) => tx.append(intentOf(newAction())), { blind: true })
const unavailable = expect.objectContaining({ code: "store_unavailable" }) as Error
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe.skipIf(process.platform !== "linux")("a journal that cannot be written", () => {
  test("closes the store; what was acknowledged is there, and a restart serves again", async () => {
    await act()
    await store.commit((tx) => tx.append(note()))
    await act()
    breakJournal()
    await expect(act()).rejects.toEqual(unavailable)
    await expect(act()).rejects.toEqual(unavailable)
    await expect(store.commit((tx) => tx.append(note()))).rejects.toEqual(unavailable)
    expect(store.ledger.size()).toBe(3)
    expect(store.query<{ n: number }>("SELECT count(*) AS n FROM entry")[0]?.n).toBe(3)
    await expect(store.close()).rejects.toEqual(unavailable)
    store = await openStore(place.options())
    await checkStore(store, 3)
    expect(await act()).toBe(3)
    const crashed = place.crashed()
    const after = await openStore(crashed.options())
    await checkStore(after, 4)
    await after.close()
    crashed.remove()
  })

  test("may have taken what it refused; once the store was closed nobody takes that for a batch", async () => {
    const refused = intentOf(newAction())
    await act()
    // After a checkpoint the journal is empty: what is written next stands at its start.
    await store.ledger.awaitCheckpoint(0)
    const crashed = place.crashed()
    const copy = await openStore(crashed.options())
    await copy.commit((tx) => tx.append(refused), { blind: true })
    copyFileSync(join(crashed.dataDir, "hufu.journal"), join(place.dataDir, "refused"))
    await copy.close()
    crashed.remove()
    breakJournal()
    await expect(store.commit((tx) => tx.append(refused), { blind: true })).rejects.toEqual(unavailable)
    // The whole frame is on the disk all the same.
    copyFileSync(join(place.dataDir, "refused"), join(place.dataDir, "hufu.journal"))
    await store.close()
    store = await openStore(place.options())
    await checkStore(store, 1)
    const after = place.crashed()
    const next = await openStore(after.options())
    await checkStore(next, 1)
    await next.close()
    after.remove()
  })

  test("takes nothing along that came with what failed", async () => {
    await act()
    // The store is idle; what is lazy then is worked out in the next turn, and waits.
    await turn()
    const early = store.commit((tx) => tx.append(note()), { blind: true, lazy: true })
    await turn()
    breakJournal()
    const batch = [
      early,
      // Not blind: it would go into the tables, behind an entry that is nowhere.
      store.commit((tx) => tx.append(note())),
      act(),
      store.commit((tx) => tx.append(note()), { blind: true, lazy: true }),
    ]
    const results = await Promise.allSettled(batch)
    expect(results.map(({ status }) => status)).toEqual(batch.map(() => "rejected"))
    expect(store.ledger.size()).toBe(1)
    await expect(store.close()).rejects.toEqual(unavailable)
    store = await openStore(place.options())
    await checkStore(store, 1)
  })
})

describe("a store that cannot be opened", () => {
  test("lets the data folder go, for the next try", async () => {
    await act()
    const crashed = place.crashed()
    const key = join(crashed.dataDir, "keys", "ledger.key")
    renameSync(key, `${key}.away`)
    for (let i = 0; i < 3; i += 1) await expect(openStore(crashed.options())).rejects.toThrow("missing")
    if (process.platform === "linux") {
      const open = readdirSync("/proc/self/fd").filter((fd) =>
        isLinkTo(Number(fd), join(crashed.dataDir, "hufu.journal")),
      )
      expect(open).toEqual([])
    }
    renameSync(`${key}.away`, key)
    const after = await openStore(crashed.options())
    await checkStore(after, 1)
    await after.close()
    crashed.remove()
  })
})
