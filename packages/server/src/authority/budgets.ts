import type { Mandate } from "@hufu/core/mandate/mandate"
import type { Slice } from "@hufu/core/mandate/passed-on"
import { setAside } from "@hufu/core/mandate/set-aside"
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
  /** For calls under the mandate itself: what is set aside for those that it was passed on to is not there any more. */
  left(mandate: Mandate, grant: number): Spent
  /** For calls below it as well: what nobody has spent. */
  leftInAll(mandate: Mandate, grant: number): Spent
  /** What was spent under the mandate and under everything below it. */
  spent(mandate: string, grant: number): Spent
  /**
   * Takes one call, and the amount, from the grant and from the whole of the mandate that covers it and of each one above it; undefined when
   * any of them has too little.
   *
   * @param slices the mandate that covers it first
   */
  reserve(slices: readonly Slice[]): Reservation | undefined
  /** Says which mandates were passed on from one and may still spend; what is on its way counts. */
  setBelow(below: (mandate: string) => readonly Mandate[]): void
  /**
   * After a narrowing every grant has spent what the grant that it lies within had spent.
   *
   * @param within the place of that outer grant for each inner one
   */
  carryOver(mandate: string, within: readonly number[]): { write(tx: Tx): void }
}

/** What an action takes of the budgets of its mandate: one call and the amount of each of these grants (-1: the mandate as a whole). */
export interface Draw extends DrawOn {
  /** The same of each mandate above it, where it was passed on. */
  readonly above?: readonly (DrawOn & { readonly mandate: string })[] | undefined
}

export interface DrawOn {
  readonly grants: readonly number[]
  readonly amount: number
}

export interface Reservation {
  /** Adds to the counters in the intent's commit, and says what it adds. */
  write(tx: Tx): Draw
  /** Gives everything back: the commit failed, or the call never left. */
  release(): void
  /** Takes from the counters what was given back after the intent's commit. */
  writeReturn(tx: Tx): void
  readonly empty: boolean
}

/** For what draws on no budget. */
export const nothingReserved: Reservation = {
  write: () => ({ grants: [], amount: 0 }),
  release: () => undefined,
  writeReturn: () => undefined,
  empty: true,
}

interface Row {
  readonly mandate: string
  readonly grant_index: number
  readonly count: number
  readonly amount: number
}

