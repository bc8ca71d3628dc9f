import { expect, test } from "vitest"
import { scratch } from "../store/scratch-store.ts"
import { openStore } from "../store/store.ts"
import { tableClasses } from "./table-classes.ts"

test("every table of a data folder is the ledger, a fold, the vault or ephemeral", async () => {
  const disk = scratch()
  const store = await openStore(disk.options())
  try {
    const tables = store.query<{ name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'",
    )
    expect(Object.keys(tableClasses).toSorted()).toEqual(tables.map(({ name }) => name).toSorted())
  } finally {
    await store.close()
    disk.remove()
  }
})
