import { once } from "node:events"
import { startSdkAgent } from "../../packages/server/src/gateway/a2a/testing/sdk-agent.ts"
import { scripted, sdkClient } from "../../packages/server/src/gateway/a2a/testing/sdk-client.ts"
import { createWorld, type World } from "../invariants/world.ts"
import { openCaller } from "../mcp-caller.ts"
import { askThrough, startRelayAgent } from "../traces/relay-agent.ts"
import { modernMeta } from "../upstream/mcp-message.ts"
import { consoleFolder } from "./open-console.ts"
import type { OwnScene } from "./rare-scenes.ts"

export interface DelegationsScene extends OwnScene {
  readonly world: World
  /** Has the partner go on with what it waits in. */
  readonly release: () => void
  /** Of the agent `leader`. */
  readonly completed: string
  readonly working: string
  readonly held: string
  /** Of `leader` too: the agent `clerk` answers it, which asks others because of it. */
  readonly chain: string
}

/** An agent that asks a partner elsewhere, served by the official SDK of A2A. */
export async function makeDelegationsScene(): Promise<DelegationsScene> {
  const partner = await startSdkAgent()
  const world = await createWorld({ consoleFolder, config: { ask: { expirySeconds: 86_400 } } })
  for (const name of ["planner", "press"])
    await world.person.server.add({ name, url: partner.url, protocol: "a2a" })
  const leader = await world.agent("leader")
  await world.grant(leader, {
    words: "have the north gate looked after",
    grants: [
      { effects: ["send"], tools: ["planner/*"], limits: [], mode: "auto", budget: { count: 10 } },
      { effects: ["send"], tools: ["press/*"], limits: [], mode: "ask" },
      { effects: ["send"], tools: ["desk/*"], limits: [], mode: "auto" },
      { effects: ["read", "write"], tools: ["notes/*"], limits: [], mode: "auto" },
    ],
  })
  partner.learn("minutes", [
    { task: "TASK_STATE_WORKING" },
    {
      artifact: {
        artifactId: "minutes",
        name: "minutes of Monday",
        parts: [{ text: "The north gate is closed at dusk.\u202E yenom" }],
      },
    },
    { status: "TASK_STATE_COMPLETED", say: "that is all" },
  ])
  partner.learn("long walk", [
    { task: "TASK_STATE_WORKING" },
    { wait: "release" },
    { status: "TASK_STATE_COMPLETED", say: "I am back" },
  ])
  const ask = async (server: string, script: string) => {
    const client = await sdkClient(`${world.node.url}/a2a/${server}`, "JSONRPC", "1.0", leader.credential)
    const stream = client.sendMessageStream(scripted(script))
    // What goes on goes on without anybody who looks.
    for await (const { payload } of stream) {
      const state = payload?.$case === "task" ? payload.value.status?.state : undefined
      if (script !== "minutes" && state !== undefined) break
    }
    const [newest] = (await world.local.delegation.list({ partner: server, limit: 1 })).items
    return newest?.id ?? ""
  }
  /** What it is asked it has others do; one of them has to be approved first. */
  const clerk = await world.agent("clerk")
  const stop = new AbortController()
  const relay = await startRelayAgent("a2a", async ({ action, text }) => {
    const by = { credential: clerk.credential, aic: "", under: action }
    await writeNote(`${world.node.url}/mcp/notes`, clerk.credential, action)
    for (const name of ["planner", "press"])
      await askThrough(world.node.url, { name, protocol: "a2a" }, by, text)
    await once(stop.signal, "abort")
    return "the clerk is done"
  })
  await world.person.server.add({ name: "desk", url: relay.url, protocol: "a2a", agent: "clerk" })
  await world.grant(clerk, {
    words: "do what the leader asks, and ask before anything is printed",
    grants: [
      { effects: ["send"], tools: ["planner/*"], limits: [], mode: "auto", budget: { count: 3 } },
      { effects: ["write"], tools: ["notes/*"], limits: [], mode: "auto" },
      { effects: ["send"], tools: ["press/*"], limits: [], mode: "ask" },
    ],
  })
  const completed = await ask("planner", "minutes")
  const working = await ask("planner", "long walk")
  const held = await ask("press", "minutes")
  const chain = await ask("desk", "chain")
  // Until the last of them waits for the person.
  while ((await world.local.delegation.list({ root: chain, state: "auth-required" })).items.length === 0)
    await new Promise((resolve) => setTimeout(resolve, 50))
  const link = async () => (await world.local.signin.create()).url
  return {
    world,
    release: () => partner.release("release"),
    completed,
    working,
    held,
    chain,
    origin: new URL(await link()).origin,
    link,
    pages: {
      delegations: "/delegations",
      "delegations-filtered": "/delegations?state=failed&q=nobody",
      "delegation-completed": `/delegations/${completed}`,
      "delegation-working": `/delegations/${working}`,
      "delegation-held": `/delegations/${held}`,
      "delegation-chain": `/delegations/${chain}`,
      "delegation-new": "/delegations/new?agent=leader&partner=planner",
      "delegation-new-tool": "/delegations/new?agent=leader&partner=notes",
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await world.dispose()
      await relay.close()
      await partner.stop()
    },
  }
}

/** Calls a tool over MCP, under the order by which whoever calls it was asked. */
async function writeNote(url: string, credential: string, under: string): Promise<void> {
  const caller = await openCaller({ url, era: "modern", credential })
  try {
    const _meta = { ...modernMeta, "hufu/under": under }
    await caller.request("tools/call", {
      name: "add_note",
      arguments: { id: "3", text: "for the leader" },
      _meta,
    })
  } finally {
    await caller.close()
  }
}
