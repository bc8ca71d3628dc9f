import type { Caller } from "../governor.ts"
import type { ClientPort } from "./client-port.ts"
import type { ClientFacts } from "./era.ts"
import type { RpcRequest } from "./upstream/link.ts"

/** One request of a client on its way through a door. */
export interface Errand {
  readonly caller: Caller
  /** Name of the registered server that it is for. */
  readonly server: string
  readonly client: ClientFacts
  readonly message: RpcRequest
  readonly port: ClientPort
  /** Fires when the client has gone away, has cancelled, or everything of the agent was stopped. */
  readonly signal: AbortSignal
}
