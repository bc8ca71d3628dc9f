import { describe, expect, test } from "vitest"
import { isLongRun } from "../e2e/long-run.ts"
import { withoutChromium } from "../e2e/sign-in/console-browser.ts"
import { benchConsole } from "./console.ts"
import { type ConsoleFound, figuresOf } from "./console/console-figures.ts"

// A node, a browser and a list of events: left to `npm run long`, and to a step of its own in CI.
describe.skipIf(withoutChromium !== undefined || !isLongRun)("a small bench of the console", () => {
  test("scrolls every row, misses no event and finds every figure", async () => {
    const { found, figures } = await benchConsole({
      actions: 150,
      openings: 1,
      rounds: 1,
      eventsPerSecond: 40,
      seconds: 2,
    })
    expect(found.scrolled.rows).toBe(150)
    expect(found.live).toMatchObject({ lost: 0, doubled: 0, resets: 0, wrongRows: 0, made: 80, entries: 80 })
    expect(found.live.memory).toHaveLength(11)
    expect(found.routeChanges).toHaveLength(12)
    for (const { figure, worst } of figures) expect(worst, figure).toSatisfy(Number.isFinite)
  }, 180_000)
})

const found: ConsoleFound = {
  scriptBytes: 120_000,
  openings: [{ paintMs: 300, wholeMs: 500, scriptBytes: 170_000 }],
  plainPaints: [50],
  routeChanges: [10, 90],
  plainClicks: [5],
  scrolled: { longestTaskMs: 0, frames: [16], rows: 10_000 },
  plainScrolled: { longestTaskMs: 0, frames: [16], rows: 10_000 },
  live: {
    seconds: 600,
    made: 120_000,
    entries: 120_000,
    lost: 0,
    doubled: 0,
    resets: 0,
    perSecond: 200,
    longestTaskMs: 60,
    wrongRows: 0,
    memory: [0, 60, 120, 600].map((atSeconds) => ({
      atSeconds,
      heapBytes: atSeconds < 120 ? 5e6 : 10e6,
      domNodes: 1000,
    })),
  },
}
const missed = (more: Partial<ConsoleFound>) =>
  figuresOf({ ...found, ...more }, 200).flatMap(({ figure, met }) => (met ? [] : [figure]))

describe("the bars of the console", () => {
  test("are met by what is below them, whatever memory did before minute two", () => {
    expect(missed({})).toEqual([])
  })

  test.each<[string, Partial<ConsoleFound>]>([
    ["initial JavaScript, gzip", { scriptBytes: 160_001 }],
    ["first contentful paint", { openings: [{ paintMs: 1001, wholeMs: 1100, scriptBytes: 1 }] }],
    ["route change, click to painted heading", { routeChanges: [10, 10, 101] }],
    ["longest task while 10000 rows scroll", { scrolled: { ...found.scrolled, longestTaskMs: 51 } }],
    ["events a second", { live: { ...found.live, perSecond: 190 } }],
    ["events lost or doubled", { live: { ...found.live, doubled: 1 } }],
    ["events lost or doubled", { live: { ...found.live, entries: 119_999 } }],
    ["rows of the list that the store has not", { live: { ...found.live, wrongRows: 1 } }],
    [
      "growth of the JavaScript heap",
      {
        live: {
          ...found.live,
          memory: [...found.live.memory, { atSeconds: 601, heapBytes: 10.6e6, domNodes: 1000 }],
        },
      },
    ],
  ])("are missed one by one: %s", (figure, more) => {
    expect(missed(more)).toEqual([figure])
  })
})
