import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { compareBridges } from "./compare.ts"
import { type BridgeWorld, openBridgeWorld } from "./world.ts"

// A thousand scripts for each pair: `npm run bridges`.
let world: BridgeWorld
beforeAll(async () => {
  world = await openBridgeWorld()
}, 60_000)
afterAll(() => world.close())

describe("bridges between protocols", () => {
  it("bring the same products, states and errors over each of the six pairs, and differ as the pages say", async () => {
    const { differences, played } = await compareBridges(world, { scripts: 5, seed: 7, atOnce: 8 })
    expect(differences).toEqual([])
    expect(Object.values(played)).toEqual([5, 5, 5, 5, 5, 5])
  }, 120_000)
})
