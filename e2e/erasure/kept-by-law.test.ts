import { afterAll, beforeAll, expect, test } from "vitest"
import { runHufu } from "../attacks/run-hufu.ts"
import { createWorld, personSecret, type World } from "../invariants/world.ts"

// A statute may ask to keep a class for a time; the configuration says which of the two wins while that time runs.

const dayMs = 86_400_000
let world: World
beforeAll(async () => {
  world = await createWorld({
    config: {
      keptByLaw: { task: { days: 180, wins: "law" }, mandate: { days: 180, wins: "erasure" } },
    },
  })
}, 60_000)
afterAll(() => world.dispose())

const erased = async () =>
  (await world.entries()).flatMap(({ entry }) =>
    entry["fact"] === "subject.erased" ? [entry["subject"]] : [],
  )

test("what the law keeps is not erased before its time, nor what it belongs to; nothing of it changes", async () => {
  const agent = await world.agent("scribe")
  const { id: mandate } = await world.grant(agent, { words: "look after the notes" })
  const task = await world.person.task.start({ agent: agent.id, words: "keep the minutes" })

  const { code, said } = await runHufu(["erase", task.id, "--secret-stdin", "--data", world.dataFolder], {
    stdin: `${personSecret}\n`,
  })
  expect(code).not.toBe(0)
  expect(said).toMatch(/a task is kept for 180 days, and `keptByLaw` in the configuration .* \[kept_by_law\]/)
  await world.renew()
  // The agent itself may go, and its tasks may not: neither does.
  for (const subject of [task.id, agent.id])
    await expect(world.person.subject.erase({ subject })).rejects.toMatchObject({ code: "kept_by_law" })
  expect(await erased()).toEqual([])
  expect((await world.local.task.list({})).items.map(({ id, state }) => [id, state])).toContainEqual([
    task.id,
    "live",
  ])
  // Where erasure wins, the same number of days keeps nothing.
  await world.person.subject.erase({ subject: mandate })
  expect(await erased()).toEqual([mandate])

  world.clock.advance(179 * dayMs)
  await world.renew()
  await expect(world.person.subject.erase({ subject: task.id })).rejects.toMatchObject({
    code: "kept_by_law",
  })
  world.clock.advance(dayMs)
  await world.renew()
  await world.person.subject.erase({ subject: task.id })
  expect(await erased()).toEqual([mandate, task.id])
  expect(await world.local.log.verify()).toMatchObject({ ok: true })
}, 120_000)
