import type { RebuildReport } from "@hufu/core/contract/state"
import { sealName } from "../store/check-records.ts"
import { recordColumns, type StoredRecord } from "../store/record-row.ts"
import type { Store, Tx } from "../store/store.ts"
import { type Comparing, compareRecord } from "./compare-record.ts"
import { count, type Found, noFindings, report } from "./findings.ts"
import { foldEntries, foldOn, type Progress } from "./fold-entries.ts"
import { createFold, type Fold, type Spending } from "./fold.ts"
import { type FoldedKind, foldedKinds } from "./folded-kinds.ts"
import { isNarrowing } from "./is-narrowing.ts"
import { type ContentReader, contentReader } from "./read-content.ts"

export type RebuildParts = Pick<Store, "query" | "vault" | "records" | "ledger" | "folder">

export interface Rebuilt {
  readonly report: RebuildReport
  readonly found: readonly Found[]
  readonly fold: Fold
  readonly reader: ContentReader
}

const pageRows = 500

/**
 * Makes every fold again from the whole ledger, each entry of which is verified on the way, and compares it with the tables. Changes
 * nothing. Others may work meanwhile: what is appended is folded in before each look at the tables, in the same turn.
 */
export async function* rebuildState(store: RebuildParts): AsyncGenerator<Progress, Rebuilt> {
  const reader = contentReader(store.vault)
  const findings = noFindings()
  const comparing: Comparing = {
    store,
    reader,
    findings,
    isProven: store.query("SELECT 1 FROM meta WHERE key = ?", [sealName]).length > 0,
    mayBeOpen: store.query("SELECT 1 FROM meta WHERE key = 'records.sealed'").length === 0,
    goneContent: new Map(),
    goneKeys: new Set(),
  }
  const holds = kindNamed("hold")
  const fold = createFold({
    reader,
    onHoldOver: (id, folded) =>
      compareRecord(comparing, holds, { id, folded, row: rowOf(store, "hold", id) }),
  })
  const verdict = yield* foldEntries(store, fold, store.ledger.size())
  if (!verdict.ok) {
    const fault = { en: verdict.fault.en, zh: verdict.fault.zh }
    return { report: reportOf(fold, comparing, fault), found: [], fold, reader }
  }
  yield* compareRecords(store, { fold, comparing })
  foldOn(store, fold, store.ledger.size())
  compareSpent(store, { fold, comparing })
  compareOpenIntents(store, { fold, comparing })
  compareUnder(store, { fold, comparing })
  sayLost({ fold, comparing })
  return { report: reportOf(fold, comparing, null), found: findings.found, fold, reader }
}

interface Folded {
  readonly fold: Fold
  readonly comparing: Comparing
}

async function* compareRecords(
  store: RebuildParts,
  { fold, comparing }: Folded,
): AsyncGenerator<Progress, void> {
  for (const kind of foldedKinds) {
    const seen = new Set<string>()
    let last = ""
    for (;;) {
      foldOn(store, fold, store.ledger.size())
      const ids = idsByRow(store, fold, kind)
      const rows = store.query<StoredRecord>(
        `SELECT ${recordColumns} FROM record WHERE kind = ? AND id > ? ORDER BY id LIMIT ?`,
        [kind.kind, last, pageRows],
      )
      for (const row of rows) {
        const id = ids.get(row.id) ?? row.id
        seen.add(id)
        compareRow(store, { fold, comparing }, { kind, id, row })
      }
      last = rows.at(-1)?.id ?? last
      yield { done: fold.size, of: fold.size }
      if (rows.length < pageRows) break
    }
    foldOn(store, fold, store.ledger.size())
    for (const [id, folded] of fold.records.get(kind.kind) ?? []) {
      if (seen.has(id)) continue
      // It may have come since its place was passed.
      const key = kind.rowOf(store, id)
      const row = key === undefined ? undefined : rowOf(store, kind.kind, key)
      compareRecord(comparing, kind, { id, folded, row })
    }
  }
  sayOtherKinds(store, comparing)
}

