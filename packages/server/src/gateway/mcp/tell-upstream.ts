import type { JsonObject } from "@hufu/core/json/json-value"
import type { Desk } from "./desk.ts"
import type { Session } from "./session.ts"
import { httpCall } from "./upstream/http-call.ts"

/** Says something to the tool server of a forwarded session on Hufu's own account; failure is only logged. */
export function tellUpstream(desk: Desk, session: Session, message: JsonObject): void {
  void send(desk, session, "POST", JSON.stringify(message))
}

/** Ends the session at the tool server. */
export function endUpstream(desk: Desk, session: Pick<Session, "server" | "upstreamId" | "client">): void {
  if (session.upstreamId !== undefined) void send(desk, session, "DELETE", null)
}

async function send(
  desk: Desk,
  session: Pick<Session, "server" | "upstreamId" | "client">,
  method: "POST" | "DELETE",
  body: string | null,
): Promise<void> {
  const server = desk.servers.get(session.server)
  if (server?.transport !== "http") return
  const headers: Record<string, string> = {
    accept: "application/json, text/event-stream",
    "content-type": "application/json",
    "mcp-protocol-version": session.client.protocolVersion,
  }
  if (session.upstreamId !== undefined) headers["mcp-session-id"] = session.upstreamId
  const rest = { timeoutMs: 5000, signal: AbortSignal.timeout(5000), leave: () => true, message() {} }
  try {
    await httpCall(desk.upstreams.of(server), { method, headers, body, ...rest })
  } catch (error) {
    desk.log.warn({ error, server: session.server }, "a message did not reach the tool server")
  }
}
