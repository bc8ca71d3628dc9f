import { describe, expect, test } from "vitest"
import type { StopReport } from "@hufu/core/contract/records"
import { openCaller } from "../mcp-caller.ts"
import { type AgentDoor, doorKinds, type Said } from "./agent-door.ts"
import { done, type ReceivedCall } from "./scripted-upstream.ts"
import { createWorld, type World, type WorldAgent } from "./world.ts"

const slow = "slow"
const writes = { effects: ["write" as const], tools: ["notes/*"], limits: [], mode: "auto" as const }

/** An agent that is busy in every way: a slow call and a waiting one at each door, a stream, and an unused approval. */
interface Busy {
  readonly agent: WorldAgent
  readonly doors: readonly AgentDoor[]
  readonly slowCalls: readonly Promise<Said>[]
  readonly waiting: readonly Promise<Said>[]
  readonly stream: Promise<string>
  readonly unused: string
}

async function makeBusy(world: World, name: string): Promise<Busy> {
  const agent = await world.agent(name)
  await world.grant(agent, { grants: [writes] })
  const before = world.upstream.calls().length
  world.upstream.answer = ({ args }: ReceivedCall) => (args["text"] === slow ? new Promise(() => {}) : done)
  const doors = await Promise.all(doorKinds.map((kind) => world.door(kind, agent)))
  const { ended: stream } = await openStream(world, agent)
  const slowCalls = doors.map((door) => door.call("add_note", { id: door.kind, text: slow }))
  const waiting = doors.map((door) => door.call("send_note", { id: `${name}-${door.kind}` }))
  const last = await world.door("modern", agent)
  const unused = last.call("send_note", { id: `${name}-unused` }).catch(() => undefined)
  await world.upstream.arrived(before + doors.length)
  const hold = await untilHeld(world, agent, doors.length + 1, `${name}-unused`)
  await last.close()
  await unused
  await world.approve(hold)
  return { agent, doors, slowCalls, waiting, stream, unused: hold }
}

/** Asked for until all are there; each question is a full round trip. */
async function untilHeld(world: World, agent: WorldAgent, count: number, id: string): Promise<string> {
  for (;;) {
    const held = await world.held(agent)
    const mine = held.find(({ arguments: args }) => args?.["id"] === id)
    if (held.length === count && mine) return mine.id
  }
}

/** The stream on which a session hears from its server; resolves with its text when the node ends it. */
async function openStream(world: World, { credential }: WorldAgent): Promise<{ ended: Promise<string> }> {
  const url = `${world.node.url}/mcp/notes`
  const caller = await openCaller({ url, era: "legacy", credential })
  const response = await fetch(url, { headers: { ...caller.headers, accept: "text/event-stream" } })
  expect(response.status).toBe(200)
  await caller.close()
  return { ended: response.text().catch((error: unknown) => String(error)) }
}

async function expectAllEnded(world: World, { doors, slowCalls, waiting, stream }: Busy) {
  await world.upstream.abandoned(doors.length)
  for (const said of await Promise.all([...slowCalls, ...waiting])) expect(said.isError).toBe(true)
  expect(typeof (await stream)).toBe("string")
  const guard = doors.find(({ kind }) => kind === "guard")
  await guard?.ended
}

async function expectNothingLeaves(world: World, { agent, doors, unused }: Busy) {
  const before = world.upstream.calls().length
  for (const door of doors) {
    expect((await door.call("add_note", { id: "after" })).isError).toBe(true)
    expect((await door.call("send_note", { id: `${agent.name}-unused` }, { hold: unused })).isError).toBe(
      true,
    )
    expect(await door.list()).toEqual([])
  }
  await expect(
    world.door("guard", agent).then((door) => door.call("add_note", { id: "after" })),
  ).rejects.toThrow()
  expect(world.upstream.calls()).toHaveLength(before)
}

const patient = { config: { ask: { waitSeconds: 600 } } } as const

describe.each(["suspend", "revoke", "stop"] as const)("%s", (how) => {
  const intervene = (world: World, { agent }: Busy): Promise<StopReport> =>
    how === "stop"
      ? world.local.stop.declare({})
      : world.local.agent[how]({ agent: agent.id, reason: "test" })

  test("ends what is under way at every door, cancels it upstream, and reports it", async () => {
    await using world = await createWorld(patient)
    const busy = await makeBusy(world, "busy")
    const report = await intervene(world, busy)
    await expectAllEnded(world, busy)
    expect(report.inFlight.map(({ tool }) => tool)).toEqual(busy.doors.map(() => "add_note"))
    expect(report.cancelledHolds).toHaveLength(busy.doors.length + 1)
    expect(report.cancelledHolds).toContain(busy.unused)
    expect(report.doors.length).toBeGreaterThan(0)
    await expectNothingLeaves(world, busy)
    const outcomes = (await world.entries()).filter(({ entry }) => entry["kind"] === "outcome")
    // Whether they took effect is not known, and not guessed.
    expect(outcomes.map(({ entry }) => entry["outcome"])).toEqual(busy.doors.map(() => "unknown"))
    expect((await world.local.node.status()).inFlight).toBe(0)
  })

  test("survives a restart", async () => {
    await using world = await createWorld()
    const agent = await world.agent("restarted")
    await world.grant(agent, { grants: [writes] })
    await (how === "stop" ? world.local.stop.declare({}) : world.local.agent[how]({ agent: agent.id }))
    await world.restart()
    await expect(world.door("guard", agent)).rejects.toThrow()
    const door = await world.door("modern", agent)
    expect((await door.call("add_note", { id: "after" })).isError).toBe(true)
    expect(world.upstream.calls()).toEqual([])
  })
})

