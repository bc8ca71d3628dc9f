/** Which agents were looked at most lately; kept in memory, from when the node has started. */
export interface Trends {
  /** Somebody has asked for exactly this registration. */
  seen(registration: string): void
  /** The most looked at first. */
  top(most: number): string[]
}

const halfLifeMs = 24 * 60 * 60 * 1000
const mostKept = 10_000

/** Each look counts half as much a day later. Nobody is told apart, so that one who asks very often can lift an agent: it is no merit. */
export function openTrends(now: () => number): Trends {
  const scores = new Map<string, { score: number; at: number }>()
  const faded = ({ score, at }: { score: number; at: number }) => score * 2 ** ((at - now()) / halfLifeMs)
  const order = () => [...scores].toSorted(([, one], [, other]) => faded(other) - faded(one))
  return {
    seen(registration) {
      const known = scores.get(registration)
      scores.set(registration, { score: (known === undefined ? 0 : faded(known)) + 1, at: now() })
      if (scores.size > mostKept) for (const [id] of order().slice(mostKept / 2)) scores.delete(id)
    },
    top: (most) =>
      order()
        .slice(0, most)
        .map(([id]) => id),
  }
}
