import type { Store } from "../store/store.ts"
import { agentKind, versionKind } from "./agents.ts"
import { browserKind } from "./browsers.ts"
import { credentialKind } from "./credentials.ts"
import { holdKind } from "./holds.ts"
import { mandateKind } from "./mandates.ts"
import { passkeyKind } from "./passkeys.ts"
import { deviceKind } from "./devices.ts"
import { placeKind } from "./places.ts"
import { positionKind } from "./positions.ts"
import { protectionKind } from "./protections.ts"
import { personKind } from "./person.ts"
import { readRecord, type RecordKind, writeRecord } from "./records.ts"
import { serverKind } from "./servers.ts"
import { taskKind } from "./tasks.ts"
import { toolKind } from "./tools.ts"

const doneKey = "records.sealed"

const seals = [
  seal(agentKind),
  seal(versionKind),
  seal(taskKind),
  seal(mandateKind),
  seal(serverKind),
  seal(toolKind),
  seal(holdKind),
  seal(personKind),
  seal(passkeyKind),
  seal(browserKind),
  seal(credentialKind),
  seal(placeKind),
  seal(deviceKind),
  seal(positionKind),
  seal(protectionKind),
]

/** Seals what an earlier version left open in the rows of every noun; once, before anything reads them. Returns how many there were. */
export async function sealRecords(store: Store): Promise<number> {
  if (store.query("SELECT 1 FROM meta WHERE key = ?", [doneKey]).length > 0) return 0
  const counts = await Promise.all(seals.map((each) => each(store)))
  const count = counts.reduce((sum, each) => sum + each, 0)
  if (count > 0) store.vault.cutLog()
  await store.commit((tx) => tx.run("INSERT INTO meta (key, value) VALUES (?, 'yes')", [doneKey]))
  return count
}

function seal<T extends { readonly id: string }>(of: RecordKind<T>) {
  return async function sealKind(store: Store): Promise<number> {
    const rows = store.records.read(of.kind, "AND subject IS NULL")
    if (rows.length === 0) return 0
    const values = rows.map((row) => ({ row, value: readRecord(store, of, row) }))
    await store.commit((tx) => {
      for (const { row, value } of values) {
        if (value === undefined) continue
        const subject = of.sealed?.subject(value)
        // A key may be drawn from the subject's salt.
        if (subject !== undefined) store.vault.enroll(tx, subject)
        store.records.remove(tx, row)
        writeRecord(store, of, tx, value)
      }
    })
    return rows.length
  }
}
