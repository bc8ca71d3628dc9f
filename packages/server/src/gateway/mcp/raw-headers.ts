import type { IncomingHttpHeaders } from "node:http"

/** What a client may say to a tool server beside the body; its credential and its cookies stay here. */
const passed = [
  "accept",
  "accept-language",
  "baggage",
  "last-event-id",
  "mcp-method",
  "mcp-name",
  "mcp-protocol-version",
  "traceparent",
  "tracestate",
] as const

/**
 * The headers of a request on their way to a tool server.
 * INVARIANT: nothing passes that the decision did not see: what mirrors the body was compared with it, the rest is fixed.
 */
export function forwardedHeaders(
  headers: IncomingHttpHeaders,
  session: string | undefined,
): Record<string, string> {
  const out: Record<string, string> = { "content-type": "application/json" }
  for (const name of passed) {
    const value = headers[name]
    if (typeof value === "string") out[name] = value
  }
  for (const name in headers) {
    const value = headers[name]
    if (name.startsWith("mcp-param-") && typeof value === "string") out[name] = value
  }
  out["accept"] ??= "application/json, text/event-stream"
  if (session !== undefined) out["mcp-session-id"] = session
  return out
}
