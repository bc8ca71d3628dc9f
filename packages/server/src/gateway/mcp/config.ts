import type { TokenHelp } from "./challenge.ts"
import type { SandboxOptions } from "./upstream/sandbox.ts"

/** How the MCP doors are set up. */
export interface McpConfig {
  /** Hufu's own origin, as browsers and agents reach it: where approval pages are. Known once the node listens. */
  origin(): string
  /** Names this node, so that a request which comes back to it is refused. */
  readonly node: string
  /** Host header values to answer to beside loopback, lower case, with the port where there is one. */
  readonly hosts: readonly string[]
  /** Names of tool servers that lead into this network. */
  readonly privateNames: readonly string[]
  /** How tool servers are started that are commands. */
  readonly sandbox: SandboxOptions
  /** 32 secret bytes of this node: seals the request states that clients carry. */
  readonly stateKey: Uint8Array
  /** How clients get tokens; absent where the node is no authorisation server. */
  readonly tokenHelp?: TokenHelp | undefined
  readonly limits: McpLimits
}

/** Every bound is against somebody outside. */
export interface McpLimits {
  readonly bodyBytes: number
  /** Requests of one agent at once, streams not counted. */
  readonly requestsPerAgent: number
  /** Calls to one tool server at once; further ones wait their turn. */
  readonly callsPerServer: number
  readonly streamsPerAgent: number
  readonly sessionsPerAgent: number
  readonly sessionIdleMs: number
  readonly linkIdleMs: number
  readonly linksPerAgent: number
  readonly linksTotal: number
  /** How long a call waits for a person before the client is told that it is pending. */
  readonly holdWaitMs: number
  /** How long a forwarded call may take; progress starts it anew. */
  readonly callTimeoutMs: number
  /** How long one server may take before a list goes out without it. */
  readonly listTimeoutMs: number
  /** How long the reply to a dropped legacy stream stays fetchable. */
  readonly resumeGraceMs: number
  /** How long an action waits for the input it asked the client for. */
  readonly inputWaitMs: number
  /** How long the result of a task is kept after it ended. */
  readonly taskKeepMs: number
  /** Characters of all task results that are kept; the oldest go first. */
  readonly taskResults: number
}

/** The bounds unless an operator says otherwise. */
export const defaultLimits: McpLimits = {
  bodyBytes: 4 * 1024 * 1024,
  requestsPerAgent: 128,
  callsPerServer: 64,
  streamsPerAgent: 32,
  sessionsPerAgent: 128,
  sessionIdleMs: 30 * 60_000,
  linkIdleMs: 60_000,
  linksPerAgent: 32,
  linksTotal: 256,
  holdWaitMs: 45_000,
  callTimeoutMs: 5 * 60_000,
  listTimeoutMs: 5000,
  resumeGraceMs: 30_000,
  inputWaitMs: 10 * 60_000,
  taskKeepMs: 15 * 60_000,
  taskResults: 64 * 1024 * 1024,
}
