import type { JsonObject } from "@hufu/core/json/json-value"
import type { Log } from "../log.ts"
import type { ParamHeaders } from "../param-headers.ts"
import { openHttpLink } from "./http-link.ts"
import type { HttpUpstreams } from "./http-upstreams.ts"
import type { Era, Link } from "./link.ts"
import type { Sandbox } from "./sandbox.ts"
import type { ServerDefinition } from "./server-definition.ts"
import { openStdioLink } from "./stdio-link.ts"

export interface OpenLinkParts {
  readonly upstreams: HttpUpstreams
  readonly paramHeaders: ParamHeaders
  readonly sandbox: Sandbox
  readonly log: Log
  readonly callTimeoutMs: number
}

/** Opens a link over the transport that the server is registered with. */
export function openLink(
  parts: OpenLinkParts,
  server: ServerDefinition,
  capabilities: JsonObject,
  known: Era | undefined,
): Promise<Link> {
  const era = known === undefined ? {} : { known }
  if (server.transport === "stdio")
    return openStdioLink(server, parts.log, { capabilities, sandbox: parts.sandbox, ...era })
  const { paramHeaders, callTimeoutMs } = parts
  const options = { capabilities, ...era, timeoutMs: callTimeoutMs, paramHeaders }
  return openHttpLink(server.name, parts.upstreams.of(server), parts.log, options)
}
