import type { FollowedLive } from "./follow-live.ts"
import type { Opening } from "./first-paint.ts"
import type { Scrolled } from "./scroll-through.ts"
import { median } from "../statistics.ts"

/** Everything that one run of the bench found. */
export interface ConsoleFound {
  readonly scriptBytes: number
  readonly openings: readonly Opening[]
  readonly plainPaints: readonly number[]
  readonly routeChanges: readonly number[]
  readonly plainClicks: readonly number[]
  readonly scrolled: Scrolled
  readonly plainScrolled: Scrolled
  readonly live: FollowedLive
}

/** One figure beside its bar, and beside the best that this machine can do. */
export interface Figure {
  readonly figure: string
  readonly median: number | null
  /** What is held against the bar. */
  readonly worst: number
  readonly unit: string
  readonly limit: number | null
  readonly side: "at most" | "at least"
  readonly beside: string
  readonly met: boolean
}

/** From this share of the run on, memory has to be flat: minute two of ten. */
const settledShare = 0.2

/** Holds everything that was found against the bars. */
export function figuresOf(found: ConsoleFound, eventsPerSecond: number): Figure[] {
  const { live, scrolled, plainScrolled } = found
  const paints = found.openings.map(({ paintMs }) => paintMs)
  const wholes = found.openings.map(({ wholeMs }) => wholeMs)
  const whole = median(found.openings.map(({ scriptBytes }) => scriptBytes)) / 1000
  const blank = `${median(found.plainPaints).toFixed(0)} ms for a bare heading`
  const click = `${median(found.plainClicks).toFixed(0)} ms for one text of a bare page`
  return [
    most(
      "initial JavaScript, gzip",
      [found.scriptBytes / 1000],
      "kB",
      160,
      `${whole.toFixed(0)} kB until the first view is whole`,
    ),
    most("first contentful paint", paints, "ms", 1000, blank),
    most("first view whole", wholes, "ms", null, blank),
    most("route change, click to painted heading", found.routeChanges, "ms", 100, click),
    most(
      `longest task while ${scrolled.rows} rows scroll`,
      [scrolled.longestTaskMs],
      "ms",
      50,
      `${below50(plainScrolled.longestTaskMs)} for bare rows`,
    ),
    most(
      "time between frames of it",
      scrolled.frames,
      "ms",
      null,
      `worst ${Math.max(...plainScrolled.frames).toFixed(0)} ms for bare rows`,
    ),
    least(
      "events a second",
      live.perSecond,
      "1/s",
      eventsPerSecond * 0.99,
      `${live.made} entries in ${live.seconds} s`,
    ),
    most(
      "events lost or doubled",
      [live.lost + live.doubled + live.resets + Math.abs(live.made - live.entries)],
      "",
      0,
      `${live.entries} of ${live.made} came`,
    ),
    most("rows of the list that the store has not", [live.wrongRows], "", 0, ""),
    most("growth of the JavaScript heap", [growth(live, "heapBytes")], "%", 5, heaps(live)),
    most("growth of DOM nodes", [growth(live, "domNodes")], "%", 5, nodes(live)),
    most("longest task while it is followed", [live.longestTaskMs], "ms", null, ""),
  ]
}

function most(
  figure: string,
  values: readonly number[],
  unit: string,
  limit: number | null,
  beside: string,
): Figure {
  const worst = Math.max(...values)
  const met = limit === null || worst <= limit
  return {
    figure,
    median: values.length > 1 ? median(values) : null,
    worst,
    unit,
    limit,
    side: "at most",
    beside,
    met,
  }
}

function least(figure: string, value: number, unit: string, limit: number, beside: string): Figure {
  return { figure, median: null, worst: value, unit, limit, side: "at least", beside, met: value >= limit }
}

function growth({ memory, seconds }: FollowedLive, of: "heapBytes" | "domNodes"): number {
  const settled = memory.find(({ atSeconds }) => atSeconds >= seconds * settledShare)?.[of] ?? Number.NaN
  const last = memory.at(-1)?.[of] ?? Number.NaN
  return (last / settled - 1) * 100
}

const heaps = ({ memory }: FollowedLive) =>
  `MB: ${memory.map(({ heapBytes }) => (heapBytes / 1e6).toFixed(1)).join(" ")}`
const nodes = ({ memory }: FollowedLive) => memory.map(({ domNodes }) => domNodes).join(" ")
const below50 = (ms: number) => (ms === 0 ? "below 50 ms" : `${ms.toFixed(0)} ms`)

/** The table as lines for a terminal. */
export function printedFigures(figures: readonly Figure[]): string[] {
  return [
    row("", "figure", "median", "worst", "bar", "beside it"),
    ...figures.map(({ figure, median: middle, worst, unit, limit, side, beside, met }) =>
      row(
        limit === null ? "" : met ? "met" : "MISSED",
        figure,
        middle === null ? "" : shown(middle),
        `${unit === "ms" && worst === 0 ? "< 50" : shown(worst)} ${unit}`,
        limit === null ? "" : `${side === "at most" ? "<=" : ">="} ${limit} ${unit}`,
        beside,
      ),
    ),
  ]
}

const shown = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(1))
const row = (met: string, figure: string, middle: string, worst: string, bar: string, beside: string) =>
  `${met.padEnd(7)}${figure.padEnd(42)}${middle.padStart(8)}${worst.padStart(14)}${bar.padStart(14)}  ${beside}`.trimEnd()
