import { fileURLToPath } from "node:url"
import { isJsonObject, type JsonObject, type JsonValue } from "@hufu/core/json/json-value"
import { verifyAgentCard } from "@hufu/core/registration/faces/agent-card-signature"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startSdkAgent, type SdkAgent } from "../../packages/server/src/gateway/a2a/testing/sdk-agent.ts"
import { scripted, sdkClient } from "../../packages/server/src/gateway/a2a/testing/sdk-client.ts"
import { addStdioServer, entriesFrom, grantMandate, suspendAgent } from "../node-under-test.ts"
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
