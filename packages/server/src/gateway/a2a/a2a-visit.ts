import type { IncomingMessage, ServerResponse } from "node:http"
import type { JsonObject } from "@hufu/core/json/json-value"
import type { Clock } from "../../clock.ts"
import type { Delegations } from "../delegation/delegations.ts"
import type { Caller, Governor } from "../governor.ts"
import type { Identified } from "../identify-agent.ts"
import type { TokenHelp } from "../mcp/challenge.ts"
import type { Log } from "../mcp/log.ts"

/** What the A2A door works with. */
export interface A2aParts {
  readonly delegations: Delegations
  readonly governor: Pick<Governor, "standing" | "onStop">
  /** Throws Failure("unauthenticated"). */
  readonly identify: (request: IncomingMessage) => Identified
  /** What is behind a name, as this agent may know it; undefined where there is nothing. */
  readonly describe: (server: string, caller: Caller, signal: AbortSignal) => Promise<Described | undefined>
  /** Signs a card as this node. */
  readonly signCard: (card: JsonObject) => JsonObject
  readonly clock: Clock
  readonly log: Log
  readonly config: A2aConfig
}

/** Who answers behind a name, before Hufu puts itself in front. UNTRUSTED: in their own words. */
export type Described =
  /** An agent that speaks A2A, with the card that it shows. */
  | { readonly kind: "card"; readonly card: JsonObject }
  /** Anything else, with what it can be asked. */
  | {
      readonly kind: "skills"
      readonly name: string
      readonly description: string
      readonly skills: readonly {
        readonly id: string
        readonly name: string
        readonly description: string
        readonly tags: readonly string[]
      }[]
    }

export interface A2aConfig {
  /** Hufu's own origin, as agents reach it. */
  origin(): string
  /** Names this node, so that a request which comes back to it is refused. */
  readonly node: string
  readonly hosts: readonly string[]
  readonly tokenHelp?: TokenHelp | undefined
  readonly limits: A2aLimits
}

/** Every bound is against somebody outside. */
export interface A2aLimits {
  readonly bodyBytes: number
  readonly requestsPerAgent: number
  readonly streamsPerAgent: number
  /** How long one request waits for a partner before its client is told how the task stands. */
  readonly waitMs: number
}

export const defaultA2aLimits: A2aLimits = {
  bodyBytes: 4 * 1024 * 1024,
  requestsPerAgent: 128,
  streamsPerAgent: 1024,
  waitMs: 10 * 60_000,
}

/** One request, once it is known who sends it and for whom. */
export interface A2aVisit {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly caller: Caller
  readonly server: string
  /** Which JSON the client speaks. */
  readonly version: "1.0" | "0.3"
  /** The extensions that the client wants to use. */
  readonly extensions: readonly string[]
  readonly checkBody?: (body: Uint8Array) => void
}
