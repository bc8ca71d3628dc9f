import type { JsonObject } from "@hufu/core/json/json-value"

/** The two eras of MCP: `modern` is 2026-07-28 (stateless), `legacy` is 2025-11-25 and before (initialize, sessions). */
export type Era = "modern" | "legacy"

export interface RpcRequest extends JsonObject {
  jsonrpc: "2.0"
  id: string | number
  method: string
  params?: JsonObject
}
export interface RpcNotification extends JsonObject {
  jsonrpc: "2.0"
  method: string
  params?: JsonObject
}
/** A result or an error; unknown members are kept. */
export interface RpcResponse extends JsonObject {
  jsonrpc: "2.0"
  id: string | number | null
}

/** What the upstream may send back while a request of ours is under way. UNTRUSTED, already bounded and strictly parsed. */
export interface LinkEvents {
  notification(message: RpcNotification): void
  /** A server-to-client request (sampling, elicitation, roots, ping). The answer is sent back to the upstream. */
  request(message: RpcRequest): Promise<RpcResponse>
}

/**
 * One live connection to a tool server for one (server, principal, capability set), of either era and transport.
 * Ids are mapped inside: callers use their own ids and get them back.
 */
export interface Link {
  readonly server: string
  readonly era: Era
  readonly protocolVersion: string
  /** The result of initialize or server/discover: capabilities, serverInfo, instructions. */
  readonly discovered: JsonObject
  /**
   * Sends one request and resolves with its response. Aborting cancels upstream (notifications/cancelled or closing the stream) and rejects
   * with the signal's reason. Failure("upstream_unavailable") when it never left, Failure("upstream_lost") when it may have.
   */
  request(message: RpcRequest, events: LinkEvents, signal: AbortSignal): Promise<RpcResponse>
  notify(message: RpcNotification): void
  /** Notifications and requests that belong to no request of ours (list changed, resource updated). */
  onUnsolicited(events: LinkEvents): () => void
  readonly closed: Promise<void>
  close(): Promise<void>
}
