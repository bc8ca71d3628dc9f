import {
  addStdioServer,
  approve,
  createAgent,
  doorOf,
  enrolPerson,
  grantMandate,
  guardCommand,
  heldCalls,
  nodeExists,
  startNode,
  type HeldCall,
  type NodeUnderTest,
} from "../node-under-test.ts"
import type { Target } from "./client-under-test.ts"
import type { ReferenceServer } from "./reference-servers.ts"

/** Whether there is a node to govern the clients in this checkout. */
export const canGovern = nodeExists

export const doors = ["http", "guard"] as const
export type Door = (typeof doors)[number]

/** `trusted` may do everything alone; `asking` has no grant, so each of its calls asks. */
export type Agent = "trusted" | "asking"

/** A node in front of the reference servers, and the person who decides. */
export type Governed = {
  readonly target: (server: ReferenceServer, door: Door, agent: Agent) => Target
  readonly held: () => Promise<readonly HeldCall[]>
  readonly approve: (held: HeldCall) => Promise<void>
  readonly refuse: (held: HeldCall, reason: string) => Promise<void>
  readonly close: () => Promise<void>
}

/** Starts Hufu with the four servers behind it. */
export async function startGoverned(servers: readonly ReferenceServer[]): Promise<Governed> {
  const node = await startNode()
  try {
    await enrolPerson(node)
    for (const server of servers) await addStdioServer(node, server.name, commandOf(server))
    const credentials = await admitAgents(node)
    return {
      target: (server, door, agent) => targetOf(node, credentials, { server, door, agent }),
      held: () => heldCalls(node),
      approve: (held) => approve(node, held),
      refuse: async (held, reason) => {
        await node.cli(["refuse", held.id, "--reason", reason])
      },
      close: () => node.dispose(),
    }
  } catch (error) {
    await node.dispose()
    throw error
  }
}

// `env` in front of the command carries the server's own settings through every door alike
function commandOf(server: ReferenceServer): string[] {
  const settings = Object.entries(server.env).map(([name, value]) => `${name}=${value}`)
  return ["env", ...settings, process.execPath, ...server.args]
}

async function admitAgents(node: NodeUnderTest): Promise<Record<Agent, string>> {
  const trusted = await createAgent(node, "trusted")
  const asking = await createAgent(node, "asking")
  const until = Date.now() + 3_600_000
  await grantMandate(node, "trusted", {
    task: null,
    words: "the matrix may use every tool of the reference servers",
    grants: [
      {
        effects: ["read", "compute", "write", "delete", "send", "publish", "execute"],
        tools: ["*"],
        limits: [],
        mode: "auto",
      },
    ],
    until,
  })
  await grantMandate(node, "asking", {
    task: null,
    words: "the matrix asks for everything",
    grants: [{ effects: ["read", "compute", "write"], tools: ["*"], limits: [], mode: "ask" }],
    otherwise: "ask",
    until,
  })
  return { trusted, asking }
}

function targetOf(
  node: NodeUnderTest,
  credentials: Readonly<Record<Agent, string>>,
  { server, door, agent }: { server: ReferenceServer; door: Door; agent: Agent },
): Target {
  if (door === "guard") return { kind: "stdio", ...guardCommand(node, agent, commandOf(server)), env: {} }
  const headers = { authorization: `Bearer ${credentials[agent]}` }
  return { kind: "http", url: doorOf(node, server.name), headers }
}
