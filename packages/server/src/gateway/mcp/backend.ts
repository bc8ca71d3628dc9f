import type { JsonObject } from "@hufu/core/json/json-value"
import type { Caller } from "../governor.ts"
import type { ClientFacts } from "./era.ts"
import type { Errand } from "./errand.ts"
import type { LinkEvents, RpcNotification, RpcResponse } from "./upstream/link.ts"

/** What stands behind an address of the door, message by message: one tool server, or all of them together. */
export interface Backend {
  /** Name of the server; empty for the aggregate. */
  readonly name: string
  /** Serves one request that belongs to no session. Never rejects. */
  serve(errand: Errand): Promise<RpcResponse>
  /** Opens what a legacy session needs; Failure when no server is there. */
  open(opening: Opening): Promise<BackendSession>
}

/** A legacy client that starts a session. */
export interface Opening {
  readonly caller: Caller
  readonly client: ClientFacts
  readonly session: string
  /** Where to say what belongs to no request. */
  readonly events: LinkEvents
}

/** A legacy session, behind the door. */
export interface BackendSession {
  /** What the server said of itself: the result of `initialize`. */
  readonly initialized: JsonObject
  serve(errand: Errand): Promise<RpcResponse>
  notify(message: RpcNotification): void
  end(): void
}
