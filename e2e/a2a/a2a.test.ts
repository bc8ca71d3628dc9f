import { fileURLToPath } from "node:url"
import type { Output } from "@hufu/core/contract/contract"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { verifyAgentCard } from "@hufu/core/registration/faces/agent-card-signature"
import { createClient, events } from "@hufu/sdk"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startSdkAgent, type SdkAgent } from "../../packages/server/src/gateway/a2a/testing/sdk-agent.ts"
import { plainStream, scripted, sdkClient } from "../../packages/server/src/gateway/a2a/testing/sdk-client.ts"
import {
  addStdioServer,
  createAgent,
  entriesFrom,
  grantMandate,
  personSession,
  suspendAgent,
} from "../node-under-test.ts"
import { compareScripts } from "./compare.ts"
import { startNodeWithPartners } from "./node-with-partners.ts"

const upstream = fileURLToPath(new URL("../upstream/stdio-upstream.ts", import.meta.url))

let agent: SdkAgent
let world: Awaited<ReturnType<typeof startNodeWithPartners>>

beforeAll(async () => {
  agent = await startSdkAgent()
  world = await startNodeWithPartners({ scripted: agent.url })
})
afterAll(async () => {
  await world.node.dispose()
  await agent.stop()
})

async function rpc(server: string, method: string, params: object): Promise<JsonObject> {
  const response = await fetch(`${world.node.url}/a2a/${server}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "a2a-version": "1.0",
      authorization: `Bearer ${world.credential}`,
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  })
  return members((await response.json()) as JsonValue) // what the door writes is JSON
}

function members(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

// What the API answers, as its contract has it.
const list = async (query: string) =>
  (await world.node.api("GET", `/v1/delegations?${query}`)) as Output<"delegation.list">
const show = async (id: string) =>
  (await world.node.api("GET", `/v1/delegations/${id}`)) as Output<"delegation.show">

/** The delegation that a script was asked for by. */
async function askedOf(server: string, script: string) {
  const client = await world.clientOf(server, "JSONRPC")
  await plainStream(client.sendMessageStream(scripted(script)))
  const [newest] = (await list(`partner=${server}`)).items
  if (newest === undefined) throw new Error("nothing was asked")
  return newest
}

describe("A2A at a node in a process of its own", () => {
  it("loses nothing between a client and an agent of the official SDK", async () => {
    const through = [
      await world.clientOf("scripted", "JSONRPC"),
      await world.clientOf("scripted", "HTTP+JSON"),
    ]
    const direct = await sdkClient(agent.url, "JSONRPC")
    expect(await compareScripts(agent, { direct, through }, { scripts: 4, seed: 7 })).toEqual([])
  })

  it("writes down a message before it leaves, and what came of it", async () => {
    const from = (await entriesFrom(world.node, 0)).length
    const { runs } = agent
    const answer = members((await rpc("scripted", "SendMessage", { message: sent("once") }))["result"])
    expect(members(members(answer["task"])["status"])["state"]).toBe("TASK_STATE_COMPLETED")
    expect(agent.runs).toBe(runs + 1)
    const kinds = async () => (await entriesFrom(world.node, from)).map(({ entry }) => members(entry)["kind"])
    // The outcome is written down shortly after the answer.
    await expect.poll(kinds).toEqual(expect.arrayContaining(["intent", "outcome"]))
  })

  it("answers for a tool server as an agent whose skills are its tools", async () => {
    await addStdioServer(world.node, "notes", [process.execPath, upstream])
    await grantMandate(world.node, "leader", {
      words: "",
      grants: [
        { effects: ["read", "compute", "write", "send"], tools: ["notes/*"], limits: [], mode: "auto" },
      ],
      otherwise: "ask",
      until: Date.now() + 3_600_000,
    })
    const response = await fetch(`${world.node.url}/a2a/notes/.well-known/agent-card.json`, {
      headers: { "a2a-version": "1.0", authorization: `Bearer ${world.credential}` },
    })
    const text = await response.text()
    const card = members(JSON.parse(text) as JsonValue) // what the door writes is JSON
    expect(card["skills"]).toEqual(expect.arrayContaining([expect.objectContaining({ id: "add_note" })]))
    const keySet = await fetch(`${world.node.url}/registry/keys.json`)
    const { keys } = (await keySet.json()) as {
      keys: { kid: string; kty: "OKP"; crv: "Ed25519"; x: string }[]
    } // a JWK set
    const verified = await verifyAgentCard(text, (keyId) => {
      const key = keys.find(({ kid }) => kid === keyId)
      return key && { kty: key.kty, crv: key.crv, x: key.x }
    })
    expect(verified.card).toMatchObject({ name: "notes" })
    const call = { tool: "add_note", arguments: { id: "a" } }
    const answer = await rpc("notes", "SendMessage", {
      message: { messageId: crypto.randomUUID(), role: "ROLE_USER", parts: [{ data: call }] },
    })
    expect(members(answer["result"])["task"]).toMatchObject({
      status: { state: "TASK_STATE_COMPLETED" },
      artifacts: [{ parts: [{ text: "done" }] }],
    })
  })

  it("shows a person who asked whom for what, with the receipt of each order and answer", async () => {
    agent.learn("notes", [
      { task: "TASK_STATE_WORKING" },
      { artifact: { artifactId: "minutes", name: "minutes", parts: [{ text: "closed at dusk" }] } },
      { status: "TASK_STATE_COMPLETED", say: "that is all" },
    ])
    const { id, ...asked } = await askedOf("scripted", "notes")
    expect(asked).toMatchObject({
      agentName: "leader",
      server: "scripted",
      protocol: "a2a",
      door: "a2a-http",
    })
    const { events, products, earlier } = await show(id)
    expect(events.map(({ kind, state, order, product }) => [kind, state ?? order ?? product])).toEqual([
      ["order", "start"],
      ["state", "submitted"],
      ["state", "working"],
      ["product", "minutes"],
      ["state", "completed"],
    ])
    expect([products, earlier]).toMatchObject([[{ name: "minutes", parts: [{ text: "closed at dusk" }] }], 0])
    const proven = events.filter(({ action }) => action !== null)
    expect(proven.map(({ kind }) => kind)).toEqual(["order", "product", "state"])
    for (const { action } of proven) {
      const said = await world.node.api("GET", `/v1/actions/${action}:why`)
      expect(said).toMatchObject({ action: { verdict: "allow", server: "scripted" } })
    }
  })

  it("lists what is asked for, page after page, and nothing else", async () => {
    const { items, next } = await list("limit=1&state=ended")
    expect(items).toHaveLength(1)
    const { items: rest } = await list(`limit=1000&state=ended&before=${next}`)
    expect(rest.map(({ id }) => id)).not.toContain(items[0]?.id)
    const completed = (await list("state=completed&limit=1000")).items
    expect(new Set(completed.map(({ state }) => state))).toEqual(new Set(["completed"]))
    expect(completed.length).toBe([...items, ...rest].filter(({ state }) => state === "completed").length)
    expect((await list("agent=leader&partner=notes")).items.map(({ server }) => server)).toEqual(["notes"])
    expect((await list("text=SCRIPTED&partner=notes")).items).toEqual([])
    const open = (await list("state=open&limit=1000")).items
    expect((await list("text=leader&limit=1000")).items.length).toBe(open.length + rest.length + 1)
  })

  it("lets a person end one, and tells the partner", async () => {
    agent.learn("long walk", [{ task: "TASK_STATE_WORKING" }, { wait: "for ever" }])
    const stream = (await world.clientOf("scripted", "JSONRPC")).sendMessageStream(scripted("long walk"))
    await stream.next()
    const { id = "" } = (await list("state=open")).items[0] ?? {}
    expect(await world.node.cli(["delegation", "cancel", id])).toMatchObject({ id, state: "canceled" })
    for await (const each of stream) expect(each).toBeDefined()
    await expect.poll(() => agent.requests.map(({ what }) => what)).toContain("CancelTask")
    expect((await show(id)).events.at(-1)).toMatchObject({ state: "canceled", code: "stopped" })
    const entries = await entriesFrom(world.node, 0)
    expect(entries.map(({ entry }) => entry)).toContainEqual(
      expect.objectContaining({ fact: "delegation.canceled", subject: id, by: "node" }),
    )
    // Once more changes nothing.
    expect(await world.node.cli(["delegation", "cancel", id])).toMatchObject({ state: "canceled" })
    expect(
      (await entriesFrom(world.node, entries.length)).map(({ entry }) => members(entry)["fact"]),
    ).toEqual([])
  })

  it("asks as an agent for a person, who sees the verdict first, and can do no more than that agent", async () => {
    await createAgent(world.node, "player")
    const runs = agent.runs
    const draft = { agent: "player", server: "scripted", name: crypto.randomUUID(), text: "look at the gate" }
    const tried = () => world.node.api("POST", "/v1/delegations:preview", draft)
    expect(await tried()).toMatchObject({ verdict: "deny", attempt: { tool: "delegation/ask" }, spends: [] })
    const mandate = await grantMandate(world.node, "player", {
      words: "look after the gate",
      grants: [{ effects: ["send"], tools: ["scripted/*"], limits: [], mode: "auto", budget: { count: 1 } }],
      otherwise: "deny",
      until: Date.now() + 3_600_000,
    })
    expect(await tried()).toMatchObject({
      verdict: "allow",
      mandate,
      words: "look after the gate",
      spends: [{ mandate, grant: 0, left: { count: 1, amount: null } }],
    })
    expect(agent.runs).toBe(runs)
    expect((await list("agent=player")).items).toEqual([])
    const started = (await world.node.api("POST", "/v1/delegations", draft)) as { id: string } // a record
    expect(started).toMatchObject({ door: "console", name: draft.name, agentName: "player" })
    await expect.poll(async () => (await show(started.id)).delegation.state).toBe("completed")
    const [order] = (await show(started.id)).events
    const entries = (await entriesFrom(world.node, 0)).map(({ entry }) => members(entry))
    expect(entries).toContainEqual(
      expect.objectContaining({ kind: "intent", action: order?.action, door: "console", verdict: "allow" }),
    )
    // The same again is the same; another one has nothing left to draw on.
    await world.node.api("POST", "/v1/delegations", draft)
    expect(agent.runs).toBe(runs + 1)
    const another = { ...draft, name: crypto.randomUUID() }
    // The contract says what comes.
    const seen = (await world.node.api(
      "POST",
      "/v1/delegations:preview",
      another,
    )) as Output<"delegation.preview">
    expect(seen.verdict).toBe("deny")
    const refused = (await world.node.api("POST", "/v1/delegations", another)) as { id: string } // a record
    expect(refused).toMatchObject({ state: "rejected" })
    expect((await show(refused.id)).events.at(-1)?.reasons).toEqual(seen.reasons)
    expect(agent.runs).toBe(runs + 1)
  })

  it("tells whoever follows that a delegation changed, and nothing of what was said", async () => {
    const told: object[] = []
    const stop = new AbortController()
    const client = createClient({ url: world.node.url, token: await personSession(world.node) })
    const following = (async () => {
      for await (const { event } of events(client, { signal: stop.signal })) {
        if (event.type === "ready") void rpc("scripted", "SendMessage", { message: sent("told") })
        if (event.type !== "delegation") continue
        told.push(event)
        if (event.state === "completed") stop.abort()
      }
    })()
    await following
    expect(new Set(told.flatMap((event) => Object.keys(event)))).toEqual(new Set(["type", "id", "state"]))
  })

  it("goes on after it was killed, and asks nobody twice", async () => {
    agent.learn("long", [
      { task: "TASK_STATE_WORKING" },
      { artifact: { artifactId: "before", parts: [{ text: "before" }] } },
      { wait: "killed" },
      { artifact: { artifactId: "after", parts: [{ text: "after" }] } },
      { status: "TASK_STATE_COMPLETED" },
    ])
    const { runs } = agent
    const stream = (await world.clientOf("scripted", "JSONRPC")).sendMessageStream(scripted("long"))
    const first = await stream.next()
    const id = first.value?.payload?.$case === "task" ? first.value.payload.value.id : ""
    await stream.next()
    await world.node.kill9()
    await stream.next().catch(() => undefined)
    await world.node.restart()
    agent.release("killed")
    const client = await world.clientOf("scripted", "HTTP+JSON")
    await expect
      .poll(async () =>
        (await client.getTask({ id, tenant: "" })).artifacts.map(({ artifactId }) => artifactId),
      )
      .toEqual(["before", "after"])
    expect(agent.runs).toBe(runs + 1)
  })

  it("ends every stream of an agent that is suspended, and takes nothing more from it", async () => {
    agent.learn("endless", [{ task: "TASK_STATE_WORKING" }, { wait: "never" }])
    const stream = (await world.clientOf("scripted", "JSONRPC")).sendMessageStream(scripted("endless"))
    await stream.next()
    await suspendAgent(world.node, "leader")
    const rest = []
    for await (const each of stream) rest.push(each.payload?.$case)
    expect(rest.length).toBeLessThanOrEqual(1)
    expect(await rpc("scripted", "SendMessage", { message: sent("late") })).toMatchObject({
      error: { code: -32603 },
    })
  })
})

/** A message after which the agent does something short. */
function sent(id: string): object {
  const script = [{ task: "TASK_STATE_SUBMITTED" }, { status: "TASK_STATE_COMPLETED" }]
  return { messageId: id, role: "ROLE_USER", parts: [{ data: { script } }] }
}
