import type { Mandate } from "@hufu/core/mandate/mandate"
import { journaled } from "../store/journaled-statements.ts"
import type { Store, Tx } from "../store/store.ts"

/** What was spent of one grant (or of a whole mandate: grant -1). Amounts are integer minor units. */
export interface Spent {
  readonly count: number
  readonly amount: number
}

/**
 * Budgets are reserved in memory in one synchronous step, so that any number of concurrent calls never spend more than there is,
 * and written in the same commit as the intent. After a crash what was reserved without a durable intent is free again.
 */
export interface Budgets {
  left(mandate: Mandate, grant: number): { count: number; amount: number }
  spent(mandate: string, grant: number): Spent
  /** Takes one call, and the amount, from the grant and from the mandate; false when either has too little. */
  reserve(mandate: Mandate, grant: number, amount: number): Reservation | undefined
  /**
   * After a narrowing every grant has spent what the grant that it lies within had spent.
   *
   * @param within the place of that outer grant for each inner one
   */
  carryOver(mandate: string, within: readonly number[]): Pick<Reservation, "write">
}

export interface Reservation {
  /** Writes the counters in the intent's commit. */
  write(tx: Tx): void
  /** Gives everything back: the commit failed, or the call never left. */
  release(): void
  readonly empty: boolean
}

/** For what draws on no budget. */
export const nothingReserved: Reservation = { write: () => undefined, release: () => undefined, empty: true }

interface Row {
  readonly mandate: string
  readonly grant_index: number
  readonly count: number
  readonly amount: number
}

export function openBudgets(store: Store): Budgets {
  const memory = new Map<string, Spent>()
  const key = (mandate: string, grant: number) => `${mandate}/${grant}`
  /** How often each mandate's grants were moved by a narrowing. */
  const moves = new Map<string, number>()
  for (const row of store.query<Row>("SELECT mandate, grant_index, count, amount FROM spent", []))
    memory.set(key(row.mandate, row.grant_index), { count: row.count, amount: row.amount })

  const spent = (mandate: string, grant: number): Spent =>
    memory.get(key(mandate, grant)) ?? { count: 0, amount: 0 }
  const budgetOf = (mandate: Mandate, grant: number) =>
    grant < 0 ? mandate.budget : mandate.grants[grant]?.budget

  function left(mandate: Mandate, grant: number) {
    const budget = budgetOf(mandate, grant)
    const used = spent(mandate.id, grant)
    return {
      count: budget?.count === undefined ? Infinity : budget.count - used.count,
      amount: budget?.amount === undefined ? Infinity : budget.amount.max - used.amount,
    }
  }

  function add(mandate: string, grant: number, count: number, amount: number) {
    const used = spent(mandate, grant)
    memory.set(key(mandate, grant), { count: used.count + count, amount: used.amount + amount })
  }

  function reserve(mandate: Mandate, grant: number, amount: number): Reservation | undefined {
    const limited = [grant, -1].filter((index) => budgetOf(mandate, index) !== undefined)
    if (limited.length === 0) return nothingReserved
    // INVARIANT: no await between looking and taking.
    for (const index of limited) {
      const remaining = left(mandate, index)
      if (remaining.count < 1 || remaining.amount < amount) return undefined
    }
    for (const index of limited) add(mandate.id, index, 1, amount)
    let released = false
    const before = moves.get(mandate.id)
    return {
      empty: false,
      write: (tx) => {
        for (const index of limited) writeSpent(tx, mandate.id, index, spent(mandate.id, index))
      },
      release: () => {
        if (released) return
        released = true
        // After a narrowing a grant's place is another grant's: what was taken from the old one stays spent.
        const isMoved = moves.get(mandate.id) !== before
        for (const index of limited) if (index < 0 || !isMoved) add(mandate.id, index, -1, -amount)
      },
    }
  }

  function carryOver(mandate: string, within: readonly number[]) {
    const carried = within.map((outer) => spent(mandate, outer))
    moves.set(mandate, (moves.get(mandate) ?? 0) + 1)
    for (const [grant, used] of carried.entries()) memory.set(key(mandate, grant), used)
    return {
      write: (tx: Tx) => {
        for (const grant of carried.keys()) writeSpent(tx, mandate, grant, spent(mandate, grant))
      },
    }
  }

  return { left, spent, reserve, carryOver }
}

function writeSpent(tx: Tx, mandate: string, grant: number, { count, amount }: Spent): void {
  tx.run(journaled.spent, [mandate, grant, count, amount])
}
