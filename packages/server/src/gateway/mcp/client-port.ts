import type { RpcNotification, RpcRequest, RpcResponse } from "./upstream/link.ts"

/** The client, as far as one request of it reaches. */
export interface ClientPort {
  /** Says something about the request before its response. */
  notify(message: RpcNotification): void
  /** Asks the client something meanwhile; `null` where the era or the connection has no way to. Ids are the asker's. */
  readonly ask: ((request: RpcRequest) => Promise<RpcResponse>) | null
}

/** A client that nobody listens to: work that goes on after the client was told that it will. */
export const nobody: ClientPort = { notify() {}, ask: null }
