import type { Output, Request } from "@hufu/core/contract/contract"
import { effects } from "@hufu/core/words"
import { startFixture } from "../../conformance/mcp/fixture-server.ts"
import { openCaller } from "../mcp-caller.ts"
import { modernMeta } from "../upstream/mcp-message.ts"
import {
  addHttpServer,
  createAgent,
  doorOf,
  enrolPerson,
  grantMandate,
  type NodeUnderTest,
  startNode,
} from "../node-under-test.ts"
import { askThrough, type Asked, type RelayAgent, startRelayAgent } from "./relay-agent.ts"

/** Who asks whom in which protocol; the last one calls a tool over MCP. */
const chain = [
  { name: "ben", protocol: "a2a" },
  { name: "cal", protocol: "aip" },
  { name: "dee", protocol: "a2a" },
  { name: "eve", protocol: "aip" },
] as const
const names = ["ann", ...chain.map(({ name }) => name)]

export interface FiveAgents {
  readonly node: NodeUnderTest
  readonly credentials: ReadonlyMap<string, string>
  readonly codes: ReadonlyMap<string, string>
  readonly relays: ReadonlyMap<string, RelayAgent>
  /** What the first of them is asked to begin; gives what came back. */
  begin(text: string, by?: string): Promise<{ state: string; said: string }>
  /** What each agent was asked, in order, by the action that it was told. */
  readonly asked: { readonly agent: string; readonly asked: Asked }[]
  /** Resolves when an agent that is asked to wait begins to. */
  waiting(agent: string): Promise<void>
  callTool(agent: string, under: string | undefined): Promise<string>
  /** Another agent, which may ask only those that are named. */
  add(agent: string, mayAsk: readonly string[], otherwise: "ask" | "deny"): Promise<void>
  close(): Promise<void>
}

/**
 * A real node with five agents, of which each asks the next over another door, under the order by which it was asked itself. A text says what
 * comes of it: `note` has the last one call a tool, `alone` has it do so without saying under which order, `circle` has it ask the first
 * partner again, and `wait` has it wait until nobody waits for it any more.
 */
export async function openFiveAgents(): Promise<FiveAgents> {
  const fixture = await startFixture()
  const node = await startNode()
  const credentials = new Map<string, string>()
  const codes = new Map<string, string>()
  const relays = new Map<string, RelayAgent>()
  const asked: FiveAgents["asked"] = []
  const waits = new Map<string, PromiseWithResolvers<void>>()
  const waitOf = (agent: string) => {
    const known = waits.get(agent) ?? Promise.withResolvers<void>()
    waits.set(agent, known)
    return known
  }

  const as = (agent: string, under?: string) => ({
    credential: credentials.get(agent) ?? "",
    aic: codes.get(agent) ?? "",
    under,
  })

  async function does(at: number, it: Asked): Promise<string> {
    const { name } = chain[at] ?? chain[0]
    asked.push({ agent: name, asked: it })
    const next = chain[at + 1]
    if (next !== undefined) {
      const { state, said } = await askThrough(node.url, next, as(name, it.action), it.text)
      if (!/completed|awaiting-completion/i.test(state)) throw new Error(`${next.name}: ${state} ${said}`)
      return said
    }
    if (it.text === "wait") {
      waitOf(name).resolve()
      waits.delete(name)
      return new Promise((_resolve, reject) =>
        it.signal.addEventListener("abort", () => reject(new Error("canceled")), { once: true }),
      )
    }
    if (it.text === "circle") {
      const { state, said } = await askThrough(node.url, chain[0], as(name, it.action), "note")
      return `${state} ${said}`
    }
    return callTool(name, it.text === "alone" ? undefined : it.action)
  }

  /** A tool, by an agent that says under which order, as MCP has it; gives the whole answer. */
  async function callTool(agent: string, under: string | undefined): Promise<string> {
    const credential = credentials.get(agent) ?? ""
    const caller = await openCaller({ url: doorOf(node, "notes"), era: "modern", credential })
    try {
      const meta = { _meta: { ...modernMeta, ...(under === undefined ? {} : { "hufu/under": under }) } }
      const { message } = await caller.request("tools/call", {
        name: "test_simple_text",
        arguments: {},
        ...meta,
      })
      return JSON.stringify(message?.result ?? message?.error)
    } finally {
      await caller.close()
    }
  }

  async function close(): Promise<void> {
    await Promise.all([...relays.values()].map((relay) => relay.close()))
    await node.dispose()
    await fixture.close()
  }

  try {
    await enrolPerson(node)
    await addHttpServer(node, "notes", fixture.url)
    const { items } = (await node.api("GET", "/v1/servers/notes/tools")) as Output<"tool.list">
    for (const { tool, definition } of items)
      await node.api("POST", `/v1/servers/notes/tools/${tool}:confirm`, { definition })
    for (const name of names) credentials.set(name, await createAgent(node, name))
    for (const [at, { name, protocol }] of chain.entries()) {
      const relay = await startRelayAgent(
        protocol,
        (it) => does(at, it),
        () => codes.get(name) ?? "",
      )
      relays.set(name, relay)
      await node.api("POST", "/v1/servers", {
        name,
        url: relay.url,
        protocol,
        agent: name,
      } satisfies Request<"server.add">)
    }
    for (const [at, name] of names.entries())
      await grantMandate(node, name, {
        words: `${name} may ask the others, and look at the notes`,
        grants: [
          {
            effects: ["send"],
            tools: names
              .slice(Math.max(at + 1, 1))
              .map((each) => `${each}/*`)
              .concat("ben/delegation/ask"),
            limits: [],
            mode: "auto",
          },
          { effects: [...effects], tools: ["notes/*"], limits: [], mode: "auto" },
        ],
        otherwise: "ask",
        until: Date.now() + 3_600_000,
      })
    for (const name of names) codes.set(name, await codeOf(node, credentials.get(name) ?? ""))
  } catch (error) {
    await close()
    throw error
  }

  return {
    node,
    credentials,
    codes,
    relays,
    asked,
    begin: (text, by = "ann") => askThrough(node.url, chain[0], as(by), text),
    callTool,
    async add(agent, mayAsk, otherwise) {
      credentials.set(agent, await createAgent(node, agent))
      await grantMandate(node, agent, {
        words: "this one may ask some of the others",
        grants: [{ effects: ["send"], tools: mayAsk.map((each) => `${each}/*`), limits: [], mode: "auto" }],
        otherwise,
        until: Date.now() + 3_600_000,
      })
      codes.set(agent, await codeOf(node, credentials.get(agent) ?? ""))
    },
    waiting: (agent) => waitOf(agent).promise,
    close,
  }
}

/** Whoever says that it is another hears which code is its own. */
async function codeOf(node: NodeUnderTest, credential: string): Promise<string> {
  const command = {
    type: "task-command",
    id: "who",
    sentAt: new Date().toISOString(),
    senderRole: "leader",
    senderId: "1.2.156.3088.1.1.1.1.1.0000",
    command: "get",
    taskId: "who",
  }
  const response = await fetch(`${node.url}/aip/notes/rpc`, {
    method: "POST",
    headers: { authorization: `Bearer ${credential}`, "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "rpc", params: { command } }),
  })
  return /`(1\.2\.156\.[^`]+)`/.exec(await response.text())?.[1] ?? ""
}
