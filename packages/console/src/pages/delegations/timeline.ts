import type { TracedDelegation } from "@hufu/core/contract/delegation"
import { isOpen, type Look, lookOf } from "./trace-graph.ts"

/** A stretch of time in which a delegation stood as it did. */
export interface Stretch {
  readonly from: number
  readonly to: number
  readonly look: Look
}

export interface Lane {
  readonly item: TracedDelegation
  readonly stretches: readonly Stretch[]
  /** What happened, at its time; what only changed how it stands is its stretch. */
  readonly points: readonly Point[]
}

export interface Point {
  readonly at: number
  readonly kind: "order" | "product" | "reply" | "held" | "refused"
}

export interface Timeline {
  readonly from: number
  readonly to: number
  readonly isOpen: boolean
  readonly lanes: readonly Lane[]
}

/** The lanes of a trace, from the first to the last that happened, or to now where something is open. */
export function timelineOf(items: readonly TracedDelegation[], now: number): Timeline {
  const open = items.some(({ delegation }) => isOpen(delegation.state))
  const times = items.flatMap(({ delegation, events }) => [
    delegation.createdAt,
    delegation.changedAt,
    ...events.map(({ at }) => at),
  ])
  const from = Math.min(...times)
  // What happens at once takes a moment of the picture all the same.
  const to = Math.max(...times, from + 1, open ? now : 0)
  return { from, to, isOpen: open, lanes: items.map((item) => laneOf(item, to)) }
}

function laneOf(item: TracedDelegation, end: number): Lane {
  const { delegation, events } = item
  const stretches: Stretch[] = []
  let since = delegation.createdAt
  let look: Look = "waitsPartner"
  for (const { at, state } of events) {
    if (state === null) continue
    if (at > since) stretches.push({ from: since, to: at, look })
    since = at
    look = lookOf(state)
  }
  // The node says how it stands; events may be older than what is kept here.
  if (isOpen(delegation.state))
    stretches.push({ from: since, to: Math.max(end, since), look: lookOf(delegation.state) })
  return {
    item,
    stretches: joined(stretches),
    points: events.flatMap(({ at, kind, hold, state }): Point[] => {
      if (kind !== "state") return [{ at, kind }]
      if (hold !== null) return [{ at, kind: "held" }]
      return state === "rejected" || state === "failed" ? [{ at, kind: "refused" }] : []
    }),
  }
}

/** Stretches that look the same and follow each other are one. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const long: Stretch[] = []
  for (const each of stretches) {
    const last = long.at(-1)
    if (last?.look === each.look && last.to === each.from) long[long.length - 1] = { ...last, to: each.to }
    else long.push(each)
  }
  return long
}

/** Where a moment lies between two others, in percent. */
export function placeOf(at: number, { from, to }: Pick<Timeline, "from" | "to">): number {
  return Math.min(100, Math.max(0, ((at - from) / (to - from)) * 100))
}