/** A row of a tool is kept under a name that tells nothing of it. */
function idsByRow(store: RebuildParts, fold: Fold, kind: FoldedKind): ReadonlyMap<string, string> {
  if (kind.kind !== "tool") return new Map()
  const ids = fold.records.get(kind.kind)?.keys() ?? []
  return new Map(
    [...ids].flatMap((id) => {
      const key = kind.rowOf(store, id)
      return key === undefined ? [] : [[key, id] as const]
    }),
  )
}

function compareRow(
  store: RebuildParts,
  { fold, comparing }: Folded,
  { kind, id, row }: { kind: FoldedKind; id: string; row: StoredRecord },
): void {
  const folded = fold.records.get(kind.kind)?.get(id)
  // A hold that is over was compared when its last entry was folded in; the columns of entries are verified by then.
  const isOver = kind.kind === "hold" && folded === undefined && hasEntry(store, id)
  if (!isOver) compareRecord(comparing, kind, { id, folded, row })
}

function hasEntry(store: RebuildParts, hold: string): boolean {
  return store.query("SELECT 1 FROM entry WHERE hold = ? LIMIT 1", [hold]).length > 0
}

function rowOf(store: RebuildParts, kind: string, key: string): StoredRecord | undefined {
  return store.query<StoredRecord>(`SELECT ${recordColumns} FROM record WHERE kind = ? AND id = ?`, [
    kind,
    key,
  ])[0]
}

function kindNamed(name: string): FoldedKind {
  const found = foldedKinds.find(({ kind }) => kind === name)
  if (found === undefined) throw new Error(`there is no kind of record ${name}`)
  return found
}

/** Rows of a kind that this Hufu does not know. */
function sayOtherKinds(store: RebuildParts, { findings }: Comparing): void {
  const known = foldedKinds.map(({ kind }) => kind)
  const marks = known.map(() => "?").join(",")
  const rows = store.query<{ kind: string; id: string }>(
    `SELECT kind, id FROM record WHERE kind NOT IN (${marks}) LIMIT 1000`,
    known,
  )
  for (const { kind, id } of rows)
    report(findings, { kind, id, fault: "extra", member: null, index: null, narrows: false }, (tx) =>
      store.records.remove(tx, { kind, id }),
    )
}

interface SpentRow {
  readonly mandate: string
  readonly grant_index: number
  readonly count: number
  readonly amount: number
}

const nothingSpent = { count: 0, amount: 0 }

function compareSpent(store: RebuildParts, { fold, comparing }: Folded): void {
  const rows = Map.groupBy(
    store.query<SpentRow>("SELECT mandate, grant_index, count, amount FROM spent"),
    ({ mandate }) => mandate,
  )
  for (const mandate of new Set([...rows.keys(), ...fold.spent.keys()])) {
    const spending = fold.spent.get(mandate) ?? { grants: new Map(), known: "all" as const }
    if (spending.known === "unstated") count(comparing.findings.unstated, "spent.count")
    else compareSpending(comparing, mandate, { spending, rows: rows.get(mandate) ?? [] })
  }
}

function compareSpending(
  { findings }: Comparing,
  mandate: string,
  { spending, rows }: { spending: Spending; rows: readonly SpentRow[] },
): void {
  findings.records += 1
  const isWhole = spending.known === "all"
  if (!isWhole) count(findings.erased, "spent")
  const table = new Map(rows.map((row) => [row.grant_index, row]))
  for (const grant of new Set([...table.keys(), ...spending.grants.keys()])) {
    const said = spending.grants.get(grant) ?? nothingSpent
    const row = table.get(grant)
    const repair = isWhole ? writeSpent(mandate, grant, said) : null
    for (const member of ["count", "amount"] as const) {
      findings.members += 1
      const [ledger, kept] = [said[member], (row ?? nothingSpent)[member]]
      // Of what was erased in part, at least what is known was spent.
      if (isWhole ? ledger === kept : ledger <= kept) continue
      const difference = {
        kind: "spent",
        id: `${mandate}/${grant}`,
        fault: "differs" as const,
        member,
        ledger,
        table: kept,
      }
      report(findings, { ...difference, index: null, narrows: isNarrowing(difference) }, repair)
    }
  }
}

