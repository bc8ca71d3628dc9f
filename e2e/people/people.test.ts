import { afterAll, beforeAll, expect, test } from "vitest"
import { rebuildOf } from "../state/random-life.ts"
import { createWorld, type World, type WorldAgent } from "../invariants/world.ts"

// What is said of a person, and the pack that rests on it, over a real node: its configuration, its API and its MCP door.

const hour = 3_600_000
const day = 24 * hour

let world: World & AsyncDisposable
let agent: WorldAgent

beforeAll(async () => {
  world = await createWorld({
    config: {
      packs: [{ name: "people-at-risk", servers: ["*"], figures: { day_younger: 10, night_from: "23:30" } }],
      people: { unknownAge: "refuse", zone: "Asia/Shanghai" },
    },
  })
  agent = await world.agent("tablet")
  // Noon in Shanghai.
  const now = world.clock.now()
  world.clock.advance(Math.ceil(now / day) * day + 4 * hour - now)
  await world.renew()
  await world.grant(agent, {
    grants: [{ effects: ["read", "compute", "write"], tools: ["*"], limits: [], mode: "auto" }],
    until: world.clock.now() + 30 * day,
  })
}, 60_000)
afterAll(() => world.dispose())

/** Calls a tool through the MCP door; the rules that spoke against it. */
async function come(): Promise<readonly string[]> {
  const door = await world.door("modern", agent)
  const { code, action } = await door.call("add_note", { id: "1" })
  await door.close()
  if (code === undefined || action === undefined) return []
  const { items } = await world.local.action.list({})
  return items.find(({ id }) => id === action)?.rules ?? [code]
}

const describe = (said: object) => world.person.protection.set({ name: "ann", ...said })

test("a person is served within their limits over MCP, through a restart, until what is said of them is erased", async () => {
  expect(await come()).toEqual(["people/age-unknown"])
  await expect(describe({ born: "2014-02-31" })).rejects.toMatchObject({ code: "invalid_input" })
  await expect(describe({ band: "12-to-16", consent: "yes" })).rejects.toThrow(/guardian/)
  await describe({ band: "12-to-16", guardian: "her mother", consent: "yes", agents: "tablet" })
  expect(await come()).toEqual([])
  for (const _minutes of [5, 5]) {
    world.clock.advance(299_000)
    expect(await come()).toEqual([])
  }
  world.clock.advance(2_000)
  expect(await come()).toEqual(["people/day-younger"])
  await world.restart()
  expect(await come()).toEqual(["people/day-younger"])
  const {
    items: [ann],
  } = await world.local.protection.list()
  expect(ann).toMatchObject({
    group: "minor",
    age: 12,
    zone: "Asia/Shanghai",
    use: { todaySeconds: 598, days: 1 },
  })
  const said = await world.local.decision.explain({
    agent: "tablet",
    server: "notes",
    tool: "add_note",
    arguments: {},
  })
  expect(said.verdict).toBe("deny")
  expect((await rebuildOf(world.local)).differences).toEqual([])
  await world.person.subject.erase({ subject: ann?.id ?? "" })
  expect(await world.local.protection.list()).toEqual({ items: [] })
  expect(await come()).toEqual(["people/age-unknown"])
  expect((await world.local.log.verify({})).ok).toBe(true)
})

test("a conversation through the node is held to the same rules, and each figure says who set it", async () => {
  await describe({ band: "16-to-18", guardian: "her mother", agents: "tablet" })
  const caller = {
    agent: agent.id,
    version: (await world.local.agent.show({ agent: "tablet" })).agent.version,
    principal: String(
      (await world.entries()).find(({ entry }) => entry["fact"] === "person.enrolled")?.entry["subject"],
    ),
    credential: null,
    door: "api",
    connection: "con_00000000",
  } as const
  const say = (from: "user" | "agent", text: string) =>
    world.node.conversations.say({
      caller,
      server: "notes",
      from,
      said: {
        messageId: text,
        contextId: "chat",
        role: from === "user" ? "ROLE_USER" : "ROLE_AGENT",
        parts: [{ text }],
      },
      persona: { declared: "none", texts: [] },
    })
  expect(await say("user", "你好")).toMatchObject({ kind: "go", obligations: [{ obligation: "reality" }] })
  expect(await say("agent", "我是你的姐姐")).toMatchObject({
    kind: "refused",
    reasons: [{ rule: "people/kin-minor" }],
  })
  expect(await say("user", "退出")).toMatchObject({ kind: "go", obligations: [{ obligation: "end" }] })
  const { items } = await world.local.pack.list()
  const figures = new Map(
    items.flatMap((pack) => pack.figures.map(({ name, value, mark }) => [name, `${value} ${mark}`] as const)),
  )
  expect(figures.get("day_younger")).toBe("10 operator")
  expect(figures.get("night_until")).toBe("06:00 verified")
  expect(figures.get("month_older")).toBe("40000 unverified")
})
