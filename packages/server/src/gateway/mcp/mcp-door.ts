import type { IncomingMessage, ServerResponse } from "node:http"
import type { Duplex } from "node:stream"
import { Failure } from "@hufu/core/failure"
import type { Clock } from "../../clock.ts"
import type { Caller, Governor } from "../governor.ts"
import type { Identified } from "../identify-agent.ts"
import { defaultLimits } from "./config.ts"
import type { McpConfig, McpLimits } from "./config.ts"
import { legacyVersions } from "./era.ts"
import type { ToolServer } from "../delegation/mcp-partner.ts"
import type { Desk } from "./desk.ts"
import { createHttpDoor } from "./http-door.ts"
import { leaseFor } from "./lease-for.ts"
import type { Log } from "./log.ts"
import { openDesk } from "./open-desk.ts"
import { listTools } from "./observe-first.ts"
import { createSocketDoor } from "./socket-door.ts"
import { toolServerFor } from "./tool-server-for.ts"
import type { ServerDirectory } from "./upstream/server-definition.ts"

export interface McpDoorOptions {
  readonly governor: Governor
  readonly servers: ServerDirectory
  readonly clock: Clock
  readonly logger: Log
  /** Throws Failure("unauthenticated"). */
  readonly identify: (req: IncomingMessage) => Identified
  /** Told of what a tool server says of itself whenever a conversation with it begins. UNTRUSTED: what it says. */
  readonly onMet?: Desk["onMet"]
  readonly config: Omit<McpConfig, "limits"> & Partial<McpLimits>
}

/** The MCP doors of a node. */
export interface McpDoor {
  /** Serves one HTTP request under `/mcp`. */
  handle(req: IncomingMessage, res: ServerResponse): void
  /** Serves one guard: MCP as lines of JSON, for one agent and one server. */
  serveStream(stream: Duplex, caller: Caller, server: string): void
  /** Lists what a server offers and shows it to the pipeline. */
  discover(server: string, principal: string): Promise<void>
  /** A tool server as one agent reaches it through another door; undefined where there is none of that name. */
  toolServer(name: string, caller: Caller): ToolServer | undefined
  close(): Promise<void>
}

const discoverTimeoutMs = 30_000

/** Opens the doors; nothing is started or contacted before the first request. */
export function createMcpDoor({
  governor,
  servers,
  clock,
  logger,
  identify,
  onMet = () => undefined,
  config,
}: McpDoorOptions): McpDoor {
  const { origin, node, hosts, privateNames, sandbox, stateKey, tokenHelp, ...limits } = config
  const full: McpConfig = {
    origin,
    node,
    hosts,
    privateNames,
    sandbox,
    stateKey,
    tokenHelp,
    limits: { ...defaultLimits, ...limits },
  }
  const { desk, close } = openDesk({ governor, servers, config: full, clock, log: logger, onMet })
  const http = createHttpDoor({ desk, identify })
  const socket = createSocketDoor(desk)
  return {
    handle: (req, res) => http.handle(req, res),
    serveStream: (stream, caller, server) => socket.serve(stream, caller, server),
    async discover(name, principal) {
      const server = servers.get(name)
      if (server === undefined) throw new Failure("not_found", `there is no tool server \`${name}\``)
      const client = { era: "legacy", protocolVersion: legacyVersions[0], capabilities: {} } as const
      const caller: Caller = { ...nobodyInParticular, principal }
      const { link, release } = await leaseFor(desk, { caller, server, client, session: null })
      try {
        await desk.observer.saw(name, await listTools(link, discoverTimeoutMs))
      } finally {
        release()
      }
    },
    toolServer: (name, caller) => toolServerFor(desk, name, caller),
    async close() {
      http.close()
      socket.close()
      await close()
    },
  }
}

/** Hufu itself, when it only looks: the link that it uses is no agent's. */
const nobodyInParticular = { agent: "", version: "", credential: null, door: "api", connection: "" } as const
