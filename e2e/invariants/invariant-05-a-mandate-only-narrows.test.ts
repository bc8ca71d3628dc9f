import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { isFailure } from "@hufu/core/failure"
import {
  addRandomServers,
  randomArguments,
  randomDrafts,
  randomTools,
  rounds,
  setMandates,
} from "./random-authority.ts"
import { createWorld, draftOf, type World } from "./world.ts"

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.dispose())

const all = (effect: "write" | "send" | "delete") => ({
  effects: [effect],
  tools: ["notes/*"],
  limits: [],
  mode: "auto" as const,
})
const rank = { deny: 0, ask: 1, allow: 2 } as const

describe("through the API", () => {
  test("nobody widens a mandate, not even the person: that is a new grant", async () => {
    const agent = await world.agent("wider")
    const outer = {
      grants: [{ ...all("write"), limits: [{ argument: "/id", kind: "prefix" as const, prefix: "a" }] }],
      never: [{ effects: ["delete" as const] }],
      userOnly: [{ effects: ["pay" as const] }],
      otherwise: "deny" as const,
      budget: { count: 3 },
      until: world.clock.now() + 60_000,
    }
    const { id } = await world.grant(agent, outer)
    const base = draftOf(world.clock, outer)
    const wider = [
      { ...base, otherwise: "ask" },
      { ...base, until: base.until + 1 },
      { ...base, grants: [all("write")] },
      { ...base, grants: [...(base.grants ?? []), all("send")] },
      { ...base, never: [] },
      { ...base, userOnly: [] },
      { ...base, budget: { count: 4 } },
      { ...base, budget: undefined },
    ] as (typeof base)[]
    for (const client of [world.local, world.person])
      for (const to of wider)
        await expect(client.mandate.narrow({ mandate: id, to })).rejects.toMatchObject({
          code: "not_narrower",
        })
    expect((await world.local.mandate.narrow({ mandate: id, to: base })).id).toBe(id)
    await expect(world.local.mandate.grant({ agent: agent.id, mandate: base })).rejects.toMatchObject({
      code: "unauthenticated",
    })
  })

  test("a narrowing that is accepted raises no verdict, and a refused one changes none", async () => {
    await using own = await createWorld()
    await addRandomServers(own)
    const agent = await own.agent("random")
    const seed = Number(process.env["SEED"] ?? 5)
    const drafts = randomDrafts(own, seed, 2 * rounds(16))
    let accepted = 0
    for (let round = 0; round + 1 < drafts.length; round += 2) {
      const [mandate] = await setMandates(own, agent, [drafts[round] ?? {}])
      const other = drafts[round + 1] ?? {}
      // Half of them are parts of the mandate itself, which random ones seldom are.
      const part = {
        ...drafts[round],
        grants: (drafts[round]?.grants ?? []).slice(1),
        never: [...(drafts[round]?.never ?? []), ...(other.never ?? [])],
      }
      const to = draftOf(own.clock, round % 4 === 0 ? part : other)
      const before = await verdicts()
      const isAccepted = await own.local.mandate.narrow({ mandate: mandate?.id ?? "", to }).then(
        () => true,
        (error: unknown) => {
          if (!isFailure(error, "not_narrower")) throw error
          return false
        },
      )
      const after = await verdicts()
      accepted += Number(isAccepted)
      for (const [what, verdict] of after) {
        const was = before.get(what) ?? "deny"
        if (isAccepted) expect(rank[verdict], `${what} ${seed} ${round}`).toBeLessThanOrEqual(rank[was])
        else expect(verdict, what).toBe(was)
      }
    }
    expect(accepted).toBeGreaterThan(2)

    async function verdicts() {
      const found = new Map<string, keyof typeof rank>()
      for (const args of randomArguments(seed, 6))
        for (const name of randomTools) {
          const [server = "", tool = ""] = name.split("/")
          const { verdict } = await own.local.decision.explain({
            agent: agent.id,
            server,
            tool,
            arguments: args,
          })
          found.set(`${name} ${JSON.stringify(args)}`, verdict)
        }
      return found
    }
  }, 300_000)
})

describe("what forbids against other mandates", () => {
  test.each(["never", "userOnly"] as const)(
    "%s does not end because somebody without a session says so",
    async (part) => {
      const agent = await world.agent(`prohibits-${part.toLowerCase()}`)
      await world.grant(agent, { grants: [all("delete")] })
      const prohibition = { [part]: [{ effects: ["delete" as const] }], until: world.clock.now() + 60_000 }
      const { id } = await world.grant(agent, prohibition)
      const door = await world.door("modern", agent)
      const isStopped = async () => (await door.call("delete_note", { id: part })).isError
      expect(await isStopped()).toBe(true)
      const base = draftOf(world.clock, prohibition)
      const task = (await world.local.agent.show({ agent: agent.id })).task.id
      const earlier = [
        { ...base, until: world.clock.now() + 1 },
        { ...base, from: world.clock.now() + 30_000 },
        { ...base, task },
      ]
      for (const to of earlier)
        await expect(world.local.mandate.narrow({ mandate: id, to })).rejects.toMatchObject({
          code: "not_narrower",
        })
      await world.local.mandate.revoke({ mandate: id })
      expect(await isStopped()).toBe(true)
      await world.person.mandate.revoke({ mandate: id })
      expect(await isStopped()).toBe(false)
    },
  )
})

