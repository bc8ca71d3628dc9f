import { z } from "zod"
import { Failure } from "@hufu/core/failure"
import type { RecordRow } from "../store/record-row.ts"
import type { Store, Tx } from "../store/store.ts"

/**
 * The current state of one noun: a fold of its statements, kept as one row each and held in memory, so that a decision reads no disk.
 * INVARIANT: memory changes only after the commit, except where the change only narrows (suspend, revoke, stop).
 */
export interface Records<T extends { readonly id: string }> {
  get(id: string): T | undefined
  /** Throws Failure("not_found") with a sentence that says where to look. */
  need(id: string): T
  all(): IterableIterator<T>
  readonly size: number
  /** Writes the row in this commit. */
  put(tx: Tx, value: T): void
  /** Changes memory; call after the commit (or before it, when it narrows). */
  set(value: T): void
  /** Forgets from memory what no decision needs any more; the row stays. */
  forget(id: string): void
  /** Reads rows of this kind from the store, also what memory has forgotten. */
  read(where?: string, values?: readonly (string | number)[]): T[]
}

export interface RecordKind<T> {
  readonly kind: string
  readonly schema: z.ZodType<T>
  /** Which rows to load at start; all by default. */
  readonly states?: readonly string[]
  readonly state?: (value: T) => string
  readonly at?: (value: T) => number
  /** What of it is free or identifying, and whose it is. */
  readonly sealed?: SealedPart<T>
}

/**
 * INVARIANT 9: what is free or identifying stands in a row only encrypted with the key of its subject, and goes with that key.
 */
export interface SealedPart<T> {
  readonly members: readonly (keyof T & string)[]
  readonly subject: (value: T) => string
  /** What stands in their place when they were erased; undefined: such a row is left out. */
  readonly blank: Partial<T> | undefined
  /** The row's key, where the id names something; else the id itself. */
  readonly key?: (value: T, store: Pick<Store, "vault">) => string
}

/** Loads the live records of one kind. */
export function openRecords<T extends { readonly id: string }>(store: Store, of: RecordKind<T>): Records<T> {
  const memory = new Map<string, T>()
  const valuesOf = (rows: readonly RecordRow[]) => rows.flatMap((row) => readRecord(store, of, row) ?? [])
  const read: Records<T>["read"] = (where, values) => valuesOf(store.records.read(of.kind, where, values))
  for (const value of valuesOf(store.records.initial(of.kind, of.states))) memory.set(value.id, value)
  return {
    get: (id) => memory.get(id),
    need: (id) => memory.get(id) ?? notFound(of.kind, id),
    all: () => memory.values(),
    get size() {
      return memory.size
    },
    put: (tx, value) => writeRecord(store, of, tx, value),
    set: (value) => void memory.set(value.id, value),
    forget: (id) => void memory.delete(id),
    read,
  }
}

/** Writes a record's row, what is private in it sealed. */
export function writeRecord<T extends { readonly id: string }>(
  store: Pick<Store, "vault" | "records">,
  of: RecordKind<T>,
  tx: Tx,
  value: T,
): void {
  const { open, sealed, subject } = split(of, value)
  const id = keyOf(store, of, value)
  const bytes =
    sealed === undefined || subject === null
      ? null
      : store.vault.sealRow(tx, { subject, name: rowName(of.kind, id), text: JSON.stringify(sealed) })
  store.records.put(tx, {
    kind: of.kind,
    id,
    state: of.state?.(value) ?? "",
    at: of.at?.(value) ?? 0,
    subject,
    body: JSON.stringify(open),
    sealed: bytes,
  })
}

/** The key of a record's row. */
export function keyOf<T extends { readonly id: string }>(
  store: Pick<Store, "vault">,
  of: RecordKind<T>,
  value: T,
): string {
  return of.sealed?.key?.(value, store) ?? value.id
}

/** A row's record; undefined when what makes it one was erased. */
export function readRecord<T extends { readonly id: string }>(
  store: Pick<Store, "vault">,
  of: RecordKind<T>,
  row: RecordRow,
): T | undefined {
  const open = bodyOf(row.body)
  if (of.sealed === undefined || row.subject === null) return of.schema.parse(open)
  const text =
    row.sealed === null
      ? undefined
      : store.vault.openRow({ subject: row.subject, name: rowName(of.kind, row.id), bytes: row.sealed })
  if (text !== undefined) return of.schema.parse({ ...open, ...bodyOf(text) })
  // Erasing takes both in one commit; without its key a row that forbids would forbid nothing.
  if (row.sealed !== null)
    throw new Failure(
      "vault_damaged",
      `the vault's key of \`${row.subject}\`, which opens a row of ${of.kind}, is missing: restore a backup`,
    )
  return of.sealed.blank === undefined ? undefined : of.schema.parse({ ...open, ...of.sealed.blank })
}

/** What stands open in a row and what is sealed; nothing is, where all of it is what an erased one shows. */
function split<T extends object>({ sealed }: RecordKind<T>, value: T) {
  const all: Record<string, unknown> = Object.fromEntries(Object.entries(value))
  if (sealed === undefined) return { open: all, sealed: undefined, subject: null }
  const secret: Record<string, unknown> = {}
  for (const member of sealed.members) {
    if (all[member] !== undefined) secret[member] = all[member]
    delete all[member]
  }
  const isBlank = JSON.stringify(secret) === JSON.stringify(inOrder(sealed))
  return { open: all, sealed: isBlank ? undefined : secret, subject: sealed.subject(value) }
}

function inOrder<T>({ members, blank = {} }: SealedPart<T>): Record<string, unknown> {
  const all: Record<string, unknown> = { ...blank }
  return Object.fromEntries(members.flatMap((member) => (member in all ? [[member, all[member]]] : [])))
}

const Body = z.record(z.string(), z.unknown())

function bodyOf(text: string): Record<string, unknown> {
  return Body.parse(JSON.parse(text))
}

function rowName(kind: string, id: string): string {
  return `${kind}/${id}`
}

function notFound(kind: string, id: string): never {
  throw new Failure(
    "not_found",
    `there is no ${kind} \`${id.slice(0, 80)}\`; \`hufu ${kind} list\` shows what there is`,
  )
}
