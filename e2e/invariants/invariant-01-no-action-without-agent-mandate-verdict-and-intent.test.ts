import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { contract } from "@hufu/core/contract/contract"
import { openCaller } from "../mcp-caller.ts"
import { doorKinds, openAgentDoor } from "./agent-door.ts"
import { createWorld, personSecret, type World } from "./world.ts"

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.dispose())

const writes = { effects: ["write" as const], tools: ["notes/*"], limits: [], mode: "auto" as const }

describe.each(["modern", "legacy"] as const)("at the %s HTTP door", (era) => {
  const knock = async (credential?: string) => {
    const url = `${world.node.url}/mcp/notes`
    const caller = await openCaller({ url, era, ...(credential === undefined ? {} : { credential }) })
    const answer = await caller.call("add_note", { id: "1" })
    await caller.close()
    return answer
  }
  const isTurnedAway = async (credential?: string) => {
    const before = world.upstream.received.length
    const answer = await knock(credential).catch((error: unknown) => String(error))
    expect(world.upstream.received.length).toBe(before)
    return typeof answer === "string" ? answer.includes("401") : answer.status === 401
  }

  test("nobody without a credential, or with one that was made up, reaches the upstream", async () => {
    expect(await isTurnedAway()).toBe(true)
    expect(await isTurnedAway(`hufu_agent_${"A".repeat(43)}`)).toBe(true)
    expect(await isTurnedAway("x")).toBe(true)
    expect(await isTurnedAway(personSecret.replaceAll(" ", "-"))).toBe(true)
  })

  test("a hook's credential, a revoked one and one of an earlier version are not the agent's", async () => {
    const agent = await world.agent(`credentials-${era}`)
    await world.grant(agent, { grants: [writes] })
    expect((await knock(agent.credential)).message?.result?.["isError"]).not.toBe(true)

    const hook = await world.person.credential.issue({ agent: agent.id, kind: "hook" })
    expect(await isTurnedAway(hook.credential)).toBe(true)
    const other = await world.person.credential.issue({ agent: agent.id })
    await world.local.credential.revoke({ credential: other.record.id })
    expect(await isTurnedAway(other.credential)).toBe(true)
    await world.person.version.declare({ agent: agent.id, label: "2" })
    expect(await isTurnedAway(agent.credential)).toBe(true)
  })
})

test("a credential that has expired is turned away, and its open session with it", async () => {
  await using own = await createWorld()
  const agent = await own.agent("late")
  await own.grant(agent, { grants: [writes], until: own.clock.now() + 400 * 86_400_000 })
  const session = await own.door("legacy", agent)
  expect((await session.call("add_note", { id: "1" })).isError).toBe(false)
  own.clock.advance(91 * 86_400_000)
  expect((await session.call("add_note", { id: "2" })).isError).toBe(true)
  await expect(own.door("modern", agent).then((door) => door.call("add_note"))).resolves.toMatchObject({
    status: 401,
  })
  expect(own.upstream.calls()).toHaveLength(1)
})

test("an agent's credential is no session, and a session is no agent", async () => {
  const agent = await world.agent("confused")
  const asPerson = await fetch(`${world.node.url}/v1/agents`, {
    headers: { authorization: `Bearer ${agent.credential}` },
  })
  expect(asPerson.status).toBe(401)
  const { token } = await world.local.session.create({ secret: personSecret })
  const url = `${world.node.url}/mcp/notes`
  await expect(openCaller({ url, era: "legacy", credential: token })).rejects.toThrow("401")
})

