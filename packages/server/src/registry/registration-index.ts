import { createHmac } from "node:crypto"
import { decodeEntry } from "@hufu/core/evidence/encode-entry"
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
  /** Some of them in the order of their ids: of an owner, those that wait for a review, or those that are offered to somebody. */
  page(of: RegistrationsOf, after: string, limit: number): string[]
  /** Where the statements of one stand in the ledger, the latest first. */
  statements(id: string, limit: number): number[]
  /** Belongs to the commit that makes the statement. */
  addStatement(tx: Tx, id: string, index: number): void
  /** Registrations of others that this one can be taken for. */
  alike(registration: RegistrationRecord): Pick<ReviewFlag, "kind" | "of">[]
  put(tx: Tx, registration: RegistrationRecord): void
  remove(tx: Tx, id: string): void
}

export type RegistrationsOf =
  | { readonly kind: "owned" | "offered"; readonly person: string }
  | { readonly kind: "waiting" }

const doneKey = "registrations.indexed"
/** What the index holds is named by this: with another, it is made again. */
const stampOf = "stamp 2"
const pageRows = 500
const pageEntries = 1000
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
  const pageOf = (where: string, values: readonly (string | Uint8Array)[], after: string, limit: number) =>
    store
      .query<{ id: string }>(
        `SELECT id FROM registration_index WHERE ${where} AND id > ? ORDER BY id LIMIT ?`,
        [...values, after, limit],
      )
      .map(({ id }) => id)

  function put(tx: Tx, registration: RegistrationRecord): void {
    const { id, aic, ontology, owner, agent, content, state, proposalState, offeredTo } = registration
    tx.run(
      `INSERT INTO registration_index (id, name, aic, name_look, title_look, owner, agent, ontology, waits, offered_to)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, aic = excluded.aic, name_look = excluded.name_look,
         title_look = excluded.title_look, owner = excluded.owner, agent = excluded.agent, ontology = excluded.ontology,
         waits = excluded.waits, offered_to = excluded.offered_to`,
      [
        id,
        digest("name", content.name),
        aic === null ? null : digest("aic", aic),
        digest("look", looksLike(content.name)),
        digest("look", looksLike(content.title)),
        owner,
        agent,
        ontology === null ? null : digest("aic", ontology),
        isWaiting(state, proposalState) ? 1 : 0,
        offeredTo,
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
    ofOwner: (owner, after, limit) => pageOf("owner = ?", [owner], after, limit),
    entitiesOf: (ontology, after, limit) => pageOf("ontology = ?", [digest("aic", ontology)], after, limit),
    page: (of, after, limit) => pageOf(...whereOf(of), after, limit),
    statements: (id, limit) =>
      store
        .query<{ idx: number }>(
          "SELECT idx FROM registration_statement WHERE registration = ? ORDER BY idx DESC LIMIT ?",
          [id, limit],
        )
        .map(({ idx }) => idx),
    addStatement: (tx, id, index) =>
      void tx.run("INSERT INTO registration_statement (registration, idx) VALUES (?, ?)", [id, index]),
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
    remove(tx, id) {
      tx.run("DELETE FROM registration_index WHERE id = ?", [id])
      tx.run("DELETE FROM registration_statement WHERE registration = ?", [id])
    },
  }
  await makeAgain(store, index)
  return index
}

/** Whether a registration or a change of it waits for a review. */
export function isWaiting(
  state: RegistrationRecord["state"],
  proposalState: RegistrationRecord["proposalState"],
): boolean {
  return state === "pending" || (state === "approved" && proposalState === "pending")
}

function whereOf(of: RegistrationsOf): readonly [where: string, values: readonly string[]] {
  if (of.kind === "waiting") return ["waits = 1", []]
  return [of.kind === "owned" ? "owner = ?" : "offered_to = ?", [of.person]]
}

/** After a restore, a rebuild or a new key of the vault the index no longer fits the records. */
async function makeAgain(store: Store, index: RegistrationIndex): Promise<void> {
  const stamp = createHmac("sha256", store.keyFor("registration-index")).update(stampOf).digest("hex")
  const [done] = store.query<{ value: string }>("SELECT value FROM meta WHERE key = ?", [doneKey])
  const [counts] = store.query<{ records: number; indexed: number }>(
    `SELECT (SELECT count(*) FROM record WHERE kind = 'registration' AND sealed IS NOT NULL) AS records,
       (SELECT count(*) FROM registration_index) AS indexed`,
  )
  if (done?.value === stamp && counts?.records === counts?.indexed) return
  await store.commit((tx) => {
    tx.run("DELETE FROM registration_index")
    tx.run("DELETE FROM registration_statement")
  })
  const ids = new Set<string>()
  for (let after = ""; ;) {
    const rows = store.records.read(registrationKind.kind, "AND id > ? ORDER BY id LIMIT ?", [
      after,
      pageRows,
    ])
    const values = rows.flatMap((row) => readRecord(store, registrationKind, row) ?? [])
    await store.commit((tx) => {
      for (const value of values) index.put(tx, value)
    })
    for (const { id } of values) ids.add(id)
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageRows) break
    after = last.id
  }
  if (ids.size > 0) await findStatements(store, index, ids)
  await store.commit((tx) => void tx.run(setMeta, [doneKey, stamp]))
}

/** Reads the ledger once for the statements of these registrations. */
async function findStatements(
  store: Store,
  index: RegistrationIndex,
  ids: ReadonlySet<string>,
): Promise<void> {
  for (let from = 0; ;) {
    const rows = store.query<{ idx: number; bytes: Uint8Array }>(
      "SELECT idx, bytes FROM entry WHERE idx >= ? AND action IS NULL AND hold IS NULL ORDER BY idx LIMIT ?",
      [from, pageEntries],
    )
    const found = rows.flatMap(({ idx, bytes }) => {
      const entry = decodeEntry(bytes)
      return entry.kind === "statement" && ids.has(entry.subject) ? [{ id: entry.subject, idx }] : []
    })
    if (found.length > 0)
      await store.commit((tx) => {
        for (const { id, idx } of found) index.addStatement(tx, id, idx)
      })
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageEntries) return
    from = last.idx + 1
  }
}
