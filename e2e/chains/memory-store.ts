import type { Tx, Store } from "@hufu/server/store/store"
import type { EntryDraft } from "@hufu/server/ledger/appender"

interface Row {
  readonly kind: string
  readonly id: string
  readonly state: string
}

interface Spent {
  readonly mandate: string
  readonly grant_index: number
  count: number
  amount: number
}

/**
 * What the authority uses of a store, without a disk, so that a hundred thousand runs take minutes: units of work in their order, one after
 * another, each at a later moment than it was asked for. That a real store keeps them is tried with fewer runs.
 */
export function memoryStore(now: () => number): {
  readonly store: Store
  readonly entries: EntryDraft[]
} {
  const rows = new Map<string, Row>()
  const spent = new Map<string, Spent>()
  const entries: EntryDraft[] = []
  let last: Promise<unknown> = Promise.resolve()

  function run(sql: string, params: readonly unknown[] = []): number {
    // The statements that budgets are written by; nothing else reaches this store.
    const [mandate, grant_index, count, amount] = params as [string, number, number, number]
    if (sql.startsWith("DELETE FROM spent")) {
      for (const [key, row] of spent) if (row.mandate === mandate && row.grant_index >= 0) spent.delete(key)
      return 0
    }
    if (!sql.startsWith("INSERT INTO spent")) throw new Error(`the memory store does not know: ${sql}`)
    const key = `${mandate}/${grant_index}`
    const row = spent.get(key)
    if (row && sql.includes("spent.count + "))
      Object.assign(row, { count: row.count + count, amount: row.amount + amount })
    else spent.set(key, { mandate, grant_index, count, amount })
    return 1
  }

  function query(sql: string, params: readonly unknown[] = []): unknown[] {
    if (!sql.includes("FROM spent")) return []
    const all = [...spent.values()]
    return params.length === 0 ? all : all.filter(({ mandate }) => mandate === params[0])
  }

  const tx = {
    append: (draft: EntryDraft) => entries.push(draft) - 1,
    nextIndex: () => entries.length,
    lastAt: now,
    run,
    query,
  }
  const store = {
    query,
    records: {
      put: (_tx: Tx, row: Row) => void rows.set(`${row.kind}/${row.id}`, row),
      remove: (_tx: Tx, { kind, id }: Row) => void rows.delete(`${kind}/${id}`),
      initial: (kind: string, states?: readonly string[]) =>
        [...rows.values()].filter((row) => row.kind === kind && (states?.includes(row.state) ?? true)),
      read: (kind: string) => [...rows.values()].filter((row) => row.kind === kind),
    },
    vault: {
      enroll: () => {},
      put: () => "0".repeat(64),
      sealRow: (_tx: Tx, { text }: { text: string }) => Buffer.from(text),
      openRow: ({ bytes }: { bytes: Uint8Array }) => Buffer.from(bytes).toString(),
    },
    commit<T>(work: (given: typeof tx) => T): Promise<T> {
      const mine = last.then(() => new Promise<void>((resolve) => setImmediate(resolve))).then(() => work(tx))
      last = mine.catch(() => undefined)
      return mine
    },
    close: async () => {},
  }
  // Only what stands above is used of it: whatever else is called throws.
  return { store: store as unknown as Store, entries }
}