describe.each(doorKinds)("behind the %s door", (kind) => {
  test("an agent without a mandate, or with one that ended, does nothing", async () => {
    const agent = await world.agent(`unmandated-${kind}`)
    const mandate = await world.grant(agent, { grants: [writes], otherwise: "deny" })
    const door = await world.door(kind, agent)
    expect((await door.call("add_note", { id: "1" })).isError).toBe(false)
    const before = world.upstream.calls().length
    for (const each of (await world.local.mandate.list({ agent: agent.id })).items)
      await world.local.mandate.revoke({ mandate: each.id })
    const said = await door.call("add_note", { id: "2" })
    expect(said).toMatchObject({ isError: true, verdict: "deny", code: "denied" })
    expect(world.upstream.calls()).toHaveLength(before)
    expect(mandate.agent).toBe(agent.id)
  })

  test("a tool that nobody described asks, whatever the mandate says of reading", async () => {
    const agent = await world.agent(`unknown-${kind}`)
    await world.grant(agent, {
      grants: [{ effects: ["read", "compute", "write"], tools: ["*"], limits: [], mode: "auto" }],
    })
    const door = await world.door(kind, agent)
    const before = world.upstream.calls().length
    const said = await door.call("not_listed_anywhere", { id: "1" })
    expect(said).toMatchObject({ isError: true, verdict: "ask" })
    // A tool that is named like a method would be judged as that method.
    for (const name of ["resources/read", "roots/list", "ping", "initialize", "notifications/cancelled"])
      expect((await door.call(name, { uri: "note:1" })).isError).toBe(true)
    expect(world.upstream.calls()).toHaveLength(before)
  })

  test("a method without a row goes nowhere", async () => {
    const agent = await world.agent(`methods-${kind}`)
    await world.grant(agent, {
      grants: [{ effects: ["read", "compute", "write", "send"], tools: ["*"], limits: [], mode: "auto" }],
    })
    const door = await world.door(kind, agent)
    await door.call("add_note", { id: "first" })
    const before = world.upstream.received.length
    const methods = [
      "tools/delete",
      "Tools/call",
      "tools/call ",
      "tasks/result",
      "tasks/list",
      "sampling/createMessage",
      "elicitation/create",
      "roots/list",
      "x/y",
      "__proto__",
      "constructor",
    ]
    for (const method of methods) {
      const said = await door.request(method, { name: "add_note", arguments: { id: "x" } })
      expect(said.isError, method).toBe(true)
    }
    expect(world.upstream.received.slice(before).map(({ method }) => method)).toEqual([])
  })

  test("the ledger has the intent before the upstream has the call", async () => {
    const agent = await world.agent(`order-${kind}`)
    await world.grant(agent, { grants: [writes] })
    const door = await world.door(kind, agent)
    const seen: string[][] = []
    world.upstream.answer = async () => {
      const mine = (await world.entries()).filter(({ entry }) => entry["agent"] === agent.id)
      seen.push(
        mine.filter(({ entry }) => entry["kind"] === "intent").map(({ entry }) => String(entry["verdict"])),
      )
      return { resultType: "complete", content: [{ type: "text", text: "done" }] }
    }
    await door.call("add_note", { id: "1" })
    await door.call("add_note", { id: "2" })
    expect(seen).toEqual([["allow"], ["allow", "allow"]])
  })
})

describe("what a tool server asks of the client", () => {
  const ask = (method: string, params: object) => ({ jsonrpc: "2.0", id: `q-${method}`, method, params })
  const questions = [
    ask("sampling/createMessage", { messages: [], maxTokens: 5 }),
    ask("elicitation/create", { message: "your password?", requestedSchema: { type: "object" } }),
    ask("roots/list", {}),
    ask("tasks/list", {}),
    ask("x/y", {}),
  ]

  /** The whole reply of one call in a session, questions included, and what the server heard back. */
  async function replyTo(tools: string[]): Promise<{ text: string; refused: unknown[] }> {
    await using own = await createWorld()
    const agent = await own.agent("asked")
    const effects = ["write" as const, "send" as const, "read" as const]
    await own.grant(agent, { grants: [{ effects, tools, limits: [], mode: "auto" }], otherwise: "deny" })
    const url = `${own.node.url}/mcp/notes`
    const session = await openCaller({ url, era: "legacy", credential: agent.credential })
    own.upstream.questions = questions
    const params = { name: "add_note", arguments: { id: "1" } }
    const body = JSON.stringify({ jsonrpc: "2.0", id: 9, method: "tools/call", params })
    const text = await (await fetch(url, { method: "POST", headers: session.headers, body })).text()
    const passed = questions.filter(({ method }) => text.includes(method)).length
    const back = await own.upstream.answers(questions.length - passed)
    await session.close()
    return { text, refused: back.filter(({ error }) => error !== undefined).map(({ id }) => String(id)) }
  }

  test("reaches it only with a mandate, and a method without a row never does", async () => {
    const without = await replyTo(["notes/add_note"])
    for (const { method } of questions) expect(without.text).not.toContain(method)
    expect(without.text).toContain("done")
    expect(new Set(without.refused)).toEqual(new Set(questions.map(({ id }) => id)))

    const covered = await replyTo(["notes/add_note", "notes/sampling/createMessage"])
    expect(covered.text).toContain("sampling/createMessage")
    for (const { method } of questions.slice(1)) expect(covered.text).not.toContain(method)
  })
})

test("an unknown agent cannot open a guard with another's credential", async () => {
  const [mine, theirs] = [await world.agent("mine"), await world.agent("theirs")]
  const at = {
    url: world.node.url,
    dataFolder: world.dataFolder,
    server: { name: "notes", url: world.upstream.url },
  }
  for (const credential of [mine.credential, "", `hufu_agent_${"A".repeat(43)}`])
    await expect(openAgentDoor("guard", { ...at, agent: theirs.name, credential })).rejects.toThrow()
})

test("over HTTP no operation but the public one answers without a session", async () => {
  for (const [id, { method, path, scope }] of Object.entries(contract)) {
    const response = await fetch(world.node.url + path.replaceAll(/\{\w+\}/g, "agt_00000000"), {
      method,
      headers: { "content-type": "application/json" },
      ...(method === "GET" || method === "DELETE" ? {} : { body: "{}" }),
    })
    const isClosed = response.status === 401 || response.status === 403
    expect(isClosed, `${id} answered ${response.status}`).toBe(scope !== "public")
  }
})
