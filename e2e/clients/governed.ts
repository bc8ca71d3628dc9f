import { IntentEntry } from "@hufu/core/evidence/entry"
import {
  addStdioServer,
  approveByCommand,
  createAgent,
  doorOf,
  enrolPerson,
  entriesFrom,
  grantMandate,
  guardCommand,
  heldCalls,
  refuseByCommand,
  startNode,
  type HeldCall,
  type NodeUnderTest,
} from "../node-under-test.ts"
import type { Target } from "./client-under-test.ts"
import type { ReferenceServer } from "./reference-servers.ts"

export const doors = ["http", "guard"] as const
export type Door = (typeof doors)[number]

/** `trusted` may do everything alone; of `asking` each call asks. */
export type Agent = "trusted" | "asking"

/** A node in front of the reference servers, and the person who decides. */
export type Governed = {
  readonly target: (server: ReferenceServer, door: Door, agent: Agent) => Target
  readonly held: () => Promise<readonly HeldCall[]>
  /** Decides as a person at a terminal does, by the command. */
  readonly approve: (held: HeldCall) => Promise<void>
  readonly refuse: (held: HeldCall, reason: string) => Promise<void>
  /** How many times the ledger says that what was held has been let through. */
  readonly timesAdmitted: (held: HeldCall) => Promise<number>
  readonly close: () => Promise<void>
}

/** Starts Hufu with the servers behind it; a client waits for a person as long as `waitSeconds` says. */
export async function startGoverned(
  servers: readonly ReferenceServer[],
  { waitSeconds }: { waitSeconds: number },
): Promise<Governed> {
  const node = await startNode({ config: { ask: { waitSeconds } } })
  try {
    await enrolPerson(node)
    for (const server of servers) await addServer(node, server)
    const credentials = await admitAgents(node)
    return {
      target: (server, door, agent) => targetOf(node, credentials, { server, door, agent }),
      held: () => heldCalls(node),
      approve: (held) => approveByCommand(node, held.id),
      refuse: (held, reason) => refuseByCommand(node, held.id, reason),
      timesAdmitted: countAdmitted(node),
      close: () => close(node),
    }
  } catch (error) {
    await node.dispose()
    throw error
  }
}

async function close(node: NodeUnderTest): Promise<void> {
  const ended = node.ended()
  await node.dispose()
  if (ended) throw new Error(`the node ended by itself with ${JSON.stringify(ended)}: ${node.errorText()}`)
}

// The node starts these servers itself, so their own settings stand in its environment and are passed on by name.
async function addServer(node: NodeUnderTest, { name, args, env }: ReferenceServer): Promise<void> {
  const flags = Object.keys(env).flatMap((variable) => ["--env", variable])
  await addStdioServer(node, name, [process.execPath, ...args], { flags, env })
}

// Read anew each time: rows run side by side, and a place that they shared would move under them.
function countAdmitted(node: NodeUnderTest): Governed["timesAdmitted"] {
  return async (held) => {
    const intents = (await entriesFrom(node, 0)).map(({ entry }) => IntentEntry.safeParse(entry).data)
    return intents.filter((intent) => intent?.verdict === "allow" && intent.hold === held.id).length
  }
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
    words: "the matrix asks for everything, and only the person decides what is computed",
    grants: [{ effects: ["read", "write"], tools: ["*"], limits: [], mode: "ask" }],
    // a guard brings a mandate under which reviewed tools compute alone
    userOnly: [{ effects: ["compute"] }],
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
  if (door === "guard") return guardTarget(node, agent, server, credentials[agent])
  const headers = { authorization: `Bearer ${credentials[agent]}` }
  return { kind: "http", url: doorOf(node, server.name), headers }
}

// As a host's configuration has it: the guard before the server's command, its settings and the credential beside it.
function guardTarget(
  node: NodeUnderTest,
  agent: Agent,
  { name, args, env }: ReferenceServer,
  credential: string,
): Target {
  const passedOn = Object.keys(env).flatMap((variable) => ["--env", variable])
  const flags = ["--name", `guarded-${name}`, ...passedOn]
  const guard = guardCommand(node, agent, [process.execPath, ...args], flags)
  return { kind: "stdio", ...guard, env: { ...env, HUFU_CREDENTIAL: credential } }
}
