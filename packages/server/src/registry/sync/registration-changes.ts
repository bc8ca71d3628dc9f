import { decodeEntry } from "@hufu/core/evidence/encode-entry"
import type { Statement } from "../../authority/declare.ts"
import type { Clock } from "../../clock.ts"
import { setMeta } from "../../store/meta.ts"
import type { Store, Tx } from "../../store/store.ts"

/** Of one registration the last thing that others are told of it. */
export interface RegistrationChange {
  readonly id: string
  readonly seq: number
  /** The entry of the ledger by which its content was last approved. */
  readonly approved: number
  /** The one that says whether its agent may be used. */
  readonly said: number
  /** The last one that says what of it is verified; null where that is its approval. */
  readonly proved: number | null
}

/**
 * What others are told of registrations, in the order of the ledger. Of each registration only its last change is there, so that a
 * follower that comes late reads no more than what is different; what ended is kept for a while, and for longer a follower is sent back
 * to a snapshot.
 */
export interface RegistrationChanges {
  /** Takes in a statement, in its own commit. */
  notice(tx: Tx, said: Pick<Statement, "fact" | "subject">, index: number): void
  /** After a place, in order. */
  after(seq: number, most: number): RegistrationChange[]
  /** By id after one of them, as far as they changed by a place and no later. */
  page(of: { after: string; upTo: string | undefined; seq: number; most: number }): RegistrationChange[]
  /** The ids with which parts of so many begin. */
  parts(most: number): { starts: string[]; count: number }
  /** Whoever is behind this place cannot be told all that ended since. */
  oldest(): number
  newest(): number
  /** Forgets what ended long ago. */
  tidy(): Promise<void>
}

/** An entry may change what others see of so many registrations: those of one agent. */
const placesPerEntry = 128
/** 168 hours, as the reference server has it. */
export const keptEndedMs = 168 * 3_600_000
const mostEnded = 100_000
const pageEntries = 1000
const doneKey = "registrations.changes"
const oldestKey = "registrations.changes.oldest"

/** The entry of the ledger that a place is of. */
export function entryOf(seq: number): number {
  return Math.floor(seq / placesPerEntry)
}

export async function openRegistrationChanges(
  store: Pick<Store, "query" | "commit" | "ledger">,
  clock: Pick<Clock, "now">,
): Promise<RegistrationChanges> {
  const columns = "SELECT id, seq, approved, said, proved FROM registration_change"

  function notice(tx: Tx, { fact, subject }: Pick<Statement, "fact" | "subject">, index: number): void {
    const seq = index * placesPerEntry
    if (fact === "registration.approved")
      return void tx.run(
        `INSERT INTO registration_change (id, seq, approved, said, ended) VALUES (?1, ?2, ?3, ?3, NULL)
         ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, approved = excluded.approved, said = excluded.said,
           proved = NULL, ended = NULL`,
        [subject, seq, index],
      )
    if (fact === "registration.proved")
      return void tx.run(
        "UPDATE registration_change SET seq = ?, proved = ? WHERE id = ? AND ended IS NULL",
        [seq, index, subject],
      )
    if (fact === "registration.disabled" || fact === "registration.enabled")
      return void tx.run("UPDATE registration_change SET seq = ?, said = ? WHERE id = ?", [
        seq,
        index,
        subject,
      ])
    if (fact === "registration.retired" || (fact === "subject.erased" && subject.startsWith("reg_")))
      return void tx.run("UPDATE registration_change SET seq = ?, said = ?, ended = ? WHERE id = ?", [
        seq,
        index,
        clock.now(),
        subject,
      ])
    if (fact === "agent.suspended" || fact === "agent.resumed" || fact === "agent.revoked") {
      const named = tx.query<{ id: string }>(
        `SELECT id FROM registration_change WHERE ended IS NULL AND id IN (SELECT id FROM registration_index WHERE agent = ?)
         ORDER BY id LIMIT ?`,
        [subject, placesPerEntry],
      )
      for (const [at, { id }] of named.entries())
        tx.run("UPDATE registration_change SET seq = ?, said = ? WHERE id = ?", [seq + at, index, id])
    }
    return undefined
  }

  const numberIn = (key: string) =>
    Number(store.query<{ value: string }>("SELECT value FROM meta WHERE key = ?", [key])[0]?.value ?? 0)

  const changes: RegistrationChanges = {
    notice,
    after: (seq, most) => store.query(`${columns} WHERE seq > ? ORDER BY seq LIMIT ?`, [seq, most]),
    page: ({ after, upTo, seq, most }) =>
      store.query(
        `${columns} WHERE id > ? AND (?2 IS NULL OR id <= ?2) AND seq <= ?3 AND ended IS NULL ORDER BY id LIMIT ?4`,
        [after, upTo ?? null, seq, most],
      ),
    parts(most) {
      const starts = [""]
      let count = 0
      for (let after = ""; ;) {
        const ids = store.query<{ id: string }>(
          "SELECT id FROM registration_change WHERE id > ? AND ended IS NULL ORDER BY id LIMIT ?",
          [after, most],
        )
        count += ids.length
        const last = ids.at(-1)?.id
        if (last === undefined || ids.length < most) return { starts, count }
        starts.push(last)
        after = last
      }
    },
    oldest: () => numberIn(oldestKey),
    newest: () =>
      store.query<{ seq: number | null }>("SELECT max(seq) AS seq FROM registration_change")[0]?.seq ?? 0,
    async tidy() {
      const over = store.query<{ seq: number }>(
        `SELECT seq FROM registration_change WHERE ended < ?1
           OR (ended IS NOT NULL AND seq <= (SELECT seq FROM registration_change WHERE ended IS NOT NULL ORDER BY seq DESC LIMIT 1 OFFSET ?2))`,
        [clock.now() - keptEndedMs, mostEnded],
      )
      if (over.length === 0) return
      const last = Math.max(...over.map(({ seq }) => seq), numberIn(oldestKey))
      await store.commit((tx) => {
        for (const { seq } of over) tx.run("DELETE FROM registration_change WHERE seq = ?", [seq])
        tx.run(setMeta, [oldestKey, String(last)])
      })
    },
  }
  await makeOnce(store, notice)
  return changes
}

/** What a version before this one registered. */
async function makeOnce(
  store: Pick<Store, "query" | "commit" | "ledger">,
  notice: RegistrationChanges["notice"],
): Promise<void> {
  if (store.query("SELECT 1 FROM meta WHERE key = ?", [doneKey]).length > 0) return
  for (let from = 0; from < store.ledger.size(); from += pageEntries) {
    const rows = store.query<{ idx: number; bytes: Uint8Array }>(
      "SELECT idx, bytes FROM entry WHERE idx >= ? ORDER BY idx LIMIT ?",
      [from, pageEntries],
    )
    await store.commit((tx) => {
      for (const { idx, bytes } of rows) {
        const entry = decodeEntry(bytes)
        if (entry.kind === "statement") notice(tx, entry, idx)
      }
    })
  }
  await store.commit((tx) => void tx.run(setMeta, [doneKey, "yes"]))
}
