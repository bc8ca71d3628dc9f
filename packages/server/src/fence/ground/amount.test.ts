import { describe, expect, it } from "vitest"
import { sumAmounts } from "./amount.ts"

const one = (value: number | string, more: object = {}) => ({
  value,
  entry: { argument: "/amount", role: "amount" as const, ...more },
})

describe("an amount", () => {
  it.each([
    [12.5, "EUR", 1_250],
    [0.1 + 0.2, "EUR", 31],
    ["19.99", "USD", 1_999],
    [1_000, "JPY", 1_000],
    [1.5, "KWD", 1_500],
    [0.001, "EUR", 1],
    [1e-9, "EUR", 1],
    ["+3", undefined, 300],
    [0, "EUR", 0],
  ])("%s %s is %s of the smallest unit", (value, currency, minor) => {
    expect(sumAmounts([one(value)], currency)).toEqual({
      minor,
      ...(currency === undefined ? {} : { currency }),
    })
  })

  it.each([-1, "-1", "1e3", "1,000", "1.000,50", "€5", "", "NaN", "0x10", 1e300, Number.MAX_SAFE_INTEGER])(
    "%s is not read",
    (value) => {
      expect(sumAmounts([one(value)], "EUR")).toBeUndefined()
    },
  )

  it("is the sum of all, unless they are in different currencies", () => {
    expect(sumAmounts([one(1), one("2.50")], "EUR")).toEqual({ minor: 350, currency: "EUR" })
    expect(sumAmounts([one(1, { currency: "EUR" }), one(1, { currency: "USD" })], undefined)).toBeUndefined()
  })

  it("takes cents as they are where the profile says so", () => {
    expect(sumAmounts([one(1_250, { minorUnits: true, currency: "EUR" })], undefined)).toEqual({
      minor: 1_250,
      currency: "EUR",
    })
  })
})
