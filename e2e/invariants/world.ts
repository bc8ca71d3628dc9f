import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Output, Request } from "@hufu/core/contract/contract"
import { type Client, createClient } from "@hufu/sdk"
import type { Clock } from "@hufu/server/clock"
import { Config } from "@hufu/server/config"
import { loggerTo } from "@hufu/server/log"
import { type RunningNode, startNode } from "@hufu/server/node"
import type { z } from "zod"
import { type LocalConnection, socketTransport } from "../../packages/cli/src/connection/socket-transport.ts"
import { type AgentDoor, type DoorKind, openAgentDoor } from "./agent-door.ts"
import { type ScriptedUpstream, startUpstream } from "./scripted-upstream.ts"

export const personSecret = "nine tallies were cast before the bridge fell"
const hourMs = 3_600_000
const proofMs = 40_000

/** The real time, moved by as much as a test says. */
export interface MovedClock extends Clock {
  advance(ms: number): void
}

/** An agent with the credential that its caller presents. */
export interface WorldAgent {
  readonly id: string
  readonly name: string
  readonly credential: string
}

export type Draft = Partial<Request<"mandate.grant">["mandate"]>

/** A real node in this process, its person, a tool server behind it, and everything a test needs to attack it. */
export interface World {
  readonly node: RunningNode
  readonly clock: MovedClock
  readonly upstream: ScriptedUpstream
  /** The person, freshly signed in. */
  readonly person: Client
  /** Whoever has the operating-system account, the agent included: the local socket without a session. */
  readonly local: Client
  readonly dataFolder: string
  /** What the node logged as errors, as lines of JSON. */
  readonly errors: readonly string[]
  agent(name: string): Promise<WorldAgent>
  grant(agent: WorldAgent, draft: Draft): Promise<Output<"mandate.grant">>
  /** A door of the agent to the server `notes`, closed with the world. */
  door(kind: DoorKind, agent: WorldAgent, server?: string): Promise<AgentDoor>
  signIn(): Promise<Client>
  /** Signs the person in again, for what takes longer than a session. */
  renew(): Promise<void>
  held(agent?: WorldAgent): Promise<Output<"hold.list">["items"]>
  approve(hold: string, more?: Partial<Request<"hold.approve">>): Promise<Output<"hold.approve">>
  entries(): Promise<LedgerItem[]>
  /** Ends the node, does something to its folder, and starts it again; nobody is signed in afterwards but the person. */
  restart(meanwhile?: (dataFolder: string) => Promise<unknown>): Promise<void>
  dispose(): Promise<void>
}

/** An entry as the API shows it. */
export interface LedgerItem {
  readonly index: number
  readonly entry: Readonly<Record<string, unknown>>
}

export interface WorldOptions {
  readonly config?: z.input<typeof Config>
  /** A console to serve instead of none. */
  readonly consoleFolder?: string
  /** From which level on the node's log is kept in `errors`. */
  readonly level?: "error" | "warn"
  /** Leaves the node without a person, and so without a tool server. */
  readonly nobody?: true
}

/** Starts one; `await using` ends it. */
export async function createWorld({
  config = {},
  consoleFolder,
  nobody,
  level = "error",
}: WorldOptions = {}): Promise<World & AsyncDisposable> {
  const dataDir = await mkdtemp(join(tmpdir(), "hufu-invariant-"))
  const clock = movedClock()
  const errors: string[] = []
  const doors = new Set<AgentDoor>()
  const start = () =>
    startNode({
      dataDir,
      config: Config.parse({ port: 0, ...config, ask: { waitSeconds: 0, ...config.ask } }),
      expose: false,
      logger: loggerTo({ write: (line: string) => void errors.push(line) }, level),
      clock,
      consoleFolder,
    })
  let node = await start().catch(async (error: unknown) => {
    await rm(dataDir, { recursive: true, force: true })
    throw error
  })
  const upstream = await startUpstream()
  let socket = socketTransport(node.dataFolder)
  let person = createClient({ transport: socket.transport })
  if (!nobody) {
    await person.person.enrol({ secret: personSecret })
    person = await signedIn(socket)
    await person.server.add({ name: "notes", url: upstream.url })
    await person.tool.list({ server: "notes" })
  }

  const world: World = {
    get node() {
      return node
    },
    clock,
    upstream,
    get person() {
      return person
    },
    get local() {
      return createClient({ transport: socket.transport })
    },
    get dataFolder() {
      return node.dataFolder
    },
    errors,
    async agent(name) {
      const { agent, credential } = await person.agent.create({ name })
      return { id: agent.id, name, credential: credential ?? "" }
    },
    grant: (agent, draft) => person.mandate.grant({ agent: agent.id, mandate: draftOf(clock, draft) }),
    async door(kind, agent, server = "notes") {
      const { items } = await world.local.server.list()
      const url = items.find(({ name }) => name === server)?.url ?? upstream.url
      const at = { url: node.url, dataFolder: node.dataFolder, server: { name: server, url } }
      const door = await openAgentDoor(kind, { ...at, agent: agent.name, credential: agent.credential })
      doors.add(door)
      return door
    },
    signIn: () => signedIn(socket),
    async renew() {
      person = await signedIn(socket)
    },
    async held(agent) {
      const { items } = await world.local.hold.list({ state: "waiting" })
      return items.filter((hold) => agent === undefined || hold.agent === agent.id)
    },
    async approve(id, more = {}) {
      const { digest } = await person.hold.show({ hold: id })
      return person.hold.approve({ hold: id, digest, ...more })
    },
    entries: () => allEntries(person),
    async restart(meanwhile) {
      for (const door of doors) await door.close()
      doors.clear()
      socket.close()
      await node.close()
      await meanwhile?.(dataDir)
      node = await start()
      socket = socketTransport(node.dataFolder)
      person = await signedIn(socket)
    },
    async dispose() {
      for (const door of doors) await door.close()
      socket.close()
      await node.close()
      await upstream.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
  return Object.assign(world, { [Symbol.asyncDispose]: () => world.dispose() })
}

/** A mandate that allows nothing by itself and asks about everything, but for what the draft says. */
export function draftOf(clock: Clock, draft: Draft): Request<"mandate.grant">["mandate"] {
  return { words: "look after my notes", until: clock.now() + hourMs, ...draft }
}

/** A proof lasts a minute; a person who takes longer types the secret again. How far a test moves the node's clock is not looked at. */
async function signedIn({ transport }: LocalConnection): Promise<Client> {
  const prove = async () => (await createClient({ transport }).session.create({ secret: personSecret })).token
  let token = await prove()
  let provenAt = performance.now()
  return createClient({
    async transport(sent) {
      if (performance.now() - provenAt > proofMs) {
        token = await prove()
        provenAt = performance.now()
      }
      return transport({ ...sent, headers: { ...sent.headers, authorization: `Bearer ${token}` } })
    },
  })
}

async function allEntries(client: Client): Promise<LedgerItem[]> {
  const items: LedgerItem[] = []
  for (;;) {
    const page = await client.log.entries({ from: items.length, limit: 1000 })
    // Every entry is an object; the shapes are core's and are read by name in the tests.
    items.push(...page.items.map(({ index, entry }) => ({ index, entry: entry as LedgerItem["entry"] })))
    if (page.items.length === 0 || items.length >= page.size) return items
  }
}

function movedClock(): MovedClock {
  let moved = 0
  let passed = 0
  return {
    now: () => Date.now() + moved,
    monotonic: () => performance.now() + passed,
    advance(ms) {
      moved += ms
      passed += Math.max(0, ms)
    },
  }
}
