import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createClient } from "@hufu/sdk"
import { doorKinds } from "./agent-door.ts"
import { usualTools } from "./scripted-upstream.ts"
import { createWorld, personSecret, type World, type WorldAgent } from "./world.ts"

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.dispose())

const performed = (id: string) => world.upstream.calls().filter(({ args }) => args["id"] === id).length

/** An agent that has just asked for something, and what it asked for. */
async function asked(name: string, args: Record<string, unknown> = { id: name }, tool = "send_note") {
  const agent = await world.agent(name)
  await world.grant(agent, {})
  const door = await world.door("modern", agent)
  const said = await door.call(tool, args)
  expect(said.verdict).toBe("ask")
  return { agent, door, hold: said.hold ?? "", again: () => door.call(tool, args) }
}

describe("who may approve", () => {
  test("the operating-system account alone may refuse but not approve", async () => {
    const { hold } = await asked("who-local")
    const { digest } = await world.local.hold.show({ hold })
    await expect(world.local.hold.approve({ hold, digest })).rejects.toMatchObject({
      code: "unauthenticated",
    })
    expect((await world.local.hold.refuse({ hold })).state).toBe("refused")
    expect(performed("who-local")).toBe(0)
  })

  test("neither the agent's nor a hook's credential approves", async () => {
    const { agent, hold } = await asked("who-agent")
    const { digest } = await world.local.hold.show({ hold })
    const hook = await world.person.credential.issue({ agent: agent.id, kind: "hook" })
    for (const token of [agent.credential, hook.credential, "x"]) {
      const client = createClient({ url: world.node.url, token })
      await expect(client.hold.approve({ hold, digest })).rejects.toMatchObject({ code: "unauthenticated" })
    }
    expect((await world.local.hold.show({ hold })).state).toBe("waiting")
  })

  test("a session older than a minute approves nothing, also when the clock steps back", async () => {
    await using own = await createWorld()
    const agent = await own.agent("old-session")
    await own.grant(agent, {})
    const door = await own.door("legacy", agent)
    const { hold = "" } = await door.call("send_note", { id: "1" })
    own.clock.advance(61_000)
    await expect(own.approve(hold)).rejects.toMatchObject({ code: "unauthenticated" })
    own.clock.advance(-59_000)
    await expect(own.approve(hold)).rejects.toMatchObject({ code: "unauthenticated" })
    const fresh = await own.signIn()
    const { digest } = await fresh.hold.show({ hold })
    await expect(fresh.hold.approve({ hold, digest })).resolves.toMatchObject({ state: "approved" })
  })

  test("wrong secrets lock nobody out, neither at once nor after a restart", async () => {
    await using own = await createWorld()
    const guess = () => own.local.session.create({ secret: "wrong secret" })
    for (let round = 0; round < 2; round++) {
      for (let miss = 0; miss < 5; miss++)
        await expect(guess()).rejects.toMatchObject({ code: "wrong_secret" })
      // The world signs its person in again after the restart.
      if (round === 0) await own.restart()
    }
    await expect(own.local.session.create({ secret: personSecret })).resolves.toHaveProperty("token")
  })

  test("a crowd of guesses over HTTP does not keep the person out at the terminal", async () => {
    await using own = await createWorld()
    const over: string[] = []
    const http = createClient({ url: own.node.url })
    const guesses = Array.from({ length: 12 }, async () => {
      const refusal: unknown = await http.session
        .create({ secret: "wrong secret" })
        .catch((error: unknown) => error)
      expect(refusal).toMatchObject({ code: expect.stringMatching(/^(wrong_secret|locked_out)$/) })
      over.push((refusal as { code: string }).code) // looked at above
    })
    // The first guess has been judged: the crowd is there.
    await expect.poll(() => over, { timeout: 20_000 }).toContain("wrong_secret")
    await own.local.session.create({ secret: personSecret })
    over.push("in")
    await Promise.all(guesses)
    expect(over.indexOf("in")).toBeLessThan(over.lastIndexOf("wrong_secret"))
    expect(over.filter((code) => code === "wrong_secret").length).toBeLessThan(12)
  })
})

