import type { z } from "zod"
import { Failure } from "@hufu/core/failure"
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
}

export interface RecordKind<T> {
  readonly kind: string
  readonly schema: z.ZodType<T>
  /** Which rows to load at start; all by default. */
  readonly states?: readonly string[]
  readonly state?: (value: T) => string
  readonly at?: (value: T) => number
}

interface Row {
  readonly body: string
}

/** Loads the live records of one kind. */
export function openRecords<T extends { readonly id: string }>(store: Store, of: RecordKind<T>): Records<T> {
  const memory = new Map<string, T>()
  for (const row of rows(store, of)) {
    const value = of.schema.parse(JSON.parse(row.body))
    memory.set(value.id, value)
  }
  return {
    get: (id) => memory.get(id),
    need: (id) => memory.get(id) ?? notFound(of.kind, id),
    all: () => memory.values(),
    get size() {
      return memory.size
    },
    put: (tx, value) => {
      const state = of.state?.(value) ?? ""
      tx.run(
        "INSERT INTO record(kind,id,state,at,body) VALUES(?,?,?,?,?) ON CONFLICT(kind,id) DO UPDATE SET state=excluded.state, at=excluded.at, body=excluded.body",
        [of.kind, value.id, state, of.at?.(value) ?? 0, JSON.stringify(value)],
      )
    },
    set: (value) => void memory.set(value.id, value),
    forget: (id) => void memory.delete(id),
  }
}

function rows<T>(store: Store, of: RecordKind<T>): Row[] {
  if (!of.states) return store.query<Row>("SELECT body FROM record WHERE kind=?", [of.kind])
  const marks = of.states.map(() => "?").join(",")
  return store.query<Row>(`SELECT body FROM record WHERE kind=? AND state IN (${marks})`, [
    of.kind,
    ...of.states,
  ])
}

function notFound(kind: string, id: string): never {
  throw new Failure(
    "not_found",
    `there is no ${kind} \`${id.slice(0, 80)}\`; \`hufu ${kind} list\` shows what there is`,
  )
}
