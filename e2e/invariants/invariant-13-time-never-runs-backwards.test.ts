import { expect, test } from "vitest"
import { doorKinds } from "./agent-door.ts"
import { createWorld } from "./world.ts"

const writes = { effects: ["write" as const], tools: ["*"], limits: [], mode: "auto" as const }

test("a small step back changes no order, a large one refuses new actions at every door until it is made good", async () => {
  await using world = await createWorld()
  const agent = await world.agent("clock")
  await world.grant(agent, { grants: [writes] })
  const doors = await Promise.all(doorKinds.map((kind) => world.door(kind, agent)))
  const [first] = doors
  await first?.call("add_note", { id: "before" })

  world.clock.advance(-30_000)
  for (const door of doors) expect((await door.call("add_note", { id: "small" })).isError).toBe(false)
  const times = (await world.entries()).map(({ entry }) => Number(entry["at"]))
  expect(times).toEqual(times.toSorted((a, b) => a - b))

  world.clock.advance(-31_000)
  const before = world.upstream.calls().length
  for (const door of doors) {
    expect((await door.call("add_note", { id: "large" })).isError).toBe(true)
    expect((await door.call("send_note", { id: "large" })).isError).toBe(true)
  }
  expect(world.upstream.calls()).toHaveLength(before)

  world.clock.advance(61_000)
  for (const door of doors) expect((await door.call("add_note", { id: "after" })).isError).toBe(false)
  const later = (await world.entries()).map(({ entry }) => Number(entry["at"]))
  expect(later).toEqual(later.toSorted((a, b) => a - b))
  expect((await world.local.log.verify()).ok).toBe(true)
})

test("a stop bites also while the clock is wrong and nothing can be written", async () => {
  await using world = await createWorld()
  const agent = await world.agent("stopped")
  await world.grant(agent, { grants: [writes] })
  const door = await world.door("guard", agent)
  expect((await door.call("add_note", { id: "before" })).isError).toBe(false)
  world.clock.advance(-120_000)
  // It says that it could not be recorded; that it holds is not in doubt.
  await expect(world.local.stop.declare({})).rejects.toMatchObject({ code: "clock_stepped_back" })
  await door.ended
  world.clock.advance(120_000)
  const other = await world.door("modern", agent)
  expect((await other.call("add_note", { id: "after" })).isError).toBe(true)
  expect(world.upstream.calls()).toHaveLength(1)
  expect((await world.local.node.status()).stopped).toBe(true)
})

test("setting the clock back neither revives what has ended nor lengthens what runs", async () => {
  await using world = await createWorld({ config: { ask: { expirySeconds: 60 } } })
  const agent = await world.agent("revived")
  await world.grant(agent, {})
  const door = await world.door("modern", agent)
  const { hold = "" } = await door.call("send_note", { id: "1" })
  world.clock.advance(61_000)
  expect(await door.call("send_note", { id: "1" }, { hold })).toMatchObject({ code: "hold_expired" })
  world.clock.advance(-59_000)
  expect((await door.call("send_note", { id: "1" }, { hold })).isError).toBe(true)
  expect((await world.local.hold.show({ hold })).state).toBe("expired")
  expect(world.upstream.calls()).toEqual([])
})
