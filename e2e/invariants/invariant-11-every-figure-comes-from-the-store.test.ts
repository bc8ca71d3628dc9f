import { expect, test } from "vitest"
import { createWorld, type World } from "./world.ts"

async function expectTrue(world: World): Promise<void> {
  const status = await world.local.node.status()
  const { size } = await world.local.log.entries({ limit: 1 })
  const waiting = (await world.local.hold.list({ state: "waiting", limit: 1000 })).items
  expect(status).toMatchObject({
    agents: (await world.local.agent.list()).items.length,
    servers: (await world.local.server.list()).items.length,
    waiting: waiting.length,
    entries: size,
    url: world.node.url,
    dataFolder: world.dataFolder,
    pid: process.pid,
  })
  const page = await (await fetch(world.node.url)).text()
  for (const hold of waiting) expect(page).toContain(hold.id)
  for (const figure of [status.agents, status.servers, status.waiting])
    expect(page).toMatch(new RegExp(`\\b${figure}\\b`))
}

test("the status and the page say what the lists say, before, during and after", async () => {
  await using world = await createWorld()
  await expectTrue(world)
  const agents = [await world.agent("one"), await world.agent("two"), await world.agent("three")]
  await world.person.server.add({ name: "other", url: world.upstream.url })
  for (const agent of agents) await world.grant(agent, {})
  const [first] = agents
  if (!first) return
  const door = await world.door("modern", first)
  const holds = []
  for (let n = 0; n < 7; n++) holds.push((await door.call("send_note", { id: `${n}` })).hold ?? "")
  await expectTrue(world)
  expect((await world.local.node.status()).waiting).toBe(7)
  await world.local.hold.refuse({ hold: holds[0] ?? "" })
  await world.approve(holds[1] ?? "")
  await expectTrue(world)
  expect((await world.local.node.status()).waiting).toBe(5)

  const { promise, resolve } = Promise.withResolvers<object>()
  world.upstream.answer = () => promise
  const underWay = door.call("send_note", { id: "1" })
  await world.upstream.arrived(1)
  expect((await world.local.node.status()).inFlight).toBe(1)
  resolve({ resultType: "complete", content: [] })
  await underWay
  expect((await world.local.node.status()).inFlight).toBe(0)
  await world.local.server.remove({ server: "other" })
  await expectTrue(world)
  await world.restart()
  await expectTrue(world)
})