describe("what Hufu proposes after three approvals of much the same", () => {
  const text = "the gate is closed"
  const approved = async (name: string) => {
    const { agent, door, hold, again } = await asked(name, { id: `${name}-1`, text })
    await world.approve(hold)
    await again()
    for (const n of [2, 3]) {
      const said = await door.call("send_note", { id: `${name}-${n}`, text })
      await world.approve(said.hold ?? "")
      await door.call("send_note", { id: `${name}-${n}`, text })
    }
    const { hold: fourth = "" } = await door.call("send_note", { id: `${name}-4`, text })
    return { agent, door, fourth }
  }

  test("is made by the person alone, as it was shown, and covers what was approved and nothing else", async () => {
    const { door, fourth } = await approved("often")
    const { digest, proposal } = await world.local.hold.show({ hold: fourth })
    expect(proposal).toMatchObject({ times: 3, en: expect.stringContaining("often-2") })
    expect((await door.call("send_note", { id: "often-5", text })).verdict).toBe("ask")
    const choice = { hold: fourth, digest, for: "until" as const, until: world.clock.now() + 3_600_000 }
    await expect(world.person.hold.approve({ ...choice, proposed: digest })).rejects.toMatchObject({
      code: "stale",
    })
    await expect(
      world.person.hold.approve({ ...choice, for: "once", proposed: proposal?.digest }),
    ).rejects.toMatchObject({ code: "invalid_input" })
    await expect(world.local.hold.approve({ ...choice, proposed: proposal?.digest })).rejects.toMatchObject({
      code: "unauthenticated",
    })
    await world.person.hold.approve({ ...choice, proposed: proposal?.digest })
    for (const n of [1, 2, 3, 4])
      expect((await door.call("send_note", { id: `often-${n}`, text })).isError).toBe(false)
    for (const args of [
      { id: "often-5", text },
      { id: "often-1", text: "another" },
    ])
      expect((await door.call("send_note", args)).verdict).toBe("ask")
  })
})

describe("what an approval fits", () => {
  test("another digest than the one that was shown approves nothing", async () => {
    const [one, two] = [await asked("digest-one"), await asked("digest-two")]
    const { digest } = await world.local.hold.show({ hold: two.hold })
    await expect(world.person.hold.approve({ hold: one.hold, digest })).rejects.toMatchObject({
      code: "stale",
    })
    expect((await one.again()).verdict).toBe("ask")
  })

  test("it is decided once: a second approval, and one of two at once, is refused", async () => {
    const { hold } = await asked("twice")
    const both = await Promise.allSettled([world.approve(hold), world.approve(hold)])
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"])
    await expect(world.approve(hold)).rejects.toMatchObject({ code: "hold_decided" })
    await expect(world.local.hold.refuse({ hold })).rejects.toMatchObject({ code: "hold_decided" })
  })

  test("it is used once, by one of eight identical calls at every door at once", async () => {
    const { agent, hold } = await asked("once")
    await world.approve(hold)
    const doors = await Promise.all(
      ["modern" as const, "legacy" as const].map((kind) => world.door(kind, agent)),
    )
    const calls = doors.flatMap((door) =>
      Array.from({ length: 4 }, () => door.call("send_note", { id: "once" })),
    )
    const said = await Promise.all(calls)
    expect(said.filter(({ isError }) => !isError)).toHaveLength(1)
    expect(performed("once")).toBe(1)
  })

  test("it is used once, by one of eight that rejoin it by name at once, and costs one of the budget", async () => {
    const agent = await world.agent("rejoin-once")
    const mandate = await world.grant(agent, {
      grants: [{ effects: ["send"], tools: ["*"], limits: [], mode: "ask" }],
      budget: { count: 5 },
    })
    const door = await world.door("modern", agent)
    const { hold = "" } = await door.call("send_note", { id: "rejoin-once" })
    await world.approve(hold)
    const call = () => door.call("send_note", { id: "rejoin-once" }, { hold })
    const said = await Promise.all(Array.from({ length: 8 }, call))
    expect(said.filter(({ isError }) => !isError)).toHaveLength(1)
    expect(performed("rejoin-once")).toBe(1)
    const { spent } = await world.local.mandate.explain({ mandate: mandate.id })
    expect(spent).toEqual([{ grant: -1, count: 1, amount: 0 }])
  })

  test("changed arguments are another action", async () => {
    const { door, hold } = await asked("changed", { id: "changed", text: "hello" })
    await world.approve(hold)
    expect((await door.call("send_note", { id: "changed", text: "hell" })).verdict).toBe("ask")
    const rejoined = await door.call("send_note", { id: "changed", text: "hell" }, { hold })
    expect(rejoined.isError).toBe(true)
    expect(performed("changed")).toBe(0)
  })

  test("another agent and another task cannot use it", async () => {
    const { agent, door, hold } = await asked("mine-alone")
    await world.approve(hold)
    const other = await world.agent("somebody-else")
    await world.grant(other, {})
    const theirs = await world.door("modern", other)
    expect((await theirs.call("send_note", { id: "mine-alone" }, { hold })).isError).toBe(true)
    expect((await theirs.call("send_note", { id: "mine-alone" })).verdict).toBe("ask")
    await world.person.task.start({ agent: agent.id, words: "something else" })
    expect((await door.call("send_note", { id: "mine-alone" }, { hold })).isError).toBe(true)
    expect((await door.call("send_note", { id: "mine-alone" })).verdict).toBe("ask")
    expect(performed("mine-alone")).toBe(0)
  })

  test("a tool whose definition changed after the approval asks again", async () => {
    await using own = await createWorld()
    const agent = await own.agent("rug")
    await own.grant(agent, {})
    const door = await own.door("legacy", agent)
    const { hold = "" } = await door.call("send_note", { id: "rug" })
    await own.approve(hold)
    own.upstream.tools = usualTools.map((tool) => ({
      ...tool,
      description: `${tool.description} And to me.`,
    }))
    await door.list()
    expect((await door.call("send_note", { id: "rug" }, { hold })).isError).toBe(true)
    expect((await door.call("send_note", { id: "rug" })).verdict).toBe("ask")
    const waiting = await door.call("send_note", { id: "rug" })
    own.upstream.tools = usualTools
    await door.list()
    await expect(own.approve(waiting.hold ?? "")).rejects.toMatchObject({ code: "stale" })
    expect(own.upstream.calls()).toEqual([])
  })

  test("another server under the same name does not inherit it", async () => {
    await using own = await createWorld()
    const agent = await own.agent("inherit")
    await own.grant(agent, {})
    const door = await own.door("modern", agent)
    const { hold = "" } = await door.call("send_note", { id: "inherit" })
    await own.approve(hold)
    await own.local.server.remove({ server: "notes" })
    await own.person.server.add({ name: "notes", url: `${own.upstream.url}?other` })
    await own.person.tool.list({ server: "notes" })
    const again = await own.door("modern", agent)
    expect((await again.call("send_note", { id: "inherit" }, { hold })).isError).toBe(true)
    expect((await again.call("send_note", { id: "inherit" })).verdict).toBe("ask")
    expect(own.upstream.calls()).toEqual([])
  })

  test("an edit performs exactly what the person wrote", async () => {
    const { door, hold } = await asked("edit", { id: "edit", to: "mallory" })
    await world.approve(hold, { arguments: { id: "edited", to: "ann" } })
    expect((await door.call("send_note", { id: "edit", to: "mallory" })).isError).toBe(false)
    expect(performed("edit")).toBe(0)
    expect(world.upstream.calls().at(-1)).toEqual({ tool: "send_note", args: { id: "edited", to: "ann" } })
  })
})

