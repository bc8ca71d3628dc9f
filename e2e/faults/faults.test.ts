import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { entriesFrom } from "../node-under-test.ts"
import { type FaultWorld, membersOf, openFaultWorld, textIn } from "./fault-world.ts"
import { faults, runFaults } from "./faults.ts"

// All of them, and again while the node is killed: `npm run faults`.
let world: FaultWorld
beforeAll(async () => {
  world = await openFaultWorld()
}, 60_000)
afterAll(() => world.close())

describe("partners that do wrong", () => {
  it("lose no task, have none done twice, and the person is told why it failed", async () => {
    const few = new Set([
      "remembers kill",
      "faulty duplicate",
      "faulty reorder",
      "faulty liar",
      "faulty parts",
    ])
    const of = faults.filter(({ partner, fault }) => few.has(`${partner} ${fault}`))
    expect(await runFaults(world, { of })).toEqual({ wrong: [], cases: 10 })
    const reasons = (await entriesFrom(world.node, 0)).flatMap(({ entry }) => {
      const { fact, refs } = membersOf(entry)
      return fact === "delegation.failed" ? [membersOf(refs)["reason"]] : []
    })
    expect(reasons.map(textIn).toSorted()).toEqual([
      "forbidden",
      "invalid_input",
      "invalid_input",
      "invalid_input",
    ])
  }, 120_000)

  it("cannot lead anywhere else by a card, nor have a signature believed that nobody made", async () => {
    expect(await world.card("elsewhere")).toMatchObject({ error: {} })
    const { name, signatures } = await world.card("forged")
    expect(name).toBe("faulty")
    const made = Array.isArray(signatures) ? signatures.map((each) => membersOf(each)["signature"]) : []
    expect(made.length).toBeGreaterThan(0)
    expect(made).not.toContain("AAAA")
  })
})
