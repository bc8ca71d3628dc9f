import { DatabaseSync } from "node:sqlite"
import { expect, test } from "vitest"
import { scratch } from "../store/scratch-store.ts"
import { openStore, type Store } from "../store/store.ts"
import { mendState } from "./mend-state.ts"
import { rebuildState } from "./rebuild-state.ts"

async function rebuilt(store: Store) {
  const work = rebuildState(store)
  for (;;) {
    const step = await work.next()
    if (step.done === true) return step.value
  }
}

test("a row of a kind that nobody knows is taken away, and the next start is none the worse for it", async () => {
  const place = scratch()
  try {
    const made = await openStore(place.options())
    await made.commit((tx) => made.vault.enroll(tx, "node"))
    await made.close()
    const db = new DatabaseSync(made.folder.database)
    db.exec("INSERT INTO record (kind, id, state, at, body) VALUES ('ghost', 'gho_1', '', 0, '{}')")
    db.close()
    await expect(openStore(place.options())).rejects.toMatchObject({ code: "records_altered" })
    const altered = await openStore(place.options({ asFound: true }))
    const { found } = await rebuilt(altered)
    expect(found.map(({ difference: { kind, fault } }) => ({ kind, fault }))).toEqual([
      { kind: "ghost", fault: "extra" },
    ])
    expect(await mendState(altered, found, "node")).toBe(1)
    await altered.close()
    const again = await openStore(place.options())
    expect((await rebuilt(again)).report.differing).toBe(0)
    await again.close()
  } finally {
    place.remove()
  }
})