test("only the person resumes an agent or lifts the stop, and no approval from before is left", async () => {
  await using world = await createWorld()
  const agent = await world.agent("resumed")
  await world.grant(agent, { grants: [writes] })
  const door = await world.door("modern", agent)
  const { hold = "" } = await door.call("send_note", { id: "before" })
  await world.approve(hold)
  await world.local.agent.suspend({ agent: agent.id })
  await world.local.stop.declare({})
  await expect(world.local.agent.resume({ agent: agent.id })).rejects.toMatchObject({
    code: "unauthenticated",
  })
  await expect(world.local.stop.lift()).rejects.toMatchObject({ code: "unauthenticated" })
  await world.person.agent.resume({ agent: agent.id })
  expect((await door.call("add_note", { id: "1" })).isError).toBe(true)
  await world.person.stop.lift()
  expect((await door.call("add_note", { id: "2" })).isError).toBe(false)
  expect((await door.call("send_note", { id: "before" }, { hold })).isError).toBe(true)
  expect((await door.call("send_note", { id: "before" })).verdict).toBe("ask")
  await world.local.agent.revoke({ agent: agent.id })
  await expect(world.person.agent.resume({ agent: agent.id })).rejects.toMatchObject({
    code: "agent_revoked",
  })
})

test("an approval and a suspension at the same moment leave no approval behind", async () => {
  await using world = await createWorld()
  const agent = await world.agent("same-moment")
  await world.grant(agent, {})
  const door = await world.door("modern", agent)
  for (let round = 0; round < 6; round++) {
    const { hold = "" } = await door.call("send_note", { id: `${round}` })
    const { digest } = await world.local.hold.show({ hold })
    const both = [
      world.person.hold.approve({ hold, digest }).catch(() => undefined),
      world.local.agent.suspend({ agent: agent.id }),
    ]
    await Promise.all(round % 2 === 0 ? both : both.toReversed())
    await world.person.agent.resume({ agent: agent.id })
    expect((await world.local.hold.show({ hold })).state).toBe("cancelled")
    expect((await door.call("send_note", { id: `${round}` })).verdict).toBe("ask")
  }
  expect(world.upstream.calls()).toEqual([])
})

test("a suspension while another version is declared loses neither", async () => {
  await using world = await createWorld()
  const agent = await world.agent("versions")
  const first = world.person.version.declare({ agent: agent.id, label: "2" })
  const [version] = await Promise.all([first, world.local.agent.suspend({ agent: agent.id })])
  expect((await world.local.agent.show({ agent: agent.id })).agent).toMatchObject({
    state: "suspended",
    version: version.id,
  })
})

test("a revoked credential ends its own connections and calls, and nobody else's", async () => {
  await using world = await createWorld(patient)
  const agent = await world.agent("two-credentials")
  await world.grant(agent, { grants: [writes] })
  const second = await world.person.credential.issue({ agent: agent.id })
  world.upstream.answer = ({ args }) => (args["text"] === slow ? new Promise(() => {}) : done)
  const [mine, guard] = [await world.door("legacy", agent), await world.door("guard", agent)]
  const { ended: stream } = await openStream(world, agent)
  const others = await world.door("legacy", { ...agent, credential: second.credential })
  const underWay = [mine, guard].map((door) => door.call("add_note", { id: "mine", text: slow }))
  await world.upstream.arrived(2)
  const { credentials } = await world.local.agent.show({ agent: agent.id })
  const first = credentials.find(({ id }) => id !== second.record.id)
  await world.local.credential.revoke({ credential: first?.id ?? "" })
  await world.upstream.abandoned(2)
  for (const said of await Promise.all(underWay)) expect(said.isError).toBe(true)
  await stream
  await guard.ended
  expect((await mine.call("add_note", { id: "after" })).isError).toBe(true)
  expect((await others.call("add_note", { id: "others" })).isError).toBe(false)
  expect(world.upstream.calls().map(({ args }) => args["id"])).toEqual(["mine", "mine", "others"])
})

test("a removed server is out of reach at once: calls, approvals and connections", async () => {
  await using world = await createWorld(patient)
  const busy = await makeBusy(world, "removed")
  const before = world.upstream.received.length
  await world.local.server.remove({ server: "notes" })
  await world.upstream.abandoned(busy.doors.length)
  for (const said of await Promise.all([...busy.slowCalls, ...busy.waiting])) expect(said.isError).toBe(true)
  for (const { state } of (await world.local.hold.list({ state: "all" })).items)
    expect(state).toBe("cancelled")
  for (const door of busy.doors) expect((await door.call("add_note", { id: "after" })).isError).toBe(true)
  const later = world.upstream.received.slice(before).map(({ method }) => method)
  expect(later.filter((method) => method !== "notifications/cancelled")).toEqual([])
})

test("an agent that was revoked does not come back under its name by connecting again", async () => {
  await using world = await createWorld()
  const agent: WorldAgent = { id: "", name: "guarded", credential: "" }
  const guard = await world.door("guard", agent)
  const { agent: made } = await world.local.agent.show({ agent: "guarded" })
  await world.local.agent.revoke({ agent: made.id })
  await guard.ended
  await expect(world.door("guard", agent)).rejects.toThrow("revoked for good")
  expect((await world.local.agent.list()).items.filter(({ name }) => name === "guarded")).toHaveLength(1)
})
