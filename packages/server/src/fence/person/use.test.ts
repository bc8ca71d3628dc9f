import * as fc from "fast-check"
import { expect, test } from "vitest"
import { ageOf, groupOf } from "./age-of.ts"
import { dayAfter, localTime } from "./local-time.ts"
import { giveBack, spend, spentOf, spentOnTask, unused, type Use, useAt } from "./use.ts"

const minute = 60_000
const day = 86_400_000
const terms = { zone: "Asia/Shanghai", breakMs: 5 * minute }
const noon = Date.parse("2026-03-01T12:00:00+08:00")

/** Use that went on at each of these moments. */
function usedAt(...moments: readonly number[]): Use {
  return moments.reduce((use, at) => useAt(use, at, terms), unused)
}

test("the wall of where somebody is says the day and the minute, through summer time too", () => {
  expect(localTime(Date.parse("2026-03-01T16:00:30Z"), "Asia/Shanghai")).toEqual({
    day: "2026-03-02",
    minute: 0,
    sinceMidnight: 30_000,
  })
  expect(localTime(Date.parse("2026-03-29T00:59:00Z"), "Europe/Berlin").minute).toBe(119)
  expect(localTime(Date.parse("2026-03-29T01:00:00Z"), "Europe/Berlin").minute).toBe(180)
  expect(dayAfter("2028-02-28")).toBe("2028-02-29")
  expect(dayAfter("2026-12-31")).toBe("2027-01-01")
})

test("an age is that of the day, and of a band the lowest", () => {
  const born = (text: string) => ({ born: text, band: null })
  expect(ageOf(born("2012-03-02"), "2026-03-01")).toBe(13)
  expect(ageOf(born("2012-03-01"), "2026-03-01")).toBe(14)
  expect(ageOf(born("2012-02-29"), "2026-02-28")).toBe(13)
  expect(ageOf(born("2012-02-29"), "2026-03-01")).toBe(14)
  expect(ageOf(born("2030-01-01"), "2026-03-01")).toBe(0)
  expect(ageOf({ born: null, band: "12-to-16" }, "2026-03-01")).toBe(12)
  expect(ageOf({ born: null, band: null }, "2026-03-01")).toBeUndefined()
  expect([17, 18, 59, 60].map(groupOf)).toEqual(["minor", "adult", "adult", "elderly"])
})

test("a silence counts up to a break, and a longer one ends the run", () => {
  expect(usedAt(noon)).toMatchObject({ today: 0, run: 0, days: 1 })
  expect(usedAt(noon, noon + 5 * minute)).toMatchObject({ today: 5 * minute, run: 5 * minute })
  expect(usedAt(noon, noon + 5 * minute + 1)).toMatchObject({ today: 5 * minute, run: 0 })
})

test("what was used before midnight is of the day before", () => {
  const late = Date.parse("2026-03-01T23:58:00+08:00")
  expect(usedAt(late, late + 4 * minute)).toMatchObject({
    day: "2026-03-02",
    today: 2 * minute,
    run: 4 * minute,
    days: 2,
  })
  expect(usedAt(late, late + 8 * 60 * minute)).toMatchObject({ today: 3 * minute, run: 0 })
  expect(usedAt(noon, noon + 2 * day)).toMatchObject({ today: 0, days: 1 })
})

test("no order of moments gives time back within a day, and a day never goes back", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -day, max: 2 * day }), { maxLength: 40 }), (moves) => {
      let use = unused
      for (const move of moves) {
        const next = useAt(use, noon + move, terms)
        expect(next.day >= use.day).toBe(true)
        if (next.day === use.day) expect(next.today).toBeGreaterThanOrEqual(use.today)
        expect(next.lastAt).toBeGreaterThanOrEqual(use.lastAt)
        use = next
      }
    }),
  )
})

test("what was spent is of its day and month, and given back only there", () => {
  const paid = { task: "tsk_a", currency: "CNY", amount: 500 }
  const use = spend(usedAt(noon), paid)
  expect([
    spentOf(use.spentToday, "CNY"),
    spentOf(use.spentMonth, "CNY"),
    spentOnTask(use, "tsk_a", "CNY"),
  ]).toEqual([500, 500, 500])
  expect(spentOf(use.spentToday, "EUR")).toBe(0)
  const tomorrow = useAt(use, noon + day, terms)
  expect([spentOf(tomorrow.spentToday, "CNY"), spentOf(tomorrow.spentMonth, "CNY")]).toEqual([0, 500])
  expect(giveBack(tomorrow, { ...paid, day: "2026-03-01" })).toMatchObject({
    spentToday: {},
    spentMonth: { CNY: 0 },
  })
  expect(useAt(use, noon + 31 * day, terms).spentMonth).toEqual({})
})

test("what can no longer be counted is not known, and never nothing", () => {
  let use = usedAt(noon)
  for (let at = 0; at < 8; at += 1) use = spend(use, { task: "tsk_a", currency: `C${at}`, amount: 1 })
  use = spend(use, { task: "tsk_a", currency: "CNY", amount: 1 })
  expect(spentOf(use.spentToday, "CNY")).toBeUndefined()
  expect(spentOf(use.spentToday, "C3")).toBe(1)
  expect(spentOf({ a: 1 }, "constructor")).toBe(0)
  for (let at = 0; at < 40; at += 1) use = spend(use, { task: `tsk_${at}`, currency: "C0", amount: 1 })
  expect(spentOnTask(use, "tsk_0", "C0")).toBeUndefined()
  expect(spentOnTask(use, "tsk_39", "C0")).toBe(1)
})