function writeSpent(mandate: string, grant: number, { count: calls, amount }: typeof nothingSpent) {
  return (tx: Tx) => {
    tx.run("DELETE FROM spent WHERE mandate = ? AND grant_index = ?", [mandate, grant])
    tx.run("INSERT INTO spent (mandate, grant_index, count, amount) VALUES (?, ?, ?, ?)", [
      mandate,
      grant,
      calls,
      amount,
    ])
  }
}

function compareOpenIntents(store: RebuildParts, { fold, comparing: { findings } }: Folded): void {
  const rows = store.query<{ action: string; idx: number }>("SELECT action, idx FROM open_intent")
  const table = new Map(rows.map(({ action, idx }) => [action, idx]))
  for (const action of new Set([...table.keys(), ...fold.openIntents.keys()])) {
    findings.records += 1
    const [index, idx] = [fold.openIntents.get(action), table.get(action)]
    if (index === idx) continue
    const fault = index === undefined ? "extra" : idx === undefined ? "missing" : "differs"
    report(
      findings,
      {
        kind: "open_intent",
        id: action,
        fault,
        member: null,
        ledger: index,
        table: idx,
        index: index ?? null,
        narrows: true,
      },
      (tx) => {
        tx.run("DELETE FROM open_intent WHERE action = ?", [action])
        if (index !== undefined)
          tx.run("INSERT INTO open_intent (action, idx) VALUES (?, ?)", [action, index])
      },
    )
  }
}

function compareUnder(store: RebuildParts, { fold, comparing: { findings } }: Folded): void {
  const rows = store.query<{ action: string; under: string }>("SELECT action, under FROM action_under")
  const table = new Map(rows.map(({ action, under }) => [action, under]))
  for (const action of new Set([...table.keys(), ...fold.under.keys()])) {
    findings.records += 1
    const [ledger, held] = [fold.under.get(action), table.get(action)]
    if (ledger === held) continue
    const fault = ledger === undefined ? "extra" : held === undefined ? "missing" : "differs"
    report(
      findings,
      {
        kind: "action_under",
        id: action,
        fault,
        member: null,
        ledger,
        table: held,
        index: null,
        narrows: true,
      },
      (tx) => {
        tx.run("DELETE FROM action_under WHERE action = ?", [action])
        if (ledger !== undefined)
          tx.run("INSERT INTO action_under (action, under) VALUES (?, ?)", [action, ledger])
      },
    )
  }
}

/** What is gone from the vault without a statement that it was erased, and what is there and not as the ledger commits to it. */
function sayLost({ fold, comparing }: Folded): void {
  const { findings } = comparing
  const lost = (id: string, index: number | null) =>
    report(findings, { kind: "vault", id, fault: "lost", member: null, index, narrows: false }, null)
  for (const [subject, { index }] of [...comparing.goneContent, ...fold.gone])
    if (!fold.thinned.has(subject)) lost(subject, index)
  for (const subject of comparing.goneKeys) if (!fold.erased.has(subject)) lost(subject, null)
  for (const { of, is } of fold.faults)
    report(
      findings,
      { kind: "vault", id: of.id, fault: is, member: null, index: of.index, narrows: false },
      null,
    )
}

function reportOf(fold: Fold, { findings }: Comparing, fault: RebuildReport["fault"]): RebuildReport {
  return {
    entries: fold.size,
    fault,
    records: findings.records,
    members: findings.members,
    differences: findings.found.map(({ difference }) => difference),
    differing: findings.differing,
    erased: Object.fromEntries(findings.erased),
    unstated: Object.fromEntries(findings.unstated),
  }
}
