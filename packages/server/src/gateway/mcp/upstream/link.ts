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

/** What the upstream may send back while a request of ours is under way. UNTRUSTED, already bounded. */
export interface LinkEvents {
  notification(message: RpcNotification): void
  /** A server-to-client request (sampling, elicitation, roots). The answer is sent back to the upstream. */
  request(message: RpcRequest): Promise<RpcResponse>
}

/** How one request is made. */
export interface LinkCall {
  readonly events: LinkEvents
  /** Aborting cancels upstream (notifications/cancelled or closing the stream) and rejects with the signal's reason. */
  readonly signal: AbortSignal
  /** Called synchronously right before the first byte leaves; `false` forwards nothing and rejects with Failure("stopped"). */
  leave(): boolean
}

/**
 * One live connection to a tool server, of either era and transport.
 * Ids and progress tokens are mapped inside: callers use their own and get them back.
 */
export interface Link {
  readonly server: string
  readonly era: Era
  readonly protocolVersion: string
  /** The result of initialize or server/discover: capabilities, serverInfo, instructions. UNTRUSTED. */
  readonly discovered: JsonObject
  /**
   * Sends one request and resolves with its response.
   * Failure("upstream_unavailable") when it never left, Failure("upstream_lost") when it may have.
   */
  request(message: RpcRequest, call: LinkCall): Promise<RpcResponse>
  notify(message: RpcNotification): void
  /** Notifications and requests that belong to no request of ours (list changed, resource updated). */
  onUnsolicited(events: LinkEvents): () => void
  readonly closed: Promise<void>
  close(): Promise<void>
}

/** The capabilities with which a server can turn to the client. */
export const interactiveCapabilities = ["elicitation", "roots", "sampling"] as const

/** Whether a client with these capabilities can be asked something by the server. */
export function isInteractive(capabilities: JsonObject): boolean {
  return interactiveCapabilities.some((name) => capabilities[name] !== undefined)
}