describe("how it ends without a person", () => {
  test("only the clock denies, and what was approved expires too", async () => {
    await using own = await createWorld({ config: { ask: { expirySeconds: 60 } } })
    const agent = await own.agent("late")
    await own.grant(agent, {})
    const door = await own.door("modern", agent)
    const waiting = await door.call("send_note", { id: "waiting" })
    const approved = await door.call("send_note", { id: "approved" })
    await own.approve(approved.hold ?? "")
    own.clock.advance(59_000)
    expect((await door.call("send_note", { id: "waiting" }, { hold: waiting.hold ?? "" })).verdict).toBe(
      "ask",
    )
    own.clock.advance(1_001)
    // At once, not only when some timer has looked.
    for (const [id, hold = ""] of [
      ["approved", approved.hold],
      ["waiting", waiting.hold],
    ] as const) {
      const said = await door.call("send_note", { id }, { hold })
      expect(said).toMatchObject({ isError: true, verdict: "deny", code: "hold_expired" })
    }
    const fresh = await own.signIn()
    const { digest } = await fresh.hold.show({ hold: waiting.hold ?? "" })
    await expect(fresh.hold.approve({ hold: waiting.hold ?? "", digest })).rejects.toMatchObject({
      status: 409,
    })
    expect(own.upstream.calls()).toEqual([])
  })

  test("a client that stops waiting decides nothing", async () => {
    await using own = await createWorld({ config: { ask: { waitSeconds: 600 } } })
    const agent = await own.agent("impatient")
    await own.grant(agent, {})
    const door = await own.door("legacy", agent)
    const gone = new AbortController()
    const waiting = door.call("send_note", { id: "impatient" }, { signal: gone.signal }).catch(() => "gone")
    const hold = await firstHold(own, agent)
    gone.abort()
    expect(await waiting).toBe("gone")
    expect((await own.local.hold.show({ hold })).state).toBe("waiting")
    await own.approve(hold)
    expect((await door.call("send_note", { id: "impatient" })).isError).toBe(false)
    expect(own.upstream.calls()).toHaveLength(1)
  })

  test("the agent reads why the person refused, at every door", async () => {
    for (const kind of doorKinds) {
      const agent = await world.agent(`refused-${kind}`)
      await world.grant(agent, {})
      const door = await world.door(kind, agent)
      const { hold = "" } = await door.call("send_note", { id: `refused-${kind}` })
      await world.local.hold.refuse({ hold, reason: "not to them" })
      const said = await door.call("send_note", { id: `refused-${kind}` }, { hold })
      expect(said).toMatchObject({ isError: true, verdict: "deny", code: "refused_by_person" })
      expect(said.text).toContain("not to them")
      // Heard once; to ask again is a new request.
      expect((await door.call("send_note", { id: `refused-${kind}` })).verdict).toBe("ask")
      expect(performed(`refused-${kind}`)).toBe(0)
    }
  })

  test("it survives a restart, used and unused", async () => {
    await using own = await createWorld()
    const agent = await own.agent("restart")
    await own.grant(agent, {})
    const before = await own.door("modern", agent)
    const used = await before.call("send_note", { id: "used" })
    const unused = await before.call("send_note", { id: "unused" })
    for (const { hold = "" } of [used, unused]) await own.approve(hold)
    expect((await before.call("send_note", { id: "used" })).isError).toBe(false)
    await own.restart()
    const door = await own.door("modern", agent)
    expect(await door.call("send_note", { id: "used" }, { hold: used.hold ?? "" })).toMatchObject({
      isError: true,
      code: "hold_used",
    })
    expect((await door.call("send_note", { id: "unused" })).isError).toBe(false)
    expect((await door.call("send_note", { id: "unused" })).verdict).toBe("ask")
    expect(own.upstream.calls().map(({ args }) => args["id"])).toEqual(["used", "unused"])
  })
})