describe("at once", () => {
  test("a narrowing bites on live connections and on what was approved but not used", async () => {
    const agent = await world.agent("bites")
    const draft = { grants: [all("write")], until: world.clock.now() + 60_000 }
    const { id } = await world.grant(agent, draft)
    const [door, session] = [await world.door("guard", agent), await world.door("legacy", agent)]
    for (const each of [door, session])
      expect((await each.call("add_note", { id: "bites" })).isError).toBe(false)
    const { hold = "" } = await door.call("send_note", { id: "bites" })
    await world.approve(hold)
    const narrower = { ...draftOf(world.clock, draft), grants: [], otherwise: "deny" as const }
    await world.local.mandate.narrow({ mandate: id, to: narrower })
    for (const each of [door, session])
      expect(await each.call("add_note", { id: "bites-not" })).toMatchObject({ verdict: "deny" })
    expect((await door.call("send_note", { id: "bites" }, { hold })).isError).toBe(true)
    expect(world.upstream.calls().filter(({ args }) => args["id"] === "bites")).toHaveLength(2)
  })

  test("of calls that race a narrowing or a revocation, those that were not served were not performed, or had left and are listed", async () => {
    for (const how of ["narrow", "revoke"] as const) {
      const agent = await world.agent(`race-${how}`)
      const draft = { grants: [all("write")], otherwise: "deny" as const, until: world.clock.now() + 60_000 }
      const { id } = await world.grant(agent, draft)
      const door = await world.door("modern", agent)
      const call = () => door.call("add_note", { id: `race-${how}` })
      const calls = [call(), ...Array.from({ length: 24 }, call)]
      await calls[0]
      const to = { ...draftOf(world.clock, draft), grants: [] }
      const { mandate } = world.local
      const listed =
        how === "narrow"
          ? (await mandate.narrow({ mandate: id, to }), [])
          : (await mandate.revoke({ mandate: id })).inFlight
      expect((await call()).verdict).toBe("deny")
      const served = (await Promise.all(calls)).filter(({ isError }) => !isError).length
      const performed = world.upstream.calls().filter(({ args }) => args["id"] === `race-${how}`)
      expect(performed.length).toBeGreaterThanOrEqual(served)
      expect(performed.length).toBeLessThanOrEqual(served + listed.length)
    }
  })

  test("a budget is not reset by narrowing, nor by a narrowing that changes places", async () => {
    const agent = await world.agent("budget-kept")
    const write = { ...all("write"), budget: { count: 2 } }
    const send = { ...all("send"), budget: { count: 5 } }
    const draft = { grants: [send, write], otherwise: "deny" as const, until: world.clock.now() + 60_000 }
    const { id } = await world.grant(agent, draft)
    const door = await world.door("modern", agent)
    for (let n = 0; n < 2; n++) expect((await door.call("add_note", { id: "budget" })).isError).toBe(false)
    const base = draftOf(world.clock, draft)
    for (const grants of [[write, send], [write], [write]]) {
      await world.local.mandate.narrow({ mandate: id, to: { ...base, grants } })
      expect((await door.call("add_note", { id: "budget" })).isError).toBe(true)
    }
  })
})

describe("by the door that an agent chooses", () => {
  test("a guard gives no mandate to an agent to which the person has given one", async () => {
    const agent = await world.agent("strict")
    await world.grant(agent, { grants: [all("write")], otherwise: "deny" })
    const before = await world.local.decision.explain({ agent: agent.id, server: "notes", tool: "send_note" })
    await world.door("guard", agent)
    const after = await world.local.decision.explain({ agent: agent.id, server: "notes", tool: "send_note" })
    expect([before.verdict, after.verdict]).toEqual(["deny", "deny"])
    expect((await world.local.mandate.list({ agent: agent.id })).items).toHaveLength(1)
  })

  test("guards that come at once make one starting mandate, which does not come back once revoked", async () => {
    const agent = { ...(await world.agent("unused")), name: "first-guard", credential: "" }
    await Promise.all(Array.from({ length: 4 }, () => world.door("guard", agent)))
    const { agent: made } = await world.local.agent.show({ agent: "first-guard" })
    const mandates = async () => (await world.local.mandate.list({ agent: made.id })).items
    expect(await mandates()).toHaveLength(1)
    for (const { id } of await mandates()) await world.local.mandate.revoke({ mandate: id })
    await world.door("guard", agent)
    expect(await mandates()).toEqual([])
  })
})
