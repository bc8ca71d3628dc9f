import { hash } from "node:crypto"

/** Which agents were looked at most lately; kept in memory, from when the node has started. */
export interface Trends {
  /** Somebody has asked for exactly this registration. UNTRUSTED: how often they do. */
  seen(registration: string, by: string): void
  /** The most looked at first. */
  top(most: number): string[]
}

const halfLifeMs = 24 * 60 * 60 * 1000
const mostKept = 10_000
/** Looks of one day that are remembered; any beyond count for nothing, rather than twice. */
const mostLooks = 200_000

/**
 * Each look counts half as much a day later. INVARIANT: one who asks counts once a day for each agent, so that nobody lifts an agent by
 * asking often; who asks is known by their code, or by their address alone.
 */
export function openTrends(now: () => number): Trends {
  const scores = new Map<string, { score: number; at: number }>()
  let day = 0
  let looks = new Set<string>()
  const faded = ({ score, at }: { score: number; at: number }) => score * 2 ** ((at - now()) / halfLifeMs)
  const order = () => [...scores].toSorted(([, one], [, other]) => faded(other) - faded(one))

  /** Whether this look is one's first of the day. No address is kept, only that there was one. */
  function isFirst(registration: string, by: string): boolean {
    const today = Math.floor(now() / halfLifeMs)
    if (today !== day) [day, looks] = [today, new Set()]
    const look = hash("sha256", `${by}\n${registration}`, "base64url").slice(0, 16)
    if (looks.has(look) || looks.size >= mostLooks) return false
    looks.add(look)
    return true
  }

  return {
    seen(registration, by) {
      if (!isFirst(registration, by)) return
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
