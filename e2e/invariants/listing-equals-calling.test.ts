import { afterAll, beforeAll, expect, test } from "vitest"
import { couldCover } from "@hufu/core/mandate/could-cover"
import type { Mandate } from "@hufu/core/mandate/mandate"
import { fullBudget } from "../../packages/core/src/mandate/mandate.arbitrary.ts"
import {
  addRandomServers,
  randomArguments,
  randomDrafts,
  randomTools,
  rounds,
  setMandates,
} from "./random-authority.ts"
import { createWorld, type World } from "./world.ts"

let world: World
beforeAll(async () => {
  world = await createWorld()
  await addRandomServers(world)
})
afterAll(() => world.dispose())

const argumentsEach = 8

test("tools/list shows a tool exactly when some call of it is not denied", async () => {
  const seed = Number(process.env["SEED"] ?? 7)
  const count = { hidden: 0, shown: 0, unproven: 0 }
  const agent = await world.agent("lister")
  const doors = {
    fs: await world.door("modern", agent, "fs"),
    mail: await world.door("legacy", agent, "mail"),
  }
  const drafts = randomDrafts(world, seed, 2 * rounds(10))
  for (let round = 0; round < drafts.length; round += 2) {
    // Now one mandate, now two that may contradict each other.
    const mandates = await setMandates(world, agent, drafts.slice(round, round + 1 + ((round / 2) % 2)))
    const listed = { fs: await doors.fs.list(), mail: await doors.mail.list() }
    for (const name of randomTools) {
      const [server, tool] = name.split("/") as ["fs" | "mail", string] // as randomTools are written
      const isShown = listed[server].includes(tool)
      const verdicts = await verdictsOf(agent.id, { server, tool, mandates, seed: seed + round })
      const what = `${name} ${JSON.stringify({ seed, round, mandates })}`
      if (isShown) count.shown++
      else count.hidden++
      if (!isShown) expect(verdicts, what).not.toContain("allow")
      if (!isShown) expect(verdicts, what).not.toContain("ask")
      if (isShown && verdicts.every((verdict) => verdict === "deny")) count.unproven++
    }
  }
  expect(Math.min(count.hidden, count.shown)).toBeGreaterThan(rounds(10) / 4)
  // "Yes" without an example is allowed only where a bounded search found neither arguments nor a proof.
  expect(count.unproven).toBeLessThanOrEqual(count.shown / 50)
}, 3_600_000)

interface Asked {
  readonly server: string
  readonly tool: string
  readonly mandates: readonly Mandate[]
  readonly seed: number
}

/** What calls lead to: random ones, and those that core found on its own to be allowed or asked about. */
async function verdictsOf(agent: string, { server, tool, mandates, seed }: Asked): Promise<string[]> {
  const first = await explain({})
  // An address among the arguments makes a send of what else only reads.
  const address = { "zz-address": "https://example.org/" }
  const shape = { server, tool, now: world.clock.now(), budgetLeft: fullBudget }
  const examples = [first.effect, "send" as const].flatMap((effect) =>
    [true, false].flatMap((reviewed) => {
      const { allow = {}, ask = {} } = couldCover(mandates, { ...shape, effect, reviewed }).examples
      return [allow, ask, { ...allow, ...address }, { ...ask, ...address }]
    }),
  )
  const rest = await Promise.all([...examples, ...randomArguments(seed, argumentsEach)].map(explain))
  return [first, ...rest].map(({ verdict }) => verdict)

  function explain(args: object) {
    return world.local.decision.explain({ agent, server, tool, arguments: { ...args } })
  }
}
