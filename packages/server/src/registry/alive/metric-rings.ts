import type { Metrics } from "./log-record.ts"

/** Figures that an agent gave of itself at one moment. */
export interface MetricSample extends Metrics {
  readonly at: number
  readonly uptimeSeconds: number | undefined
}

export interface MetricRings {
  /** Whether it was newer than what was there. */
  add(registration: string, sample: MetricSample): boolean
  /** The oldest first. */
  of(registration: string): readonly MetricSample[]
  registrations(): Iterable<string>
  forget(registration: string): void
}

/** So many are kept of each agent. */
export const mostSamples = 120
/** And so many of all: whoever gave none for longest goes first. */
const mostOfAll = 200_000

export function openMetricRings(): MetricRings {
  const rings = new Map<string, MetricSample[]>()
  let all = 0

  function forget(registration: string): void {
    all -= rings.get(registration)?.length ?? 0
    rings.delete(registration)
  }

  return {
    add(registration, sample) {
      const ring = rings.get(registration) ?? []
      const last = ring.at(-1)
      if (last !== undefined && last.at >= sample.at) return false
      ring.push(sample)
      all += 1
      if (ring.length > mostSamples) {
        ring.shift()
        all -= 1
      }
      rings.delete(registration)
      rings.set(registration, ring)
      for (const oldest of rings.keys()) {
        if (all <= mostOfAll || oldest === registration) break
        forget(oldest)
      }
      return true
    },
    of: (registration) => rings.get(registration) ?? [],
    registrations: () => rings.keys(),
    forget,
  }
}
