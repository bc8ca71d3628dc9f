import { expect, test } from "vitest"
import { barsOf, type RoundResult } from "./bars.ts"
import type { VariantName } from "./variants.ts"
import { bootstrapMedian, median, quantile } from "./statistics.ts"

const figures = (variant: VariantName, sequentialP50Ms: number, perSecond: number) => ({
  variant,
  sequentialP50Ms,
  perSecond,
  sequentialP99Ms: 1,
  busyP50Ms: 1,
  busyP99Ms: 1,
  cpuMsPerCall: 1,
  calls: 1,
  wrong: 0,
})

const round = (fsyncP50Ms: number, hufuMs: number, hufuPerSecond: number): RoundResult => ({
  fsync: { p50Ms: fsyncP50Ms, p99Ms: 1 },
  figures: [figures("hufu-http", hufuMs, hufuPerSecond), figures("plain-http", 0.4, 1000)],
})

test("a bar is met on the right side of its limit and missed on the other", () => {
  const met = barsOf([round(0.2, 1.0, 700), round(0.2, 1.05, 650)])
  expect(met.map((bar) => bar.met)).toEqual([true, true])
  const missed = barsOf([round(0.2, 1.2, 500), round(0.2, 1.3, 590)])
  expect(missed.map((bar) => bar.met)).toEqual([false, false])
})

test("a disk that needs longer than 0.3 ms for an append raises the added time by the difference", () => {
  const added = barsOf([round(0.5, 1.25, 700)])[1]
  expect(added?.limit).toBeCloseTo(0.9)
  expect(added?.met).toBe(true)
})

test("a bar whose variants were not measured is left out rather than met", () => {
  expect(barsOf([{ fsync: { p50Ms: 1, p99Ms: 1 }, figures: [figures("direct", 1, 1)] }])).toEqual([])
})

test("the bootstrap interval holds the median and is the same for the same seed", () => {
  const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 100]
  const found = bootstrapMedian(values, 7)
  expect(found).toEqual(bootstrapMedian(values, 7))
  expect(found.low).toBeLessThanOrEqual(found.median)
  expect(found.high).toBeGreaterThanOrEqual(found.median)
})

test("median and quantile of small lists", () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(quantile([1, 2, 3, 4], 0.99)).toBe(4)
})
