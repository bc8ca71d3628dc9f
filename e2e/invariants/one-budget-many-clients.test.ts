import { expect, test } from "vitest"
import { doorKinds } from "./agent-door.ts"
import { createWorld } from "./world.ts"

const clients = 64
const callsEach = 2
const budget = { count: 40, amount: { argument: "/amount", max: 150 } }

test("64 clients that spend one budget at once never spend more than there is", async () => {
  await using world = await createWorld()
  const agent = await world.agent("spenders")
  const grant = { effects: ["pay" as const], tools: ["notes/*"], limits: [], mode: "auto" as const, budget }
  const { id } = await world.grant(agent, { grants: [grant], otherwise: "deny" })
  const doors = await Promise.all(
    Array.from({ length: clients }, (_, n) => world.door(doorKinds[n % doorKinds.length] ?? "modern", agent)),
  )
  const spend = () => doors.map((door, n) => door.call("pay_invoice", { id: `${n}`, amount: 5 }))
  const said = await Promise.all(Array.from({ length: callsEach }, spend).flat())
  const served = said.filter(({ isError }) => !isError).length
  // 150 buys 30 of 5, before the count of 40 is reached.
  expect(served).toBe(30)
  expect(world.upstream.calls()).toHaveLength(30)
  const spent = async () => (await world.local.mandate.explain({ mandate: id })).spent
  expect(await spent()).toEqual([{ grant: 0, count: 30, amount: 150 }])
  for (const amount of [-5, "5", 1e21, 0.5, null, [5]])
    expect((await doors[0]?.call("pay_invoice", { id: "odd", amount }))?.isError).toBe(true)
  // A number names an invoice inside the server alone: others' answers have been read by now, and a name out of nowhere would ask.
  const last = await doors[0]?.call("pay_invoice", { id: "99", amount: 0 })
  expect(last?.isError).toBe(false)
  await world.restart()
  expect(await spent()).toEqual([{ grant: 0, count: 31, amount: 150 }])
}, 60_000)
