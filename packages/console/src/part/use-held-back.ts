import { useState } from "react"

interface HeldBack<T> {
  /** What is shown: the rows that were there, in their order, with what is new about them. */
  readonly rows: readonly { readonly item: T; readonly isGone: boolean }[]
  /** How many items came since. */
  readonly fresh: number
  /** Lets the new ones in and the gone ones go. */
  readonly take: () => void
}

/** Keeps a live list from jumping under the pointer: new items wait until they are taken, gone ones stay in their place. */
export function useHeldBack<T>(items: readonly T[], idOf: (item: T) => string, of: string): HeldBack<T> {
  const [shown, setShown] = useState({ of, items })
  const known = new Map(items.map((item) => [idOf(item), item]))
  // Another list, or nothing in view that could jump: what is there is shown at once.
  const mustTake =
    shown.of !== of || (shown.items.every((item) => !known.has(idOf(item))) && items.length > 0)
  const current = mustTake ? items : shown.items
  if (mustTake) setShown({ of, items })
  const seen = new Set(current.map(idOf))
  return {
    rows: current.map((item) => ({ item: known.get(idOf(item)) ?? item, isGone: !known.has(idOf(item)) })),
    fresh: items.filter((item) => !seen.has(idOf(item))).length,
    take: () => setShown({ of, items }),
  }
}
