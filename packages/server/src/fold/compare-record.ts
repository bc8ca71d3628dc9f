import type { StateFault } from "@hufu/core/contract/state"
import type { StoredRecord } from "../store/record-row.ts"
import type { Store, Tx } from "../store/store.ts"
import { count, type Findings, type Repair, report } from "./findings.ts"
import { type FoldedRecord, isSame } from "./fold.ts"
import type { FoldedKind, FoundRow } from "./folded-kinds.ts"
import { isNarrowing } from "./is-narrowing.ts"
import type { ContentRef, Member } from "./member.ts"
import type { ContentReader } from "./read-content.ts"
import { ephemeralMembers, secretMembers } from "./table-classes.ts"

export interface Comparing {
  readonly store: Pick<Store, "query" | "vault" | "records">
  readonly reader: ContentReader
  readonly findings: Findings
  /** Rows carry proofs: in no folder that an earlier version wrote and this one has not opened. */
  readonly isProven: boolean
  /** Rows that an earlier version left open: none once they are sealed. */
  readonly mayBeOpen: boolean
  /** Whose content, and whose key, is not there: at the end, a statement has to say that it was erased. */
  readonly goneContent: Map<string, ContentRef>
  readonly goneKeys: Set<string>
}

type Values = Record<string, unknown>

/** Compares one record of the ledger with its row, member by member. */
export function compareRecord(
  of: Comparing,
  kind: FoldedKind,
  { id, folded, row }: { id: string; folded: FoldedRecord | undefined; row: StoredRecord | undefined },
): void {
  const found = row && kind.find(of.store, row, of.mayBeOpen)
  const compared = { of, kind, id, folded, row, found }
  of.findings.records += 1
  if (row?.subject && found?.is === "erased") of.goneKeys.add(row.subject)
  if (found?.is === "erased" && folded === undefined) count(of.findings.erased, kind.kind)
  const before = of.findings.differing
  compareFolded(compared)
  // What the ledger cannot tell, the row's own proof does.
  const isOurs = row === undefined || !of.isProven || of.store.records.isOurs(row)
  if (!isOurs && of.findings.differing === before) say(compared, { fault: "unproven", member: null })
}

function compareFolded(compared: Compared): void {
  const { kind, folded, row, found } = compared
  if (folded === undefined) {
    if (row === undefined || found?.is === "erased") return
    const table = found?.is === "value" ? withoutSecrets(kind.kind, found.value) : undefined
    return say(compared, { fault: "extra", member: null, table })
  }
  if (row === undefined) return say(compared, { fault: "missing", member: null })
  if (found?.is !== "value") return say(compared, { fault: "unreadable", member: null })
  for (const column of found.wrongColumns) say(compared, { fault: "differs", member: `column ${column}` })
  for (const [member, said] of Object.entries(folded.members))
    compareMember(compared, member, { said, table: at(found.value, member), isErased: found.isErased })
  for (const member of Object.keys(found.value))
    if (!isKnown(kind.kind, member, folded) && found.value[member] !== undefined)
      say(compared, { fault: "differs", member, table: found.value[member] })
}

interface Compared {
  readonly of: Comparing
  readonly kind: FoldedKind
  readonly id: string
  readonly folded: FoldedRecord | undefined
  readonly row: StoredRecord | undefined
  readonly found: FoundRow | undefined
}

function compareMember(
  compared: Compared,
  member: string,
  { said, table, isErased }: { said: Member; table: unknown; isErased: boolean },
): void {
  const { of, kind } = compared
  const [name = member] = member.split(".")
  const resolved = of.reader.resolve(said)
  const isEqual = resolved.is === "value" && isSame(resolved.value, table)
  // What was always blank was never sealed, and has no key that could be gone.
  if (isErased && kind.sealed.has(name) && !isEqual) {
    if (compared.row?.subject) of.goneKeys.add(compared.row.subject)
    return count(of.findings.erased, kind.kind)
  }
  if (resolved.is === "unstated") return count(of.findings.unstated, `${kind.kind}.${member}`)
  if (resolved.is === "gone") {
    of.goneContent.set(resolved.of.subject, resolved.of)
    return count(of.findings.erased, kind.kind)
  }
  if (resolved.is !== "value") return say(compared, { fault: resolved.is, member })
  of.findings.members += 1
  if (isEqual) return
  say(compared, { fault: "differs", member, ledger: resolved.value, table })
}

function say(
  compared: Compared,
  {
    fault,
    member,
    ledger,
    table,
  }: { fault: StateFault; member: string | null; ledger?: unknown; table?: unknown },
): void {
  const { of, id, folded } = compared
  const { kind } = compared.kind
  const difference = { kind, id, fault, member, ledger, table }
  report(
    of.findings,
    { ...difference, index: folded?.index ?? null, narrows: isNarrowing(difference) },
    repairOf(compared),
  )
}

/** Members of a record that no statement carries stay as they are in the tables. */
function repairOf({ of, kind, id, folded, row, found }: Compared): Repair {
  const remove = (tx: Tx, rowId: string) => of.store.records.remove(tx, { kind: kind.kind, id: rowId })
  if (folded === undefined) return (tx) => row && remove(tx, row.id)
  const table = found?.is === "value" ? found.value : {}
  const kept: Values = {}
  for (const member of ephemeralMembers[kind.kind] ?? []) kept[member] = table[member]
  const values: Values = { ...kept }
  for (const [member, said] of Object.entries(folded.members)) {
    const resolved = of.reader.resolve(said)
    put(values, member, resolved.is === "value" ? resolved.value : at(table, member))
  }
  for (const member of Object.keys(values)) if (values[member] === undefined) delete values[member]
  const key = kind.rowOf(of.store, id)
  if (key === undefined || !kind.isRecord(values)) return null
  return (tx) => {
    // What stands under another key, or was left out of the form, goes.
    if (row !== undefined && row.id !== key) remove(tx, row.id)
    kind.write(of.store, tx, values)
  }
}

function isKnown(kind: string, member: string, { members }: FoldedRecord): boolean {
  if (member in members || ephemeralMembers[kind]?.includes(member)) return true
  return Object.keys(members).some((each) => each.startsWith(`${member}.`))
}

/** The value of a member, or of a part of one: `pinned.profile`. */
function at(values: Values, member: string): unknown {
  const [name = "", part] = member.split(".")
  const value = values[name]
  if (part === undefined || typeof value !== "object" || value === null)
    return part === undefined ? value : undefined
  return (value as Values)[part]
}

function put(values: Values, member: string, value: unknown): void {
  const [name = "", part] = member.split(".")
  if (part === undefined) values[name] = value
  else values[name] = { ...(values[name] as Values | undefined), [part]: value }
}

function withoutSecrets(kind: string, value: Values): Values {
  return Object.fromEntries(Object.entries(value).filter(([member]) => !isSecret(kind, member)))
}

function isSecret(kind: string, member: string): boolean {
  return secretMembers[kind]?.includes(member) ?? false
}
