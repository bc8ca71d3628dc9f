import { createHmac } from "node:crypto"
import type { ReviewFlag } from "@hufu/core/contract/registration"
import { looksLike, mixesScripts } from "@hufu/core/registration/look-alike"
import { readRecord } from "../authority/records.ts"
import { setMeta } from "../store/meta.ts"
import type { Store, Tx } from "../store/store.ts"
import { registrationKind, type RegistrationRecord } from "./registration-record.ts"

/** By what registrations are found beside their ids. */
export interface RegistrationIndex {
  byName(name: string): string | undefined
  byAic(aic: string): string | undefined
  ofAgent(agent: string): string[]
  /** The agents of this node that registrations name. */
  agents(): string[]
  countOf(owner: string): number
  /** What one owner registered, in the order of the ids. */
  ofOwner(owner: string, after: string, limit: number): string[]
  /** The instances of a class, by its code. */
  entitiesOf(ontology: string, after: string, limit: number): string[]
  /** Registrations of others that this one can be taken for. */
  alike(registration: RegistrationRecord): Pick<ReviewFlag, "kind" | "of">[]
  put(tx: Tx, registration: RegistrationRecord): void
  remove(tx: Tx, id: string): void
}

const doneKey = "registrations.indexed"
const pageRows = 500
const maxAlike = 10

/** Opens the index, and makes it again where it does not say of as many registrations as there are. */
export async function openRegistrationIndex(store: Store): Promise<RegistrationIndex> {
  const key = store.keyFor("registration-index")
  // A keyed digest: whoever has the table cannot try names out on it.
  const digest = (kind: string, text: string) => createHmac("sha256", key).update(`${kind}\0${text}`).digest()
  const idsOf = (where: string, values: readonly (string | Uint8Array)[]) =>
    store
      .query<{ id: string }>(`SELECT id FROM registration_index WHERE ${where} ORDER BY id LIMIT 100`, values)
      .map(({ id }) => id)

  /** A page of ids, however many there are. */
  const pageOf = (column: "owner" | "ontology", value: string | Uint8Array, after: string, limit: number) =>
    store
      .query<{
        id: string
      }>(`SELECT id FROM registration_index WHERE ${column} = ? AND id > ? ORDER BY id LIMIT ?`, [
        value,
        after,
        limit,
      ])
      .map(({ id }) => id)

  function put(tx: Tx, { id, aic, ontology, owner, agent, content }: RegistrationRecord): void {
    tx.run(
      `INSERT INTO registration_index (id, name, aic, name_look, title_look, owner, agent, ontology)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, aic = excluded.aic, name_look = excluded.name_look,
         title_look = excluded.title_look, owner = excluded.owner, agent = excluded.agent, ontology = excluded.ontology`,
      [
        id,
        digest("name", content.name),
        aic === null ? null : digest("aic", aic),
        digest("look", looksLike(content.name)),
        digest("look", looksLike(content.title)),
        owner,
        agent,
        ontology === null ? null : digest("aic", ontology),
      ],
    )
  }

  const index: RegistrationIndex = {
    byName: (name) => idsOf("name = ?", [digest("name", name)])[0],
    byAic: (aic) => idsOf("aic = ?", [digest("aic", aic)])[0],
    ofAgent: (agent) => idsOf("agent = ?", [agent]),
    agents: () =>
      store
        .query<{ agent: string }>("SELECT DISTINCT agent FROM registration_index WHERE agent IS NOT NULL")
        .map(({ agent }) => agent),
    countOf: (owner) =>
      store.query<{ n: number }>("SELECT count(*) AS n FROM registration_index WHERE owner = ?", [owner])[0]
        ?.n ?? 0,
    ofOwner: (owner, after, limit) => pageOf("owner", owner, after, limit),
    entitiesOf: (ontology, after, limit) => pageOf("ontology", digest("aic", ontology), after, limit),
    alike({ id, content }) {
      const found = (column: "name_look" | "title_look", text: string) =>
        idsOf(`${column} = ? AND id <> ?`, [digest("look", looksLike(text)), id]).slice(0, maxAlike)
      const { name, title } = content
      return [
        ...found("name_look", name).map((of) => ({ kind: "name-looks-like" as const, of })),
        ...found("title_look", title).map((of) => ({ kind: "title-looks-like" as const, of })),
        ...(mixesScripts(title) ? [{ kind: "mixed-scripts" as const, of: null }] : []),
      ]
    },
    put,
    remove: (tx, id) => void tx.run("DELETE FROM registration_index WHERE id = ?", [id]),
  }
  await makeAgain(store, index)
  return index
}

/** After a restore, a rebuild or a new key of the vault the index no longer fits the records. */
async function makeAgain(store: Store, index: RegistrationIndex): Promise<void> {
  const stamp = createHmac("sha256", store.keyFor("registration-index")).update("stamp").digest("hex")
  const [done] = store.query<{ value: string }>("SELECT value FROM meta WHERE key = ?", [doneKey])
  const [counts] = store.query<{ records: number; indexed: number }>(
    `SELECT (SELECT count(*) FROM record WHERE kind = 'registration' AND sealed IS NOT NULL) AS records,
       (SELECT count(*) FROM registration_index) AS indexed`,
  )
  if (done?.value === stamp && counts?.records === counts?.indexed) return
  await store.commit((tx) => void tx.run("DELETE FROM registration_index"))
  for (let after = ""; ;) {
    const rows = store.records.read(registrationKind.kind, "AND id > ? ORDER BY id LIMIT ?", [
      after,
      pageRows,
    ])
    const values = rows.flatMap((row) => readRecord(store, registrationKind, row) ?? [])
    await store.commit((tx) => {
      for (const value of values) index.put(tx, value)
    })
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageRows) break
    after = last.id
  }
  await store.commit((tx) => void tx.run(setMeta, [doneKey, stamp]))
}
