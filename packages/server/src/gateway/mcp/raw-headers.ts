import type { IncomingHttpHeaders } from "node:http"

/** What a client may say to a tool server beside the body; its credential and its cookies stay here. */
const passed = new Set(["accept", "accept-language", "baggage", "last-event-id", "traceparent", "tracestate"])
const mirrored = /^mcp-(?!session-id$)[a-z0-9!#$%&'*+.^_`|~-]+$/

/**
 * The headers of a request on their way to a tool server.
 * INVARIANT: nothing passes that the decision did not see: what mirrors the body was compared with it, the rest is fixed.
 */
export function forwardedHeaders(
  headers: IncomingHttpHeaders,
  session: string | undefined,
): Record<string, string> {
  const out: Record<string, string> = { "content-type": "application/json" }
  for (const name in headers) {
    const value = headers[name]
    if (typeof value === "string" && (passed.has(name) || mirrored.test(name))) out[name] = value
  }
  out["accept"] ??= "application/json, text/event-stream"
  if (session !== undefined) out["mcp-session-id"] = session
  return out
}