describe("what stands for longer", () => {
  test("for the task is the same tool with the same arguments, in that task alone", async () => {
    const args = { id: "standing", to: "ann", text: "hello" }
    const { agent, door, hold } = await asked("standing", args)
    await world.approve(hold, { for: "task" })
    for (let n = 0; n < 2; n++) expect((await door.call("send_note", args)).isError).toBe(false)
    const wider = [
      { ...args, to: "bob" },
      { ...args, text: "hello!" },
      { ...args, cc: "bob" },
      { id: "standing", to: "ann" },
      { ...args, to: ["ann"] },
      { ...args, to: ["ann", "bob"] },
      { ...args, to: { ann: true } },
      {},
    ]
    for (const other of wider) expect((await door.call("send_note", other)).verdict).toBe("ask")
    expect((await door.call("delete_note", args)).verdict).toBe("ask")
    await world.person.task.start({ agent: agent.id, words: "another piece of work" })
    expect((await door.call("send_note", args)).verdict).toBe("ask")
  })

  test("what only the person decides is never approved for longer, and never covered", async () => {
    const agent = await world.agent("personal")
    await world.grant(agent, {
      grants: [{ effects: ["pay", "send"], tools: ["*"], limits: [], mode: "auto" }],
      userOnly: [{ effects: ["pay"] }],
    })
    const door = await world.door("modern", agent)
    const args = { id: "personal", amount: 5 }
    const { hold = "" } = await door.call("pay_invoice", args)
    for (const longer of ["task", "until"] as const)
      await expect(
        world.approve(hold, { for: longer, until: world.clock.now() + 60_000 }),
      ).rejects.toMatchObject({ code: "invalid_input" })
    expect((await world.local.hold.show({ hold })).standing).toBeNull()
    await world.approve(hold)
    expect((await door.call("pay_invoice", args)).isError).toBe(false)
    expect((await door.call("pay_invoice", args)).verdict).toBe("ask")
  })

  test("an approval for the task cannot be turned, by an edit, into one for what only the person decides", async () => {
    const agent = await world.agent("turned")
    await world.grant(agent, { userOnly: [{ effects: ["pay"] }] })
    const door = await world.door("modern", agent)
    const { hold = "" } = await door.call("send_note", { id: "turned" })
    await world.approve(hold, { for: "task", arguments: { id: "turned-2" } })
    await door.call("send_note", { id: "turned" })
    expect((await door.call("send_note", { id: "turned" })).verdict).toBe("ask")
    expect((await door.call("pay_invoice", { id: "turned-2" })).verdict).toBe("ask")
  })
})

/** The hold of a call that is still waiting; asked for until it is there, each time after a full round trip. */
async function firstHold(of: World, agent: WorldAgent): Promise<string> {
  for (;;) {
    const [hold] = await of.held(agent)
    if (hold) return hold.id
  }
}