export function openBudgets(store: Store): Budgets {
  const memory = new Map<string, Spent>()
  const key = (mandate: string, grant: number) => `${mandate}/${grant}`
  /** How each mandate's grants were moved by narrowings, and how many of these are in the tables. */
  const moves = new Map<string, (readonly number[])[]>()
  const written = new Map<string, number>()
  const movesOf = (mandate: string) => moves.get(mandate) ?? []
  for (const row of store.query<Row>("SELECT mandate, grant_index, count, amount FROM spent", []))
    memory.set(key(row.mandate, row.grant_index), { count: row.count, amount: row.amount })

  const spent = (mandate: string, grant: number): Spent =>
    memory.get(key(mandate, grant)) ?? { count: 0, amount: 0 }
  const budgetOf = (mandate: Mandate, grant: number) =>
    grant < 0 ? mandate.budget : mandate.grants[grant]?.budget

  let belowOf: (mandate: string) => readonly Mandate[] = () => []

  function leftInAll(mandate: Mandate, grant: number) {
    const budget = budgetOf(mandate, grant)
    const used = spent(mandate.id, grant)
    return {
      count: budget?.count === undefined ? Infinity : budget.count - used.count,
      amount: budget?.amount === undefined ? Infinity : budget.amount.max - used.amount,
    }
  }

  function left(mandate: Mandate, grant: number) {
    let { count, amount } = leftInAll(mandate, grant)
    if (budgetOf(mandate, grant) === undefined) return { count, amount }
    for (const below of belowOf(mandate.id)) {
      const aside = setAside(below, mandate, grant, (at) => spent(below.id, at))
      count -= aside.count
      amount -= aside.amount
    }
    return { count, amount }
  }

  function add(mandate: string, grant: number, count: number, amount: number) {
    const used = spent(mandate, grant)
    memory.set(key(mandate, grant), { count: used.count + count, amount: used.amount + amount })
  }

  function reserve(slices: readonly Slice[]): Reservation | undefined {
    const limited = slices
      .map(({ mandate, grant, amount }) => ({
        mandate,
        amount,
        grants: [grant, -1].filter((index) => budgetOf(mandate, index) !== undefined),
      }))
      .filter(({ grants }, at) => at === 0 || grants.length > 0)
    if (limited.every(({ grants }) => grants.length === 0)) return nothingReserved
    // INVARIANT: no await between looking and taking.
    for (const [at, { mandate, grants, amount }] of limited.entries())
      for (const index of grants) {
        const remaining = at === 0 ? left(mandate, index) : leftInAll(mandate, index)
        // Written so that what is no number counts as too little.
        if (!(remaining.count >= 1 && remaining.amount >= amount)) return undefined
      }
    const taken = limited.map(({ mandate, grants, amount }) => take(mandate.id, grants, amount))
    return {
      empty: false,
      write(tx) {
        const [own = { grants: [], amount: 0 }, ...above] = taken.map((each) => each.write(tx))
        return above.length === 0
          ? own
          : {
              ...own,
              above: above.map((draw, at) => ({ mandate: limited[at + 1]?.mandate.id ?? "", ...draw })),
            }
      },
      release: () => taken.forEach((each) => each.release()),
      writeReturn: (tx) => taken.forEach((each) => each.writeReturn(tx)),
    }
  }

  /** Takes one call and the amount from some grants of one mandate, of which there is enough. */
  function take(mandate: string, limited: readonly number[], amount: number) {
    for (const index of limited) add(mandate, index, 1, amount)
    let released = false
    const before = movesOf(mandate).length
    let [drawn, drawnAt]: [readonly number[], number] = [limited, before]
    return {
      write(tx: Tx): DrawOn {
        // A narrowing that was written in between moved the grants.
        drawnAt = Math.max(before, written.get(mandate) ?? 0)
        drawn = movesOf(mandate).slice(before, drawnAt).reduce<readonly number[]>(movedBy, limited)
        for (const index of drawn) tx.run(journaled.spend, [mandate, index, 1, amount])
        return { grants: drawn, amount }
      },
      release() {
        if (released) return
        released = true
        // After a narrowing a grant's place is another grant's: what was taken from the old one stays spent.
        const isMoved = movesOf(mandate).length !== before
        for (const index of limited) if (index < 0 || !isMoved) add(mandate, index, -1, -amount)
      },
      writeReturn(tx: Tx) {
        const isMoved = (written.get(mandate) ?? 0) > drawnAt
        for (const index of drawn)
          if (index < 0 || !isMoved) tx.run(journaled.spend, [mandate, index, -1, -amount])
      },
    }
  }

  function carryOver(mandate: string, within: readonly number[]) {
    const carried = within.map((outer) => spent(mandate, outer))
    moves.set(mandate, [...movesOf(mandate), within])
    for (const each of memory.keys())
      if (each.startsWith(`${mandate}/`) && each !== key(mandate, -1)) memory.delete(each)
    for (const [grant, used] of carried.entries()) memory.set(key(mandate, grant), used)
    return {
      // From the tables: what is reserved and not written yet is added when it is, to the grants as they are then.
      write: (tx: Tx) => {
        const rows = tx.query<Row>(
          "SELECT mandate, grant_index, count, amount FROM spent WHERE mandate = ?",
          [mandate],
        )
        tx.run("DELETE FROM spent WHERE mandate = ? AND grant_index >= 0", [mandate])
        for (const [grant, outer] of within.entries()) {
          const row = rows.find((each) => each.grant_index === outer)
          if (row) tx.run(journaled.spent, [mandate, grant, row.count, row.amount])
        }
        written.set(mandate, (written.get(mandate) ?? 0) + 1)
      },
    }
  }

  return {
    left,
    leftInAll,
    spent,
    reserve,
    carryOver,
    setBelow(below) {
      belowOf = below
    },
  }
}

/** The grants in which what was taken from these counts after a narrowing; the mandate as a whole stays. */
export function movedBy(grants: readonly number[], within: readonly number[]): number[] {
  const inner = [...within.entries()].filter(([, outer]) => grants.includes(outer)).map(([grant]) => grant)
  return [...inner, ...grants.filter((grant) => grant < 0)]
}
