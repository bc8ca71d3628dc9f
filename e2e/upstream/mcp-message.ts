/** One JSON-RPC message of MCP, as the upstreams and callers of these runs read it. */
export interface McpMessage {
  jsonrpc: "2.0"
  id?: string | number
  method?: string
  params?: Record<string, unknown>
  result?: Record<string, unknown>
  error?: { code: number; message: string; data?: unknown }
}

/** The protocol eras that a door serves: `legacy` has sessions, `modern` is stateless. */
export const eras = ["legacy", "modern"] as const
export type Era = (typeof eras)[number]

export const legacyRevision = "2025-11-25"
export const modernRevision = "2026-07-28"

/** The `_meta` that every modern request carries. */
export const modernMeta = {
  "io.modelcontextprotocol/protocolVersion": modernRevision,
  "io.modelcontextprotocol/clientCapabilities": {},
  "io.modelcontextprotocol/clientInfo": { name: "hufu-e2e", version: "1" },
}
