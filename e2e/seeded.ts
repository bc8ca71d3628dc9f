/** A small seeded generator, so that every run can be repeated from the seed that it prints. */
export interface Seeded {
  /** A number in [0, 1). */
  next(): number
  /** An integer in [0, below). */
  int(below: number): number
  pick<T>(items: readonly T[]): T
  /** The items in a new, random order. */
  shuffled<T>(items: readonly T[]): T[]
}

/** Mulberry32: 32 bits of state are plenty for choosing test cases, and useless for secrets. */
export function seeded(seed: number): Seeded {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const int = (below: number) => Math.floor(next() * below)
  return {
    next,
    int,
    pick: (items) => items[int(items.length)] as (typeof items)[number], // index maths: int() stays below the length
    shuffled: (items) => shuffle([...items], int),
  }
}

function shuffle<T>(items: T[], int: (below: number) => number): T[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = int(last + 1)
    const kept = items[last] as T // index maths: both indices are inside the array
    items[last] = items[other] as T
    items[other] = kept
  }
  return items
}
