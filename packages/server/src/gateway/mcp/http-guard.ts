import { Failure } from "@hufu/core/failure"
import type { IncomingMessage } from "node:http"
import { checkHost } from "../../http/host-guard.ts"
import type { McpConfig } from "./config.ts"
import { viaHeader } from "./upstream/http-upstream.ts"

/** Refuses a request that a browser was tricked into (DNS rebinding, a foreign page), and one that this node itself has sent. */
export function guardRequest(req: IncomingMessage, config: Pick<McpConfig, "hosts" | "node">): void {
  checkHost(req.headers.host, req.headers.origin, config.hosts)
  if (req.headers[viaHeader] === config.node) {
    throw new Failure("forbidden", "a tool server's address leads back to Hufu: correct its registration")
  }
}
