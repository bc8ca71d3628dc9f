import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { airlineFigures } from "./airline-figures.ts"
import { readAirline } from "./read-airline.ts"

const folder = fileURLToPath(new URL("../../../shared/data", import.meta.url))
const data = existsSync(folder) ? readAirline(folder) : `there is no folder \`${folder}\``

test.skipIf(typeof data === "string")(
  "the airline pack blocks no gold action and every forbidden one (skipped where τ²-bench's data does not lie beside the clone)",
  () => {
    if (typeof data === "string") return
    const { gold, forbidden, micro } = airlineFigures(data)
    expect(gold).toEqual({ actions: 49, blocked: [] })
    expect(forbidden).toMatchObject({ actions: 27, passed: [] })
    expect(micro.cases).toBe(533)
    expect(micro.falsePositive).toEqual([])
    expect(micro.falseNegative.length).toBeLessThanOrEqual(2)
  },
)
