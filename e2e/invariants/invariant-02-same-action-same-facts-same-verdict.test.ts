import { afterAll, beforeAll, expect, test } from "vitest"
import { type AgentDoor, everyDoorKind, type Said } from "./agent-door.ts"
import {
  addRandomServers,
  randomArguments,
  randomDrafts,
  randomTools,
  rounds,
  setMandates,
} from "./random-authority.ts"
import { createWorld, type Draft, type World, type WorldAgent } from "./world.ts"

let world: World
beforeAll(async () => {
  world = await createWorld()
  await addRandomServers(world)
})
afterAll(() => world.dispose())

const verdictOf = ({ verdict, isError }: Said) => verdict ?? (isError ? "failed" : "allow")
const perMandate = 4

test("every door and a dry run give one verdict on the same action", async () => {
  const seed = Number(process.env["SEED"] ?? 2)
  const seen = { allow: 0, ask: 0, deny: 0 }
  for (const [round, draft] of randomDrafts(world, seed, rounds(15)).entries()) {
    // A budget would make the second call another fact than the first.
    const plain = withoutBudgets(draft)
    const agent = await world.agent(`same-${round}`)
    await setMandates(world, agent, [plain])
    const doors = await openDoors(agent)
    for (const [n, args] of randomArguments(seed * 1000 + round, perMandate).entries()) {
      const [server = "", tool = ""] = (randomTools[(round + n) % randomTools.length] ?? "").split("/")
      for (const door of doors[server] ?? []) {
        // At this moment: what came back through the door before is a fact as well.
        const { verdict } = await world.local.decision.explain({
          agent: agent.id,
          server,
          tool,
          arguments: args,
        })
        const said = await door.call(tool, args)
        const what = `${door.kind} ${server}/${tool} ${JSON.stringify({ seed, args, plain })}`
        expect(verdictOf(said), what).toBe(verdict)
        seen[verdict]++
      }
    }
    for (const door of Object.values(doors).flat()) await door.close()
  }
  // A property that never meets one of the three says nothing of it.
  expect(Math.min(seen.allow, seen.ask, seen.deny)).toBeGreaterThan(0)
}, 600_000)

function withoutBudgets({ budget: _budget, grants = [], ...rest }: Draft): Draft {
  return { ...rest, grants: grants.map(({ budget: _own, ...grant }) => grant) }
}

async function openDoors(agent: WorldAgent): Promise<Record<string, AgentDoor[]>> {
  const at = async (server: string) =>
    Promise.all(everyDoorKind.map((kind) => world.door(kind, agent, server)))
  return { fs: await at("fs"), mail: await at("mail") }
}

test("the facts that were decided on are in the entry as a commitment, which the receipt opens", async () => {
  const agent = await world.agent("facts")
  await setMandates(world, agent, [
    { grants: [{ effects: ["send"], tools: ["mail/send"], limits: [], mode: "auto" }] },
  ])
  const args = { to: "ann", text: "hello" }
  for (const kind of everyDoorKind) {
    const door = await world.door(kind, agent, "mail")
    // At this moment: what came back before is a fact as well.
    const { facts } = await world.local.decision.explain({
      agent: agent.id,
      server: "mail",
      tool: "send",
      arguments: args,
    })
    expect((await door.call("send", args)).isError).toBe(false)
    const [{ id: action } = { id: "" }] = (await world.local.action.list({ agent: agent.id })).items
    const entry = (await world.entries()).find(({ entry: each }) => each["action"] === action)?.entry
    expect(entry?.["facts"]).toMatch(/^[0-9a-f]{64}$/)
    const receipt = await world.local.action.receipt({ action, open: "facts" })
    const opened = (receipt as { openings: { field: string; value: unknown }[] }).openings[0]
    expect(withoutDoorAndTime(opened?.value)).toEqual(withoutDoorAndTime(facts))
  }
})

function withoutDoorAndTime(facts: unknown): unknown {
  // Facts are an object with a context, by their schema.
  const { context, ...rest } = structuredClone(facts) as { context: Record<string, unknown> }
  const { door: _door, time: _time, ...same } = context
  return { ...rest, context: same }
}
